"""Images over the API: lists with named filters, neighbours, edits, deletion for 30 days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from projects.models import Image
from tests.factories import make_annotation
from tests.projects.api.scene import PROBLEM, Scene

pytestmark = pytest.mark.django_db


def test_an_image_is_shown_with_people_lease_and_counts(scene: Scene, bob: Any) -> None:
    make_annotation(scene.image, label=scene.label)
    for _ in range(2):
        make_annotation(scene.image)
    make_annotation(scene.image, state="rejected")
    Image.objects.update(
        assignee=scene.people["bob"],
        lease_user=scene.people["rita"],
        lease_until=timezone.now() + timedelta(minutes=5),
    )

    shown = bob.get(scene.url).json()

    assert shown["counts"] == {"confirmed": 1, "suggested": 2}
    assert (shown["assignee"], shown["reviewer"]) == ("bob", None)
    assert shown["lease"]["username"] == "rita"
    assert shown["file"] == f"{scene.url}file/"
    assert shown["preview"] == f"{scene.url}preview/"
    assert (shown["width"], shown["height"], shown["project"]) == (8, 6, scene.project.pk)


def test_a_lease_that_ended_is_not_shown(scene: Scene, bob: Any) -> None:
    Image.objects.update(
        lease_user=scene.people["rita"], lease_until=timezone.now() - timedelta(seconds=1)
    )

    assert bob.get(scene.url).json()["lease"] is None


def test_a_lead_edits_name_split_and_assignee(scene: Scene, alice: Any) -> None:
    answer = alice.patch(scene.url, {"name": " x.png ", "split": "val", "assignee": "bob"})

    shown = answer.json()
    assert (shown["name"], shown["split"], shown["assignee"]) == ("x.png", "val", "bob")
    assert alice.patch(scene.url, {"assignee": None}).json()["assignee"] is None


@pytest.mark.parametrize(
    "body", [{"split": "all"}, {"assignee": "charlie"}, {"assignee": "nobody"}, {"name": ""}]
)
def test_an_edit_that_cannot_be_is_refused(scene: Scene, alice: Any, body: Any) -> None:
    assert alice.patch(scene.url, body).status_code == 400


def test_what_only_the_server_says_is_ignored(scene: Scene, alice: Any) -> None:
    before = Image.objects.values().get(pk=scene.image.pk)

    alice.patch(
        scene.url, {"number": 9, "project": 9, "sha256": "x", "status": "accepted", "owner": 1}
    )

    assert Image.objects.values().get(pk=scene.image.pk) == before


def test_a_deleted_image_is_seen_and_restored_by_leads_only(
    scene: Scene, alice: Any, bob: Any
) -> None:
    assert alice.delete(scene.url).status_code == 204

    assert bob.get(scene.url).status_code == 404
    assert bob.post(f"{scene.url}restore/").status_code == 404
    assert alice.get(scene.url).json()["deleted_at"] is not None
    assert alice.patch(scene.url, {"name": "x"}).status_code == 404
    assert alice.post(f"{scene.url}restore/").json()["deleted_at"] is None
    assert bob.get(scene.url).status_code == 200


@pytest.mark.parametrize("name", ["bob", "rita"])
def test_only_leads_edit_and_delete(scene: Scene, name: str) -> None:
    client = scene.client(name)

    assert client.patch(scene.url, {"name": "x"}).status_code == 403
    assert client.delete(scene.url).status_code == 403
    assert Image.objects.get(pk=scene.image.pk).deleted_at is None


# --- The same five for each endpoint ----------------------------------------------------------


def endpoints(scene: Scene) -> list[tuple[str, str]]:
    return [
        ("get", scene.url),
        ("patch", scene.url),
        ("delete", scene.url),
        ("post", f"{scene.url}restore/"),
        ("get", f"{scene.url}neighbours/"),
        ("get", f"{scene.url}file/"),
        ("get", f"{scene.url}preview/"),
    ]


def test_a_stranger_sees_what_somebody_sees_of_an_image_that_never_was(scene: Scene) -> None:
    charlie, alice = scene.client("charlie"), scene.client("alice")

    for method, url in endpoints(scene):
        nowhere = url.replace(f"images/{scene.image.pk}/", "images/987654321/")
        foreign, missing = getattr(charlie, method)(url), getattr(alice, method)(nowhere)
        assert (foreign.status_code, missing.status_code) == (404, 404), url
        assert foreign.content == missing.content
    for method in ("get", "post"):
        url = f"/api/v1/projects/{scene.project.pk}/images/"
        foreign = getattr(charlie, method)(url)
        missing = getattr(alice, method)("/api/v1/projects/987654321/images/")
        assert (foreign.status_code, foreign.content) == (404, missing.content)


@pytest.mark.parametrize("huge", ["9" * 19, "9" * 400, "9" * 5000])
def test_a_number_beyond_the_database_is_absent(scene: Scene, bob: Any, huge: str) -> None:
    assert bob.get(f"/api/v1/images/{huge}/").status_code == 404
    assert bob.get(f"/api/v1/projects/{huge}/images/").status_code == 404


def test_nobody_gets_in_without_a_name(scene: Scene) -> None:
    for method, url in endpoints(scene):
        answer = getattr(APIClient(), method)(url)
        assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)


def test_wrong_methods_are_405(scene: Scene, alice: Any) -> None:
    for method, url in [
        ("post", scene.url),
        ("put", scene.url),
        ("get", f"{scene.url}restore/"),
        ("post", f"{scene.url}neighbours/"),
        ("post", f"{scene.url}file/"),
        ("delete", f"{scene.url}preview/"),
        ("put", f"/api/v1/projects/{scene.project.pk}/images/"),
    ]:
        assert getattr(alice, method)(url).status_code == 405


def test_a_member_who_was_removed_is_a_stranger_at_once(scene: Scene, bob: Any) -> None:
    assert bob.get(scene.url).status_code == 200

    scene.people["bob"].memberships.all().delete()

    assert bob.get(scene.url).status_code == 404
