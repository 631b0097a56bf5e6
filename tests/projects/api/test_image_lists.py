"""Lists of images: filters, orders, pages, and the neighbours of an image in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from projects.models import Image
from tests.factories import make_annotation, make_image, make_label, make_project
from tests.projects.api.scene import PROBLEM, Scene

pytestmark = pytest.mark.django_db


def listed(client: Any, project: Any, query: str = "") -> Any:
    answer = client.get(f"/api/v1/projects/{project.pk}/images/?{query}")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def numbers(client: Any, project: Any, query: str = "") -> list[int]:
    return [one["number"] for one in listed(client, project, query)["results"]]


def test_a_list_takes_few_statements_however_long_it_is(
    scene: Scene, bob: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        image = make_image(scene.project, assignee=scene.people["bob"])
        make_annotation(image, label=scene.label)

    with django_assert_max_num_queries(6):
        assert len(listed(bob, scene.project)["results"]) == 21


def make_varied(scene: Scene) -> None:
    """Numbers 2..5 beside the scene's own 1."""
    bob = scene.people["bob"]
    make_image(scene.project, name="a street.png", status="submitted", split="train", priority=0.5)
    make_image(scene.project, name="A Road.png", status="accepted", split="val", assignee=bob)
    labelled = make_image(scene.project, name="c.png", status="submitted", priority=0.5)
    make_annotation(labelled, label=scene.label)
    make_image(scene.project, name="gone.png", deleted_at=timezone.now())
    other = make_project(name="Marker", lead=scene.people["charlie"])
    make_image(other, name="marker street.png", split="train")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("status=submitted", [2, 4]),
        ("status=submitted,accepted", [2, 3, 4]),
        ("split=train", [2]),
        ("split=none", [1, 4]),
        ("assignee=bob", [3]),
        ("assignee=me", [3]),
        ("assignee=none", [1, 2, 4]),
        ("assignee=nobody-here", []),
        ("search=street", [2]),
        ("search=STREET", [2]),
        ("search=%25", []),
        ("search=' OR 1=1 --", []),
        ("status=submitted&split=none", [4]),
        ("ordering=-number", [4, 3, 2, 1]),
        ("ordering=-priority", [2, 4, 1, 3]),
        ("ordering=priority", [1, 3, 2, 4]),
        ("ordering=created_at", [1, 2, 3, 4]),
        ("label=99999999999", []),
    ],
)
def test_filters_and_orders(scene: Scene, bob: Any, query: str, expected: list[int]) -> None:
    make_varied(scene)

    assert numbers(bob, scene.project, query) == expected


def test_images_are_found_by_the_labels_on_them(scene: Scene, bob: Any) -> None:
    make_varied(scene)
    make_annotation(scene.image, label=scene.label, state="deleted")

    assert numbers(bob, scene.project, f"label={scene.label.pk}") == [4]


def test_a_foreign_label_finds_nothing(scene: Scene, bob: Any) -> None:
    foreign = make_label(make_project(name="Other"))
    make_annotation(make_image(foreign.project), label=foreign)

    assert numbers(bob, scene.project, f"label={foreign.pk}") == []


def test_deleted_images_are_listed_for_leads_only(scene: Scene, alice: Any, bob: Any) -> None:
    make_varied(scene)

    assert numbers(alice, scene.project, "deleted=1") == [5]
    answer = bob.get(f"/api/v1/projects/{scene.project.pk}/images/?deleted=1")
    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("status=done", "bad_status"),
        ("status=new,done", "bad_status"),
        ("split=all", "bad_split"),
        ("label=car", "bad_label"),
        ("label=-1", "bad_label"),
        ("label=" + "9" * 30, "bad_label"),
        ("deleted=yes", "bad_deleted"),
        ("search=a%00b", "bad_search"),
        ("assignee=%00", "bad_assignee"),
        ("search=" + "x" * 300, "bad_search"),
        ("ordering=password", "bad_ordering"),
        ("ordering=assignee__password", "bad_ordering"),
        ("ordering=--number", "bad_ordering"),
        ("assignee__password__startswith=p", "unknown_parameter"),
        ("project__memberships__user=1", "unknown_parameter"),
        ("order_by=password", "unknown_parameter"),
        ("fields=upload_sha256", "unknown_parameter"),
        ("limit=0", "bad_limit"),
        ("limit=-1", "bad_limit"),
        ("limit=1e9", "bad_limit"),
        ("limit=", "bad_limit"),
        ("limit=%D9%A3", "bad_limit"),
        ("with_count=2", "bad_with_count"),
        ("cursor=", "bad_cursor"),
        ("cursor=garbage", "bad_cursor"),
        ("cursor=W10", "bad_cursor"),
        ("cursor=WyJudW1iZXIiLCAwLCAiYSIsIDFd", "bad_cursor"),
        ("cursor=%FF%00", "bad_cursor"),
        ("cursor=" + "A" * 5000, "bad_cursor"),
    ],
)
def test_what_the_list_does_not_know_is_refused(
    scene: Scene, bob: Any, query: str, code: str
) -> None:
    answer = bob.get(f"/api/v1/projects/{scene.project.pk}/images/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "ordering", ["number", "-number", "-priority", "priority", "name", "-name", "-created_at"]
)
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_hold_every_image_once_there_and_back(
    scene: Scene, bob: Any, ordering: str, limit: int
) -> None:
    for place in range(6):
        make_image(scene.project, priority=place % 2 / 3, name=f"{place % 3}.png")
    whole = numbers(bob, scene.project, f"ordering={ordering}")
    url: str | None = (
        f"/api/v1/projects/{scene.project.pk}/images/?ordering={ordering}&limit={limit}"
    )

    pages = []
    while url:
        page = bob.get(url).json()
        pages.append([one["number"] for one in page["results"]])
        url, last = page["next"], page
    back = [pages[-1]]
    while last["previous"]:
        last = bob.get(last["previous"]).json()
        back.insert(0, [one["number"] for one in last["results"]])

    assert [number for page in pages for number in page] == whole
    assert back == pages


