"""Lists of annotations and their histories."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import make_annotation, make_image
from tests.projects.api.scene import Scene, condition

pytestmark = pytest.mark.django_db


def test_the_list_holds_what_is_current_and_deleted_ones_only_if_asked_for(
    scene: Scene, bob: Any
) -> None:
    kept, gone = scene.created(bob), scene.created(bob)
    scene.put(bob, kept, 1, side=3)
    bob.delete(scene.object_url(gone), headers=condition(1))
    make_annotation(make_image(scene.project), label=scene.label)
    url = f"{scene.url}annotations/"

    current = bob.get(url).json()
    everything = bob.get(f"{url}?include=deleted").json()

    assert [(one["id"], one["revision"], one["area"]) for one in current["results"]] == [
        (kept, 2, 9)
    ]
    assert [(one["id"], one["state"]) for one in everything["results"]] == [
        (kept, "confirmed"),
        (gone, "deleted"),
    ]
    assert (current["next"], current["previous"]) == (None, None)


def test_the_list_takes_few_statements_however_long_it_is(
    scene: Scene, bob: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        make_annotation(scene.image, label=scene.label, author=scene.people["rita"])

    with django_assert_max_num_queries(6):
        assert len(bob.get(f"{scene.url}annotations/").json()["results"]) == 30


def test_the_list_can_be_read_in_pages(scene: Scene, bob: Any) -> None:
    ids = [scene.created(bob) for _ in range(5)]
    url: str | None = f"{scene.url}annotations/?limit=2"

    read = []
    while url:
        page = bob.get(url).json()
        read += [one["id"] for one in page["results"]]
        url = page["next"]

    assert read == ids


@pytest.mark.parametrize("query", ["include=everything", "fields=counts", "state=x", "limit=0"])
def test_what_the_list_does_not_know_is_refused(scene: Scene, bob: Any, query: str) -> None:
    assert bob.get(f"{scene.url}annotations/?{query}").status_code == 400


def test_a_history_tells_every_state_newest_first(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    scene.put(scene.client("rita"), object_id, 1, side=3)
    bob.delete(scene.object_url(object_id), headers=condition(2))
    bob.post(f"{scene.object_url(object_id)}restore/", {"revision": 1})

    history = bob.get(f"{scene.object_url(object_id)}history/").json()["results"]

    assert [(one["revision"], one["cause"], one["author"], one["area"]) for one in history] == [
        (4, "restore", "bob", 4),
        (3, "delete", "bob", 9),
        (2, "edit", "rita", 9),
        (1, "edit", "bob", 4),
    ]
    assert history[1]["state"] == "deleted"


def test_an_image_s_history_tells_of_all_its_objects(scene: Scene, bob: Any) -> None:
    first, second = scene.created(bob), scene.created(scene.client("rita"))
    scene.put(bob, second, 1, side=3)
    make_annotation(make_image(scene.project), label=scene.label)

    history = bob.get(f"{scene.url}history/").json()["results"]

    assert [(one["annotation"], one["revision"], one["author"]) for one in history] == [
        (second, 2, "bob"),
        (second, 1, "rita"),
        (first, 1, "bob"),
    ]
    assert "segmentation" not in history[0]


def test_a_history_takes_few_statements(
    scene: Scene, bob: Any, django_assert_max_num_queries: Any
) -> None:
    object_id = scene.created(bob)
    for base in range(1, 12):
        scene.put(bob, object_id, base, side=1 + base % 3)

    with django_assert_max_num_queries(7):
        bob.get(f"{scene.object_url(object_id)}history/")
    with django_assert_max_num_queries(6):
        bob.get(f"{scene.url}history/")
