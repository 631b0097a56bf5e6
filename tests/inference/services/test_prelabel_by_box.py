"""Pre-labelling by boxes: masks of imported boxes, and of boxes that come with the job."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from rest_framework.test import APIClient

from inference.segmenters.onnx import OnnxDecoder
from inference.services import prelabel, prelabel_boxes
from inference.services.prelabel import ImageFilter, start_prelabelling
from inference.services.prelabel_boxes import GivenBox
from projects.errors import InvalidInput, Unprocessable
from projects.masks.rle import from_bitmap
from projects.models import Annotation, Image, Job, Label, Project, Revision, User
from projects.services.item_runs import run_slice
from projects.services.revisions import (
    ObjectState,
    create_annotations,
    object_state,
    revise_annotation,
)
from tests.factories import make_annotation, make_label, make_project
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db
BLOCK = (20, 20, 34, 40)  # around the scene's bright block, in pixels: x, y, width, height
DISC = (80.0, 40.0, 142.0, 104.0)  # around its disc: corners
NANO = "sam_nano"


@pytest.fixture
def car(project: Project) -> Label:
    return make_label(project, "car")


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many prompts each run of a decoder had."""
    runs: list[int] = []
    real = OnnxDecoder.answers

    def counting(self: OnnxDecoder, embedding: Any, points: Any, *rest: Any) -> Any:
        runs.append(len(points))
        return real(self, embedding, points, *rest)

    monkeypatch.setattr(OnnxDecoder, "answers", counting)
    return runs


def rectangle(image: Image, box_xywh: tuple[int, int, int, int], **state: Any) -> Annotation:
    """An object as an import of a file with boxes alone writes it."""
    x, y, w, h = box_xywh
    mask = np.zeros(image.size_hw, bool)
    mask[y : y + h, x : x + w] = True
    whole = {"label_id": None, "state": "suggested", "source": "import", **state}
    entry = (uuid4(), ObjectState(rle=from_bitmap(mask), **whole))
    [made] = create_annotations(image=image, entries=[entry], author=None, cause="import")
    return made


def start(user: User, project: Project, boxes: Any = None, segmenter: str = "classic") -> Job:
    given = None if boxes is None else [GivenBox(*one) for one in boxes]
    return start_prelabelling(
        user=user,
        project=project,
        segmenter=segmenter,
        mode="boxes",
        wanted=ImageFilter(),
        boxes=given,
    )


def run(user: User, project: Project, **wish: Any) -> Job:
    job = start(user, project, **wish)
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def now(annotation: Annotation) -> Revision:
    return Revision.objects.get(pk=Annotation.objects.get(pk=annotation.pk).current_id)


def test_an_imported_box_gets_its_mask_and_keeps_the_rest(
    alice: User, project: Project, car: Label
) -> None:
    image = Image.objects.get()
    told = {"label_id": car.pk, "attributes": {"age": 3}, "z": 2, "iscrowd": True}
    box = rectangle(image, BLOCK, **told)

    run(alice, project)

    [row] = Annotation.objects.all()
    mask = now(row)
    assert (row.pk, row.number, mask.number, mask.cause) == (box.pk, box.number, 2, "prelabel")
    assert (row.state, row.source, mask.model) == ("suggested", "model", "classic@1")
    assert {name: getattr(mask, name) for name in told} == told
    assert 0 < row.area < BLOCK[2] * BLOCK[3]
    for doubt in (mask.score, mask.stability, mask.disagreement):
        assert 0 <= doubt <= 1
    first = Revision.objects.get(annotation=row, number=1)
    assert first.area == BLOCK[2] * BLOCK[3]  # the box is in the history
    image.refresh_from_db()
    assert image.priority_reason


def test_what_a_person_made_or_touched_is_left_as_it_is(
    alice: User, project: Project, car: Label
) -> None:
    image = Image.objects.get()
    free, touched = rectangle(image, BLOCK), rectangle(image, (80, 40, 60, 60))
    drawn = np.zeros(image.size_hw, bool)
    drawn[15:65, 15:60] = True  # a rectangle around the free box, drawn by hand
    mine = make_annotation(image, label=car, mask=drawn)
    other = rectangle(image, (5, 5, 9, 9), state="confirmed", label_id=car.pk)
    state = object_state(now(touched), image.size_hw)
    kept = {**{name: getattr(state, name) for name in ("rle", "state", "source")}, "z": 5}
    revise_annotation(
        annotation=touched,
        state=ObjectState(label_id=car.pk, **kept),
        base_revision=1,
        author=alice,
        cause="edit",
    )
    before = {row.pk: now(row).pk for row in (touched, mine, other)}

    run(alice, project)

    assert {row.pk: now(row).pk for row in (touched, mine, other)} == before
    assert now(free).number == 2  # though a confirmed mask lies around it