def test_a_page_begins_after_its_row_even_if_that_was_deleted(scene: Scene, bob: Any) -> None:
    for _ in range(3):
        make_image(scene.project)
    first = listed(bob, scene.project, "limit=2")
    Image.objects.filter(number=2).update(deleted_at=timezone.now())

    assert [one["number"] for one in bob.get(first["next"]).json()["results"]] == [3, 4]


def test_a_cursor_serves_only_the_order_that_it_came_from(scene: Scene, bob: Any) -> None:
    make_image(scene.project)
    following = listed(bob, scene.project, "limit=1")["next"]

    answer = bob.get(f"{following}&ordering=-number")

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_the_total_comes_when_asked_for_and_a_large_limit_means_the_largest(
    scene: Scene, bob: Any
) -> None:
    make_varied(scene)

    assert "count" not in listed(bob, scene.project)
    page = listed(bob, scene.project, "with_count=1&limit=1&status=submitted")
    assert (page["count"], len(page["results"])) == (2, 1)
    assert len(listed(bob, scene.project, "limit=1000000000")["results"]) == 4


# --- Neighbours -----------------------------------------------------------------------------


def test_neighbours_follow_the_order_and_the_filters(scene: Scene, bob: Any) -> None:
    make_varied(scene)
    ids = dict(Image.objects.filter(project=scene.project).values_list("number", "pk"))

    def beside(number: int, query: str = "") -> tuple[Any, Any, int, int]:
        place = bob.get(f"/api/v1/images/{ids[number]}/neighbours/?{query}").json()
        return place["previous"], place["next"], place["position"], place["count"]

    assert beside(1) == (None, ids[2], 1, 4)
    assert beside(3) == (ids[2], ids[4], 3, 4)
    assert beside(4) == (ids[3], None, 4, 4)
    assert beside(2, "ordering=-priority") == (None, ids[4], 1, 4)
    assert beside(4, "ordering=-priority") == (ids[2], ids[1], 2, 4)
    assert beside(3, "status=submitted") == (ids[2], ids[4], 2, 2)


def test_walking_by_neighbours_meets_every_image_once(scene: Scene, bob: Any) -> None:
    for place in range(6):
        make_image(scene.project, priority=place % 2 / 3)
    for ordering in ("number", "-priority", "name", "-created_at"):
        whole = [one["id"] for one in listed(bob, scene.project, f"ordering={ordering}")["results"]]
        walked, current = [], whole[0]
        while current:
            walked.append(current)
            url = f"/api/v1/images/{current}/neighbours/?ordering={ordering}"
            current = bob.get(url).json()["next"]
        assert walked == whole


def test_reach_gives_the_images_on_each_side_in_list_order(scene: Scene, bob: Any) -> None:
    make_varied(scene)
    ids = dict(Image.objects.filter(project=scene.project).values_list("number", "pk"))

    def around(number: int, query: str) -> list[list[int]]:
        place = bob.get(f"/api/v1/images/{ids[number]}/neighbours/?{query}").json()
        return [[one["number"] for one in place[side]] for side in ("before", "after")]

    assert around(3, "reach=5") == [[1, 2], [4]]
    assert around(3, "reach=1") == [[2], [4]]
    assert around(4, "reach=2&ordering=-priority") == [[2], [1, 3]]
    assert around(1, "reach=2&status=submitted") == [[], [2, 4]]
    assert "before" not in bob.get(f"{scene.url}neighbours/").json()


@pytest.mark.parametrize(
    "query", ["ordering=password", "user__password=1", "status=x", "reach=21", "reach=x"]
)
def test_neighbours_know_their_parameters(scene: Scene, bob: Any, query: str) -> None:
    assert bob.get(f"{scene.url}neighbours/?{query}").status_code == 400


# --- Edits ----------------------------------------------------------------------------------
