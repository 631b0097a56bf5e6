"""What an image's history tells: what each revision changed, and what lay there at a moment."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from projects.models import Revision
from tests.factories import make_annotation, make_image, make_label
from tests.projects.api.scene import Scene, condition

pytestmark = pytest.mark.django_db


def test_each_revision_says_what_it_changed(scene: Scene, bob: Any) -> None:
    bus = make_label(scene.project, "bus")
    one = scene.created(bob)
    scene.put(bob, one, 1, side=3)
    scene.put(scene.client("rita"), one, 2, side=3, label=bus.pk, z=4)
    bob.delete(scene.object_url(one), headers=condition(3))

    told = bob.get(f"{scene.url}history/?ordering=id").json()["results"]

    assert [entry["changed"] for entry in told] == [
        ["mask", "label", "state", "z", "attributes", "iscrowd"],
        ["mask"],
        ["label", "z"],
        ["state"],
    ]
    assert [(entry["area_before"], entry["area"]) for entry in told[:2]] == [(None, 4), (4, 9)]
    assert (told[2]["label_before"], told[2]["label"]) == (scene.label.pk, bus.pk)
    assert (told[3]["state_before"], told[3]["state"]) == ("confirmed", "deleted")
    assert [entry["author"] for entry in told] == ["bob", "bob", "rita", "bob"]


def test_the_history_of_one_object_alone(scene: Scene, bob: Any) -> None:
    one, _other = scene.created(bob), scene.created(bob)

    told = bob.get(f"{scene.url}history/?annotation={one}").json()["results"]
    bad = bob.get(f"{scene.url}history/?annotation=bear")

    assert [entry["annotation"] for entry in told] == [one]
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_annotation")


def test_one_revision_of_an_object_with_its_mask(scene: Scene, bob: Any) -> None:
    one = scene.created(bob)
    scene.put(bob, one, 1, side=3)

    found = bob.get(f"{scene.object_url(one)}history/?revision=1").json()["results"]
    bad = bob.get(f"{scene.object_url(one)}history/?revision=first")

    assert [(entry["revision"], entry["area"]) for entry in found] == [(1, 4)]
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_revision")


def test_an_image_as_it_was_at_each_of_its_moments(scene: Scene, bob: Any) -> None:
    one = scene.created(bob)
    two = scene.created(bob)
    scene.put(bob, one, 1, side=3)
    bob.delete(scene.object_url(two), headers=condition(1))
    scene.put(bob, two, 2)
    moments = list(Revision.objects.order_by("pk").values_list("pk", flat=True))

    was = [
        {
            entry["id"]: (entry["revision"], entry["area"], entry["state"])
            for entry in bob.get(f"{scene.url}history/{moment}/").json()["results"]
        }
        for moment in moments
    ]

    assert was == [
        {one: (1, 4, "confirmed")},
        {one: (1, 4, "confirmed"), two: (1, 4, "confirmed")},
        {one: (2, 9, "confirmed"), two: (1, 4, "confirmed")},
        {one: (2, 9, "confirmed"), two: (2, 4, "deleted")},
        {one: (2, 9, "confirmed"), two: (3, 4, "confirmed")},
    ]


def test_the_history_takes_few_statements(
    scene: Scene, bob: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        make_annotation(scene.image, label=scene.label, author=scene.people["rita"])

    with django_assert_max_num_queries(6):
        assert len(bob.get(f"{scene.url}history/").json()["results"]) == 30


def test_a_moment_of_another_image_is_missing_and_a_stranger_finds_none(
    scene: Scene, bob: Any
) -> None:
    here = make_annotation(scene.image, label=scene.label)
    there = make_annotation(make_image(scene.project), label=scene.label)

    assert bob.get(f"{scene.url}history/{there.current_id}/").status_code == 404
    assert bob.get(f"{scene.url}history/987654321/").status_code == 404
    assert scene.client("charlie").get(f"{scene.url}history/{here.current_id}/").status_code == 404
    assert bob.get(f"{scene.url}history/{here.current_id}/?at=1").status_code == 400
    assert bob.post(f"{scene.url}history/{here.current_id}/").status_code == 405
    assert bob.get(f"{scene.url}history/?annotation={uuid.uuid4()}").json()["results"] == []


def test_any_of_twenty_revisions_is_restored_as_a_new_one(scene: Scene, bob: Any) -> None:
    one = scene.created(bob, side=1)
    for revision in range(1, 20):
        scene.put(bob, one, revision, side=1 + revision % 4, z=revision)
    was = {
        entry["revision"]: entry
        for entry in bob.get(f"{scene.object_url(one)}history/").json()["results"]
    }

    for step, revision in enumerate(sorted(was)):
        restored = bob.post(f"{scene.object_url(one)}restore/", {"revision": revision}).json()
        assert restored["revision"] == 21 + step
        assert (restored["segmentation"], restored["z"]) == (
            was[revision]["segmentation"],
            was[revision]["z"],
        )
    assert Revision.objects.filter(annotation__uuid=one).count() == 40
