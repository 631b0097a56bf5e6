from __future__ import annotations

import uuid
from typing import Any

import numpy as np
import pytest

from inference.services import prelabel
from inference.services.prelabel import ImageFilter, start_prelabelling
from projects.errors import Forbidden, InvalidInput, NotFound, Unavailable, Unprocessable
from projects.masks.rle import from_bitmap, to_bitmap
from projects.masks.types import Rle
from projects.models import Annotation, Image, Job, Project, Revision, Role, User
from projects.services.claims import claim_next_item
from projects.services.item_runs import run_slice
from projects.services.jobs import cancel_job
from projects.services.revisions import object_state, revise_annotation
from projects.services.suggestions import is_covered
from tests.factories import add_member, make_annotation, make_label, make_user
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db


def start(user: User, project: Project, **wish: Any) -> Job:
    return start_prelabelling(
        user=user,
        project=project,
        segmenter=wish.pop("segmenter", "classic"),
        mode=wish.pop("mode", "everything"),
        wanted=ImageFilter(**wish),
    )


def run(user: User, project: Project, **wish: Any) -> Job:
    job = start(user, project, **wish)
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    return job


def rows(project: Project) -> dict[uuid.UUID, tuple[int, str, str]]:
    live = Annotation.objects.filter(image__project=project).select_related("current")
    return {row.uuid: (row.number, row.state, row.current.counts) for row in live}


def mask_of(annotation: Annotation) -> np.ndarray:
    revision = Revision.objects.get(pk=annotation.current_id)
    return to_bitmap(Rle(annotation.image.size_hw, revision.counts)).astype(bool)


def test_suggestions_carry_their_doubts_and_their_model(alice: User, project: Project) -> None:
    job = run(alice, project)

    image = Image.objects.get()
    suggestions = list(Annotation.objects.select_related("current"))
    assert job.state == "done", job.error
    assert len(suggestions) >= 2
    assert image.status == "prelabelled"
    assert image.priority_reason
    assert 0 <= image.priority <= 1
    for row in suggestions:
        assert (row.state, row.source, row.label_id) == ("suggested", "model", None)
        assert row.current.model.startswith("classic@")
        assert row.current.author is None
        for doubt in (row.current.score, row.current.stability, row.current.disagreement):
            assert 0 <= doubt <= 1


def test_a_model_with_embeddings_is_asked_with_shaken_boxes_too(
    alice: User, project: Project
) -> None:
    job = run(alice, project, segmenter="sam_nano")

    assert job.state == "done", job.error
    told = list(Revision.objects.values_list("disagreement", "stability", "boundary_entropy"))
    assert told
    assert all(0 <= one <= 1 and 0 < entropy <= 1 for one, _, entropy in told)
    assert any(one != pytest.approx(1 - stability) for one, stability, _ in told)


def test_second_run_changes_nothing(alice: User, project: Project) -> None:
    run(alice, project)
    first = rows(project)

    assert run(alice, project).state == "done"

    assert rows(project) == first
    assert Revision.objects.count() == len(first)