def test_a_box_that_is_touched_while_the_model_works_is_left(
    alice: User, project: Project, car: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Image.objects.get()
    free, touched = rectangle(image, BLOCK), rectangle(image, (80, 40, 60, 60))
    real = prelabel.masks_of_rectangles

    def accept_meanwhile(**words: Any) -> Any:
        masks = real(**words)
        old = object_state(now(touched), image.size_hw)
        new = ObjectState(rle=old.rle, label_id=car.pk, state="confirmed", source="import")
        revise_annotation(
            annotation=touched, state=new, base_revision=1, author=alice, cause="edit"
        )
        return masks

    monkeypatch.setattr(prelabel, "masks_of_rectangles", accept_meanwhile)

    run(alice, project)

    assert (now(touched).number, now(touched).state) == (2, "confirmed")
    assert now(free).model == "classic@1"


def test_an_image_that_is_submitted_while_the_model_works_is_left(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = rectangle(Image.objects.get(), BLOCK)
    real = prelabel.masks_of_rectangles

    def submit_meanwhile(**words: Any) -> Any:
        Image.objects.update(status="submitted")
        return real(**words)

    monkeypatch.setattr(prelabel, "masks_of_rectangles", submit_meanwhile)

    run(alice, project)

    assert now(box).number == 1


def test_another_run_and_other_modes_leave_the_masks(alice: User, project: Project) -> None:
    box = rectangle(Image.objects.get(), BLOCK)
    run(alice, project)
    mask = now(box).pk

    with pytest.raises(InvalidInput) as refused:
        start(alice, project)
    job = start_prelabelling(user=alice, project=project, segmenter="classic", wanted=ImageFilter())
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass

    assert refused.value.code == "no_boxes"
    assert now(box).pk == mask


@pytest.mark.parametrize(("count", "runs"), [(4, [16]), (5, [16, 4])])
def test_the_boxes_of_an_image_go_through_the_decoder_together(
    alice: User, project: Project, decoded: list[int], count: int, runs: list[int]
) -> None:
    image = Image.objects.get()
    specks = [(10 + 9 * place, 105, 8, 8) for place in range(count - 2)]
    boxes = [rectangle(image, box) for box in (BLOCK, (80, 40, 62, 64), *specks)]

    run(alice, project, segmenter=NANO)

    assert decoded == runs  # each box with three shaken ones around it
    for mask in map(now, boxes[:2]):
        assert mask.number == 2
        assert mask.model.startswith(f"{NANO}@")
        assert 0 <= mask.boundary_entropy <= 1


def test_boxes_of_a_job_become_suggestions_with_their_labels(
    alice: User, project: Project, car: Label
) -> None:
    image, bare = Image.objects.get(), store_picture(project, width=160, height=120)
    x, y, w, h = BLOCK
    given = [(image.pk, (x, y, x + w, y + h), car.pk), (image.pk, DISC, None)]

    job = run(alice, project, boxes=given)

    assert [item.image_id for item in job.items.all()] == [image.pk]
    block, disc = Annotation.objects.order_by("number")
    assert (block.label, disc.label) == (car, None)
    assert {block.state, disc.state, block.source, disc.source} == {"suggested", "model"}
    assert disc.bbox_x >= x + w
    assert not bare.annotations.exists()
    first = {row.uuid: row.current_id for row in (block, disc)}
    run(alice, project, boxes=[*given, (bare.pk, DISC, car.pk)])
    again = Annotation.objects.filter(image=image)
    assert {row.uuid: row.current_id for row in again} == first


def test_boxes_of_a_job_leave_imported_ones_and_peoples_masks(
    alice: User, project: Project, car: Label
) -> None:
    image = Image.objects.get()
    imported = rectangle(image, BLOCK)
    drawn = np.zeros(image.size_hw, bool)
    drawn[40:104, 80:142] = True
    mine = make_annotation(image, label=car, mask=drawn)
    before = {row.pk: now(row).pk for row in (imported, mine)}

    run(alice, project, boxes=[(image.pk, DISC, car.pk)])

    assert {row.pk: now(row).pk for row in Annotation.objects.all()} == before  # said already


NAN = float("nan")


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ({"box_xyxy": (50, 10, 20, 40)}, "box_reversed"),
        ({"box_xyxy": (10, 10, 10, 40)}, "box_reversed"),
        ({"box_xyxy": (10, 10, 20)}, "box_shape"),
        ({"box_xyxy": (NAN, 10, 20, 40)}, "box_not_finite"),
        ({"box_xyxy": (160, 10, 190, 40)}, "box_outside"),
        ({"image": 10**9}, "unknown_image"),
        ({"label": 10**9}, "unknown_label"),
    ],
)
def test_a_malformed_box_is_named_and_starts_nothing(
    alice: User, project: Project, box: dict[str, Any], code: str
) -> None:
    good = {"image": Image.objects.get().pk, "box_xyxy": DISC, "label": None}
    one, other = ({**good, **facts}.values() for facts in ({}, box))

    with pytest.raises(Unprocessable) as refused:
        start(alice, project, boxes=[one, other])

    assert refused.value.code == code
    assert refused.value.message.startswith("boxes[1]: ")
    assert not Job.objects.exists()


