"""Limits that docs/limits.md names: what is at the limit is taken, one past it is refused."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from projects.models import Comment, Image, Label, Tag
from projects.services import comments, label_attributes, tags
from projects.services.change_requests import MAX_ATTRIBUTES_BYTES
from projects.services.labels import MAX_LABELS
from tests.projects.api.scene import Scene

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("past", "status"), [(0, 201), (1, 413)])
def test_attributes_have_a_size(scene: Scene, alice: APIClient, past: int, status: int) -> None:
    frame = len('{"note": ""}')
    attributes = {"note": "x" * (MAX_ATTRIBUTES_BYTES - frame + past)}

    answer = scene.put(alice, uuid.uuid4(), None, attributes=attributes)

    assert answer.status_code == status
    if past:
        assert answer.json()["code"] == "attributes_too_large"


def test_a_schema_has_a_length(scene: Scene, alice: APIClient) -> None:
    Label.objects.bulk_create(
        Label(project=scene.project, number=number, name=f"label {number}", color="#0072b2")
        for number in range(10, 10 + MAX_LABELS - 2)
    )
    address = f"/api/v1/projects/{scene.project.pk}/labels/"

    last: Any = alice.post(address, {"name": "the last"})
    past: Any = alice.post(address, {"name": "one more"})

    assert last.status_code == 201
    assert (past.status_code, past.json()["code"]) == (400, "too_many_labels")
    assert past.json()["limit"] == MAX_LABELS == Label.objects.count()


def test_a_page_has_a_length(scene: Scene, alice: APIClient) -> None:
    Image.objects.bulk_create(
        Image(project=scene.project, number=number, width=8, height=6, size_bytes=1,
              upload_sha256=f"{number:064}", sha256=f"{number:064}")
        for number in range(10, 210)
    )  # fmt: skip
    address = f"/api/v1/projects/{scene.project.pk}/images/"

    taken: Any = alice.get(f"{address}?limit=200").json()
    past: Any = alice.get(f"{address}?limit=201").json()

    assert len(taken["results"]) == len(past["results"]) == 200
    assert len(alice.get(past["next"]).json()["results"]) == 1


@pytest.mark.parametrize(("past", "status"), [(0, 200), (1, 400)])
def test_a_label_has_so_many_attributes(
    scene: Scene, alice: APIClient, past: int, status: int
) -> None:
    schema = [
        {"name": f"a{i}", "kind": "text"} for i in range(label_attributes.MAX_ATTRIBUTES + past)
    ]

    answer = alice.patch(f"/api/v1/labels/{scene.label.pk}/", {"attributes": schema})

    assert answer.status_code == status


@pytest.mark.parametrize(("past", "status"), [(0, 200), (1, 400)])
def test_an_attribute_has_so_many_choices(
    scene: Scene, alice: APIClient, past: int, status: int
) -> None:
    choices = [f"c{i}" for i in range(label_attributes.MAX_CHOICES + past)]
    schema = [{"name": "pose", "kind": "choice", "choices": choices}]

    answer = alice.patch(f"/api/v1/labels/{scene.label.pk}/", {"attributes": schema})

    assert answer.status_code == status


@pytest.mark.parametrize(("past", "status"), [(0, 201), (1, 400)])
def test_a_value_has_so_many_characters(
    scene: Scene, alice: APIClient, past: int, status: int
) -> None:
    schema = [{"name": "note", "kind": "text"}]
    alice.patch(f"/api/v1/labels/{scene.label.pk}/", {"attributes": schema})
    attributes = {"note": "x" * (label_attributes.MAX_TEXT + past)}

    answer = scene.put(alice, uuid.uuid4(), None, attributes=attributes)

    assert answer.status_code == status


@pytest.mark.parametrize(("past", "status"), [(0, 201), (1, 400)])
def test_a_project_has_so_many_tags(scene: Scene, alice: APIClient, past: int, status: int) -> None:
    there = range(tags.MAX_TAGS - 1 + past)
    Tag.objects.bulk_create(Tag(project=scene.project, name=f"t{i}") for i in there)

    answer = alice.post(f"/api/v1/projects/{scene.project.pk}/tags/", {"name": "night"})

    assert answer.status_code == status


@pytest.mark.parametrize(("past", "status"), [(0, 201), (1, 409)])
def test_an_image_has_so_many_comments(
    scene: Scene, alice: APIClient, past: int, status: int
) -> None:
    there = range(comments.MAX_COMMENTS - 1 + past)
    Comment.objects.bulk_create(
        Comment(image=scene.image, uuid=uuid.uuid4(), x=1, y=1, text=str(i)) for i in there
    )

    answer = say(scene, alice, "One more?")

    assert answer.status_code == status


@pytest.mark.parametrize(("past", "status"), [(0, 201), (1, 400)])
def test_a_comment_has_so_many_characters(
    scene: Scene, alice: APIClient, past: int, status: int
) -> None:
    answer = say(scene, alice, "x" * (comments.MAX_TEXT + past))

    assert answer.status_code == status


def say(scene: Scene, client: APIClient, text: str) -> Any:
    body = {"uuid": str(uuid.uuid4()), "x": 1, "y": 1, "text": text}
    return client.post(f"{scene.url}comments/", body)
