"""Pre-labelling with a model that knows classes: its classes become the project's labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from rest_framework.test import APIClient

from inference.models import ClassMapping
from inference.services.class_mappings import mapping_of, save_mapping
from inference.services.prelabel import ImageFilter, start_prelabelling
from projects.errors import Forbidden, InvalidInput, Unavailable, Unprocessable
from projects.masks.rle import to_bitmap
from projects.masks.types import Rle
from projects.models import Annotation, Job, Label, Project, Role, User
from projects.services.item_runs import run_slice
from tests.factories import add_member, make_label, make_project, make_user
from tests.inference.segmenters.test_onnx_classes import describe, write_constant
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db
HEIGHT, WIDTH = 48, 64
CLASSES = [{"name": "background", "ignore": True}, "pedestrians", "truck", "zebra"]


@pytest.fixture
def project(alice: User) -> Project:
    project = make_project(lead=alice)
    store_picture(project, width=WIDTH, height=HEIGHT)
    return project


@pytest.fixture
def labels(project: Project) -> dict[str, Label]:
    return {name: make_label(project, name) for name in ("person", "vehicle", "sky")}


@pytest.fixture
def street(settings) -> str:
    """A model that sees two pedestrians, a truck and a zebra in every image."""
    folder = Path(settings.MODELS_DIR)
    numbers = np.zeros((1, HEIGHT, WIDTH), np.int64)
    numbers[0, 4:20, 4:12], numbers[0, 4:20, 20:28] = 1, 1
    numbers[0, 30:44, 10:30] = 2
    numbers[0, 30:44, 40:50] = 3
    write_constant(folder, "street", mask=numbers)
    describe(folder, "street", classes=CLASSES, input={"size": [HEIGHT, WIDTH]})
    return "street"


def run(user: User, project: Project, segmenter: str, mode: str = "model") -> Job:
    job = start_prelabelling(
        user=user, project=project, segmenter=segmenter, mode=mode, wanted=ImageFilter()
    )
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    return job


def found(project: Project) -> list[tuple[str, int]]:
    rows = Annotation.objects.filter(image__project=project).select_related("label")
    return sorted(((row.label.name if row.label else ""), row.area) for row in rows)


def test_classes_become_labels_and_things_fall_apart(
    alice: User, project: Project, labels: dict[str, Label], street: str
) -> None:
    job = run(alice, project, street)

    assert job.state == "done", job.error
    # pedestrians ~ person: two objects; truck is a kind of vehicle; a zebra is nothing here
    person = ("person", 16 * 8)
    assert found(project) == [("", 140), person, person, ("vehicle", 280)]
    for row in Annotation.objects.select_related("current"):
        assert (row.state, row.source) == ("suggested", "model")
        assert row.current.model.startswith("street@")


def test_a_saved_mapping_is_obeyed_and_others_are_skipped(
    alice: User, project: Project, labels: dict[str, Label], street: str
) -> None:
    save_mapping(
        user=alice,
        project=project,
        segmenter=street,
        labels={"zebra": labels["person"].pk, "truck": None},
        unmapped="skip",
    )

    run(alice, project, street)

    [only] = Annotation.objects.select_related("label", "current", "image")
    assert only.label == labels["person"]
    mask = to_bitmap(Rle(only.image.size_hw, only.current.counts)).astype(bool)
    assert mask[30:44, 40:50].all()
    assert mask.sum() == 140


def test_stuff_stays_one_region(
    alice: User, project: Project, labels: dict[str, Label], street: str
) -> None:
    Label.objects.update(is_thing=False)

    run(alice, project, street)

    assert ("person", 2 * 16 * 8) in found(project)


def test_a_label_that_went_meanwhile_is_none(
    alice: User, project: Project, labels: dict[str, Label], street: str
) -> None:
    job = start_prelabelling(
        user=alice, project=project, segmenter=street, mode="model", wanted=ImageFilter()
    )
    labels["vehicle"].archived = True
    labels["vehicle"].save()

    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass

    assert "vehicle" not in {name for name, _ in found(project)}
    assert ("", 280) in found(project)


def test_the_mapping_proposes_keeps_and_forgets_archived_labels(
    alice: User, project: Project, labels: dict[str, Label], street: str
) -> None:
    proposed = mapping_of(user=alice, project=project, segmenter=street)
    assert not proposed.is_saved
    assert [one.known.name for one in proposed.choices] == ["pedestrians", "truck", "zebra"]
    assert proposed.labels == {"pedestrians": labels["person"].pk, "truck": labels["vehicle"].pk}

    kept = save_mapping(
        user=alice,
        project=project,
        segmenter=street,
        labels={"truck": labels["sky"].pk},
        unmapped="suggest",
    )
    assert kept.is_saved
    assert kept.labels == {"truck": labels["sky"].pk}
    labels["sky"].archived = True
    labels["sky"].save()

    assert mapping_of(user=alice, project=project, segmenter=street).labels == {}
    assert ClassMapping.objects.get().saved_by == alice


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"labels": {"dragon": None}}, "unknown_class"),
        ({"labels": {"background": None}}, "unknown_class"),
        ({"labels": {"truck": 987654}}, "unknown_label"),
        ({"unmapped": "burn"}, "bad_unmapped"),
    ],
)
def test_what_cannot_be_mapped_is_refused(
    alice: User, project: Project, street: str, wish: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_mapping(
            **{"labels": {}, "unmapped": "skip", **wish},
            user=alice,
            project=project,
            segmenter=street,
        )

    assert refused.value.code == code


def test_nothing_mapped_and_the_rest_skipped_is_refused_at_once(
    alice: User, project: Project, street: str
) -> None:
    save_mapping(user=alice, project=project, segmenter=street, labels={}, unmapped="skip")

    with pytest.raises(InvalidInput) as refused:
        run(alice, project, street)
    assert refused.value.code == "nothing_mapped"


@pytest.mark.parametrize(
    ("segmenter", "mode", "error"),
    [
        ("classic", "model", Unprocessable),
        ("street", "everything", Unprocessable),
        ("street", "text", Unprocessable),
        ("street", "boxes", Unprocessable),
        ("classic", "circles", Unprocessable),
        ("sam3", "text", Unavailable),
    ],
)
@pytest.mark.usefixtures("street")
def test_a_mode_that_a_model_cannot_is_refused(
    alice: User, project: Project, segmenter: str, mode: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        run(alice, project, segmenter, mode)

    assert not Job.objects.exists()


def test_a_wrong_count_of_classes_is_a_clear_message_on_the_job(
    alice: User, project: Project, settings
) -> None:
    folder = Path(settings.MODELS_DIR)
    write_constant(folder, "five", mask=np.zeros((1, 5, 8, 8), np.float32))
    describe(folder, "five", classes=["a", "b"])

    job = run(alice, project, "five")

    assert job.state == "failed"
    assert "gives 5 classes, its description names 2" in job.error


def test_members_look_and_leads_save(project: Project, street: str) -> None:
    user = make_user()
    add_member(project, user, Role.REVIEWER)

    assert mapping_of(user=user, project=project, segmenter=street).choices
    with pytest.raises(Forbidden):
        save_mapping(user=user, project=project, segmenter=street, labels={}, unmapped="skip")


def test_the_api_gives_and_keeps_the_mapping_and_runs_it(
    alice: User, project: Project, labels: dict[str, Label], street: str
) -> None:
    client = APIClient()
    client.force_login(alice)
    url = f"/api/v1/projects/{project.pk}/segmenters/street/classes/"
    [told] = [
        one for one in client.get("/api/v1/segmenters/").json()["results"] if one["name"] == street
    ]
    assert told["classes"] == ["pedestrians", "truck", "zebra"]
    assert told["size_bytes"] > 0
    settings = client.patch(f"/api/v1/projects/{project.pk}/", {"segmenter": street})
    assert settings.status_code == 400  # it answers no clicks

    [pedestrians, *_] = client.get(url).json()["classes"]
    assert pedestrians["proposed"] == pedestrians["label"] == labels["person"].pk
    assert pedestrians["reason"] == "synonym"
    saved = client.put(url, {"labels": {"zebra": labels["sky"].pk}}, format="json")
    assert saved.status_code == 200, saved.json()
    assert saved.json()["is_saved"]

    started = client.post(
        f"/api/v1/projects/{project.pk}/prelabel/",
        {"segmenter": "street", "mode": "model"},
        format="json",
    )
    assert started.status_code == 202, started.json()
    assert Job.objects.get().params == {
        "segmenter": "street",
        "mode": "model",
        "labels": {"zebra": labels["sky"].pk},
        "unmapped": "suggest",
    }
    for name, status in (("classic", 422), ("crystal", 404)):
        other = url.replace("street", name)
        assert client.get(other).status_code == status
    assert client.put(url, {"labels": {"zebra": "x"}}, format="json").status_code == 400
    assert client.post(url).status_code == 405


def test_the_pages_show_the_proposal_save_it_and_start(
    alice: User, project: Project, labels: dict[str, Label], street: str
) -> None:
    browser = Client()
    browser.force_login(alice)
    url = f"/projects/{project.pk}/models/street/classes/"

    shown = browser.get(url).content.decode()
    assert "pedestrians" in shown
    assert "synonym" in shown
    assert f'<option value="{labels["person"].pk}" selected>person' in shown
    form = {"class-0": "", "class-1": "", "class-2": labels["sky"].pk, "unmapped": "skip"}
    answer = browser.post(url, form, follow=True)
    assert "are saved" in answer.content.decode()
    assert 'value="model:street"' in answer.content.decode()
    browser.post(
        f"/projects/{project.pk}/prelabel/", {"segmenter": "model:street", "images": "all"}
    )

    assert Job.objects.get().params["labels"] == {"zebra": labels["sky"].pk}
    assert browser.get(url.replace("street", "classic")).status_code == 404
    assert "no label of" in browser.post(url, {"class-0": "x"}, follow=True).content.decode()


def test_a_model_of_more_than_a_thousand_classes_is_mapped_on_the_page(
    alice: User, project: Project, labels: dict[str, Label], settings: Any
) -> None:
    count = 1203  # as LVIS has
    folder = Path(settings.MODELS_DIR)
    write_constant(folder, "many", mask=np.zeros((1, HEIGHT, WIDTH), np.int64))
    describe(folder, "many", classes=[f"class {number}" for number in range(count)])
    browser = Client()
    browser.force_login(alice)
    url = f"/projects/{project.pk}/models/many/classes/"
    form = {f"class-{number}": "" for number in range(count)}
    form |= {f"class-{count - 1}": str(labels["sky"].pk), "unmapped": "skip"}

    assert "class 1202" in browser.get(url).content.decode()
    answer = browser.post(url, form, follow=True)

    assert "are saved" in answer.content.decode()
    assert ClassMapping.objects.get().labels["class 1202"] == labels["sky"].pk


def test_where_lists_would_weigh_too_much_labels_are_typed(
    alice: User, project: Project, labels: dict[str, Label], settings: Any
) -> None:
    count = 1203
    numbered = (
        Label(
            project=project,
            name=f"kind {number}",
            number=number,
            order=number,
            color="#123456",
        )
        for number in range(100, 100 + count)
    )
    Label.objects.bulk_create(numbered)
    folder = Path(settings.MODELS_DIR)
    write_constant(folder, "many", mask=np.zeros((1, HEIGHT, WIDTH), np.int64))
    describe(folder, "many", classes=["sky", *(f"class {number}" for number in range(1, count))])
    browser = Client()
    browser.force_login(alice)
    url = f"/projects/{project.pk}/models/many/classes/"
    field = "label-of-class-"

    shown = browser.get(url).content.decode()
    assert len(shown) < 2_000_000
    assert f'name="{field}0" value="sky"' in shown
    form = {f"{field}1": "kind of blue", f"{field}2": "kind 101", "unmapped": "skip"}
    refused = browser.post(url, form)
    again = refused.content.decode()
    assert refused.status_code == 422
    for kept in ('1" value="kind of blue"', '2" value="kind 101"', '0" value=""'):
        assert f'name="{field}{kept}' in again
    assert again.count('aria-invalid="true"') == 1
    assert '<option value="skip" selected>' in again
    assert not ClassMapping.objects.exists()
    browser.post(url, {f"{field}0": "sky", f"{field}1": " kind 100 ", "unmapped": "skip"})

    chosen = {name: pk for name, pk in ClassMapping.objects.get().labels.items() if pk}
    assert chosen == {"sky": labels["sky"].pk, "class 1": Label.objects.get(name="kind 100").pk}
