"""Tags: the project's words for images, and which image carries which."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import ImageTag, Tag
from tests.factories import make_image, make_project, make_tag
from tests.projects.api.scene import PROBLEM, Scene

pytestmark = pytest.mark.django_db


def tags_url(scene: Scene) -> str:
    return f"/api/v1/projects/{scene.project.pk}/tags/"


def say(scene: Scene, name: str, **body: Any) -> Any:
    return scene.client(name).post(f"{scene.url}tags/", body)


def test_a_lead_adds_and_renames_and_everybody_lists(scene: Scene) -> None:
    alice = scene.client("alice")

    made = alice.post(tags_url(scene), {"name": " night "})
    renamed = alice.patch(f"/api/v1/tags/{made.json()['id']}/", {"name": "at night"})
    listed = scene.client("bob").get(tags_url(scene))

    assert (made.status_code, made.json()["name"]) == (201, "night")
    assert renamed.json()["name"] == "at night"
    assert [one["name"] for one in listed.json()["results"]] == ["at night"]


def test_a_taken_or_empty_name_is_refused(scene: Scene) -> None:
    alice = scene.client("alice")
    make_tag(scene.project, "Night")

    taken = alice.post(tags_url(scene), {"name": "night"})
    empty = alice.post(tags_url(scene), {"name": " \t"})

    assert (taken.status_code, taken.json()["code"]) == (409, "tag_name_taken")
    assert empty.status_code == 400


def test_an_annotator_tags_an_image_and_a_repeat_changes_nothing(scene: Scene) -> None:
    night, rain = make_tag(scene.project, "night"), make_tag(scene.project, "rain")

    say(scene, "bob", add=[night.pk, rain.pk])
    again = say(scene, "bob", add=[night.pk], remove=[rain.pk])
    shown = scene.client("rita").get(scene.url)

    assert again.status_code == 200
    assert shown.json()["tags"] == [night.pk]
    assert ImageTag.objects.get().author == scene.people["bob"]


def test_images_are_filtered_by_tag(scene: Scene) -> None:
    night = make_tag(scene.project, "night")
    make_image(scene.project)
    say(scene, "bob", add=[night.pk])

    found = scene.client("bob").get(f"/api/v1/projects/{scene.project.pk}/images/?tag={night.pk}")
    bad = scene.client("bob").get(f"/api/v1/projects/{scene.project.pk}/images/?tag=x")

    assert [one["id"] for one in found.json()["results"]] == [scene.image.pk]
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_tag")


def test_a_tag_in_use_is_archived_and_stays_on_its_images(scene: Scene) -> None:
    used, unused = make_tag(scene.project, "used"), make_tag(scene.project, "unused")
    say(scene, "bob", add=[used.pk])
    alice = scene.client("alice")

    archived = alice.delete(f"/api/v1/tags/{used.pk}/")
    gone = alice.delete(f"/api/v1/tags/{unused.pk}/")
    refused = say(scene, "bob", add=[used.pk])

    assert (archived.status_code, archived.json()["archived"]) == (200, True)
    assert gone.status_code == 204
    assert scene.client("bob").get(scene.url).json()["tags"] == [used.pk]
    assert (refused.status_code, refused.json()["code"]) == (409, "tag_archived")


def test_a_foreign_tag_is_unknown(scene: Scene) -> None:
    foreign = make_tag(make_project(name="Other"))

    answer = say(scene, "bob", add=[foreign.pk])

    assert (answer.status_code, answer.json()["code"]) == (400, "tag_unknown")
    assert answer["Content-Type"] == PROBLEM


def test_a_submitted_image_is_tagged_by_reviewers_only(scene: Scene) -> None:
    night = make_tag(scene.project, "night")
    scene.image.status = "submitted"
    scene.image.save()

    bob, rita = say(scene, "bob", add=[night.pk]), say(scene, "rita", add=[night.pk])

    assert (bob.status_code, bob.json()["code"]) == (409, "image_closed")
    assert rita.status_code == 200


def test_strangers_missing_rows_bad_bodies_and_wrong_methods(scene: Scene) -> None:
    tag = make_tag(scene.project)
    alice, charlie = scene.client("alice"), scene.client("charlie")
    for url, body in (
        (tags_url(scene), {"name": "x"}),
        (f"{scene.url}tags/", {"add": [tag.pk]}),
    ):
        assert charlie.post(url, body).status_code == 404
        assert alice.delete(url).status_code == 405
    one = f"/api/v1/tags/{tag.pk}/"

    assert charlie.get(one).status_code == 404
    assert alice.get("/api/v1/tags/987654321/").status_code == 404
    assert alice.post("/api/v1/images/987654321/tags/", {"add": [tag.pk]}).status_code == 404
    assert alice.post(tags_url(scene), {}).status_code == 400
    assert alice.patch(one, {"archived": "perhaps"}).status_code == 400
    assert say(scene, "bob", add="night").status_code == 400
    assert say(scene, "bob", add=[tag.pk], remove=[tag.pk]).json()["code"] == "tag_both"
    assert alice.put(one, {}).status_code == 405
    assert Tag.objects.count() == 1