def test_boxes_without_measure_or_place_are_refused(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Image.objects.get()
    foreign = store_picture(make_project(lead=alice, name="other"))
    monkeypatch.setattr(prelabel_boxes, "MAX_BOXES", 3)
    monkeypatch.setattr(prelabel_boxes, "MAX_BOXES_AN_IMAGE", 2)
    for boxes, code in (
        ([], "no_boxes"),
        ([(image.pk, DISC, None)] * 4, "too_many_boxes"),
        ([(image.pk, DISC, None)] * 3, "too_many_boxes"),
        ([(foreign.pk, DISC, None)], "unknown_image"),
    ):
        with pytest.raises(Unprocessable) as refused:
            start(alice, project, boxes=boxes)
        assert refused.value.code == code
    Image.objects.update(status="accepted")
    with pytest.raises(Unprocessable):
        start(alice, project, boxes=[(image.pk, DISC, None)])


def test_the_api_takes_boxes(alice: User, project: Project, car: Label) -> None:
    client = APIClient()
    client.force_login(alice)
    url, image = f"/api/v1/projects/{project.pk}/prelabel/", Image.objects.get()
    wish = {"mode": "boxes", "segmenter": "classic"}
    box = {"image": image.pk, "box_xyxy": list(DISC), "label": car.pk}

    def post(**fields: Any) -> Any:
        return client.post(url, {**wish, **fields}, format="json")

    counted = post(boxes=[box], dry_run=True)
    none = post(dry_run=True)
    answers = [
        post(boxes=[{**box, "box_xyxy": [9, 9, 1, 1]}]),
        post(boxes=[{**box, "box_xyxy": [9, 9, 1]}], dry_run=True),
        post(boxes=[box], mode="everything"),
        post(boxes=[box], tidying={"least_region": 9}),
        post(boxes=[{**box, "box_xyxy": "everywhere"}]),
    ]
    started = post(boxes=[box])

    assert (counted.json()["images"], none.json()["images"]) == (1, 0)
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 400]
    assert started.status_code == 202, started.json()
    assert Job.objects.get().params == {**wish, "boxes": {str(image.pk): [[*DISC, car.pk]]}}


def test_the_page_offers_boxes_where_some_wait(
    client: Client, alice: User, project: Project
) -> None:
    client.force_login(alice)
    url = f"/projects/{project.pk}/prelabel/"
    without = client.get(url).text
    rectangle(Image.objects.get(), BLOCK)
    Image.objects.update(status="in_progress")

    shown = client.get(url).text
    client.post(url, {"segmenter": "boxes:classic", "images": "new", "least_region": "9"})

    assert 'value="boxes:classic"' not in without
    assert re.search('value="boxes:classic">[^<]*: boxes into masks', shown)
    assert "1 imported box waits" in shown
    assert Job.objects.get().params == {"segmenter": "classic", "mode": "boxes"}