def test_other_settings_replace_untouched_suggestions(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(alice, project)
    first = rows(project)
    monkeypatch.setattr(prelabel, "SUGGESTION_IDS", uuid.uuid4())  # as another version would

    run(alice, project)

    assert set(rows(project)).isdisjoint(first)
    assert len(rows(project)) == len(first)
    assert Revision.objects.count() == len(first)


@pytest.mark.parametrize("state", ["confirmed", "rejected", "deleted", "suggested"])
def test_what_a_person_touched_is_never_changed(alice: User, project: Project, state: str) -> None:
    run(alice, project)
    label = make_label(project)
    touched = Annotation.objects.select_related("image", "current").order_by("pk")[0]
    old = object_state(Revision.objects.get(pk=touched.current_id), touched.image.size_hw)
    new = type(old)(rle=old.rle, label_id=label.pk, state=state, source=old.source)
    revise_annotation(annotation=touched, state=new, base_revision=1, author=alice, cause="edit")
    before = rows(project)[touched.uuid]

    run(alice, project)

    assert rows(project)[touched.uuid] == before
    assert Revision.objects.filter(annotation=touched).count() == 2


def test_confirmed_masks_push_their_suggestions_aside(alice: User, project: Project) -> None:
    run(alice, project)
    image = Image.objects.get()
    label = make_label(project)
    biggest = max(Annotation.objects.select_related("image"), key=lambda row: row.area)
    mine = make_annotation(image, label=label, mask=mask_of(biggest))

    run(alice, project)

    assert not Annotation.objects.filter(uuid=biggest.uuid).exists()
    confirmed = from_bitmap(mask_of(mine))
    for row in Annotation.objects.filter(state="suggested").select_related("image"):
        assert not is_covered(from_bitmap(mask_of(row)), confirmed)


SIDE = 20


def block(rows: slice, columns: slice) -> Rle:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[rows, columns] = True
    return from_bitmap(mask)


@pytest.mark.parametrize(
    ("suggestion", "persons", "dropped"),
    [
        (block(slice(0, 10), slice(0, 10)), block(slice(0, 10), slice(0, 10)), True),
        (block(slice(0, 10), slice(0, 10)), block(slice(0, 5), slice(0, 10)), True),  # IoU 0.5
        (block(slice(0, 10), slice(0, 10)), block(slice(0, 4), slice(0, 10)), False),  # IoU 0.4
        (block(slice(0, 2), slice(0, 2)), block(slice(0, 20), slice(0, 20)), True),  # inside
        (block(slice(0, 20), slice(0, 1)), block(slice(0, 17), slice(0, 20)), True),  # 85 % inside
        (block(slice(0, 20), slice(0, 1)), block(slice(0, 16), slice(0, 20)), False),  # 80 %
        (block(slice(0, 20), slice(0, 20)), block(slice(0, 2), slice(0, 2)), False),  # around
        (block(slice(0, 5), slice(0, 5)), block(slice(10, 20), slice(10, 20)), False),  # apart
    ],
)
def test_rule_of_overlap(suggestion: Rle, persons: Rle, dropped: bool) -> None:
    assert is_covered(suggestion, persons) is dropped


def test_mask_confirmed_while_the_model_works_counts(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(alice, project)
    biggest = max(Annotation.objects.select_related("image"), key=lambda row: row.area)
    mask, label = mask_of(biggest), make_label(project)
    image = biggest.image
    real = prelabel.priority_of

    def confirm_meanwhile(**words: Any) -> Any:
        make_annotation(image, label=label, mask=mask)
        return real(**words)

    monkeypatch.setattr(prelabel, "priority_of", confirm_meanwhile)

    run(alice, project)

    assert not Annotation.objects.filter(uuid=biggest.uuid).exists()


def test_cancel_while_the_model_works_leaves_nothing(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = prelabel.priority_of

    def cancel_meanwhile(**words: Any) -> Any:
        cancel_job(user=alice, job=Job.objects.get())
        return real(**words)

    monkeypatch.setattr(prelabel, "priority_of", cancel_meanwhile)

    job = run(alice, project)

    assert job.state == "cancelled"
    assert not Annotation.objects.exists()
    assert Image.objects.get().status == "new"


@pytest.mark.parametrize("status", ["submitted", "accepted"])
def test_finished_images_are_left_alone(alice: User, project: Project, status: str) -> None:
    job = start(alice, project)
    Image.objects.update(status=status)

    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass

    job.refresh_from_db()
    assert job.state == "done"
    assert not Annotation.objects.exists()
    with pytest.raises(InvalidInput) as refused:
        start(alice, project)
    assert refused.value.code == "no_images"


def test_image_in_work_keeps_its_status(alice: User, project: Project) -> None:
    Image.objects.update(status="in_progress")

    run(alice, project)

    assert Image.objects.get().status == "in_progress"
    assert Annotation.objects.exists()


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"segmenter": "crystal_ball"}, NotFound),
        ({"segmenter": "sam_vit_b"}, Unavailable),
        ({"mode": "text"}, Unprocessable),
        ({"statuses": ("accepted",)}, InvalidInput),
        ({"splits": ("half",)}, InvalidInput),
        ({"images": (10**9,)}, InvalidInput),
    ],
)
def test_what_could_only_fail_later_is_refused(
    alice: User, project: Project, wish: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        start(alice, project, **wish)

    assert not Job.objects.exists()


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.REVIEWER])
def test_only_leads_start_it(project: Project, role: str) -> None:
    user = make_user()
    add_member(project, user, role)

    with pytest.raises(Forbidden):
        start(user, project)


def test_filters_choose_images(alice: User, project: Project) -> None:
    other = store_picture(project, width=160, height=120, split="val")

    job = start(alice, project, splits=("val",))

    assert [item.image_id for item in job.items.all()] == [other.pk]


def test_deleted_image_is_skipped(alice: User, project: Project) -> None:
    job = start(alice, project)
    Image.objects.update(deleted_at=job.created_at)

    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass

    job.refresh_from_db()
    assert (job.state, Annotation.objects.count()) == ("done", 0)


def test_late_duplicate_of_a_run_writes_nothing(alice: User, project: Project) -> None:
    from projects.models import JobItem
    from projects.services.claims import ClaimLost

    job = start(alice, project)
    late = claim_next_item(job_id=job.pk)
    assert late is not None
    JobItem.objects.update(heartbeat_at=job.created_at.replace(year=2020))
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    before = rows(project)

    with pytest.raises(ClaimLost):
        prelabel.run(claim=late)

    assert rows(project) == before
