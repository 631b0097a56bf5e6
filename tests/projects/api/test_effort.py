"""Effort comes with changes, refuses none of them, counts once, and is shown in medians."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from projects.models import Annotation, EffortEvent, Image
from tests.factories import make_label
from tests.projects.api.scene import Scene
from tests.projects.api.test_changes import change, deletion, send

pytestmark = pytest.mark.django_db

NAMES = ("clicks", "strokes", "undos", "redos", "prompts", "active_ms")


def events() -> list[dict[str, Any]]:
    return list(EffortEvent.objects.order_by("pk").values(*NAMES))


def figures(**given: int) -> dict[str, int]:
    return dict.fromkeys(NAMES, 0) | given


def report(scene: Scene, name: str = "rita") -> Any:
    answer = scene.client(name).get(f"/api/v1/projects/{scene.project.pk}/effort/")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_each_change_keeps_its_effort_and_who_spent_it(scene: Scene, bob: Any) -> None:
    first = change(scene, effort={"clicks": 3, "active_ms": 4200, "prompts": 2})
    silent = change(scene)
    second = change(scene, first["id"], 1, side=3, effort={"strokes": 1, "undos": 2, "redos": 1})
    gone = deletion(silent["id"], 1) | {"effort": {"clicks": 1}}

    outcomes = send(scene, bob, [first, silent, second, gone])

    assert [one["status"] for one in outcomes] == [201, 201, 200, 200]
    assert events() == [
        figures(clicks=3, active_ms=4200, prompts=2),
        figures(strokes=1, undos=2, redos=1),
        figures(clicks=1),
    ]
    kept = EffortEvent.objects.order_by("pk").values_list(
        "annotation__uuid", "change_id", "user__username"
    )
    assert [tuple(map(str, row)) for row in kept] == [
        (one["id"], one["change_id"], "bob") for one in (first, second, gone)
    ]


def test_a_repeat_with_other_effort_is_the_same_change(scene: Scene, bob: Any) -> None:
    new = change(scene, effort={"clicks": 3})
    first = send(scene, bob, [new])
    edit = change(scene, new["id"], 1, side=3, effort={"strokes": 2})
    second = send(scene, bob, [edit])

    again = send(scene, bob, [new | {"effort": {"clicks": 9}}, edit | {"effort": {"strokes": 9}}])

    assert again == [*first, *second]
    assert events() == [figures(clicks=3), figures(strokes=2)]


def test_a_refused_change_notes_no_effort(scene: Scene, bob: Any) -> None:
    refused = change(scene, label=987654, effort={"clicks": 1})

    assert send(scene, bob, [refused])[0]["status"] == 400
    assert events() == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, None),
        ("much", None),
        (17, None),
        ([{"clicks": 1}], None),
        ({}, None),
        ({"clicks": 0, "active_ms": 0}, None),
        ({"clicks": "3", "strokes": True, "undos": None, "redos": [1], "prompts": 1.5}, None),
        ({"clicks": -4, "strokes": 2}, {"strokes": 2}),
        ({"sighs": 4, "strokes": 2}, {"strokes": 2}),
        ({"clicks": 10**18, "active_ms": 10**18}, {"clicks": 100_000, "active_ms": 86_400_000}),
    ],
)
def test_malformed_effort_is_dropped_or_cut_and_refuses_nothing(
    scene: Scene, bob: Any, sent: Any, kept: dict[str, int] | None
) -> None:
    outcomes = send(scene, bob, [change(scene, effort=sent)])

    assert outcomes[0]["status"] == 201
    assert events() == ([figures(**kept)] if kept else [])


def test_effort_takes_one_statement_for_many_changes(
    scene: Scene, bob: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(40):
        send(scene, bob, [change(scene, effort={"clicks": 1}) for _ in range(60)])

    assert EffortEvent.objects.count() == 60


def test_medians_are_of_objects_by_person_and_by_label(scene: Scene, bob: Any) -> None:
    sky = make_label(scene.project, "sky")
    for number, ms in enumerate((1000, 2000, 9000)):
        send(scene, bob, [change(scene, effort={"clicks": number, "active_ms": ms})])
    shared = change(scene, label=sky.pk, effort={"clicks": 4, "active_ms": 4000})
    send(scene, bob, [shared])
    polish = change(scene, shared["id"], 1, label=sky.pk, side=3, effort={"active_ms": 500})
    send(scene, scene.client("rita"), [polish])

    found = report(scene)

    assert found["total"]["objects"] == 4
    assert found["total"]["seconds"] == {"median": 3.25, "total": 16.5}
    assert [(one["user"], one["objects"], one["seconds"]) for one in found["users"]] == [
        ("bob", 4, {"median": 3.0, "total": 16.0}),
        ("rita", 1, {"median": 0.5, "total": 0.5}),
    ]
    assert [(one["label"], one["name"], one["objects"]) for one in found["labels"]] == [
        (scene.label.pk, "car", 3),
        (sky.pk, "sky", 1),
    ]
    assert [one["seconds"]["median"] for one in found["labels"]] == [2.0, 4.5]
    assert [one["clicks"] for one in found["labels"]] == [
        {"median": 1, "total": 3},
        {"median": 4, "total": 4},
    ]


def test_what_is_not_finished_or_elsewhere_does_not_count(scene: Scene, bob: Any) -> None:
    cost = {"active_ms": 1000}
    for fields in ({"label": None}, {"state": "rejected"}, {"state": "suggested"}):
        send(scene, bob, [change(scene, **fields, effort=cost)])
    gone = change(scene, effort=cost)
    send(scene, bob, [gone])
    send(scene, bob, [deletion(gone["id"], 1)])
    scene.created(bob)  # without effort
    assert report(scene) == {"total": {"objects": 0}, "users": [], "labels": []}

    send(scene, bob, [change(scene, effort=cost)])
    assert report(scene)["total"]["objects"] == 1
    other = scene.client("charlie").get(f"/api/v1/projects/{scene.project.pk}/effort/")
    assert other.status_code == 404

    Image.objects.update(deleted_at=scene.image.created_at)
    assert report(scene)["total"]["objects"] == 0


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("rita", 200), ("bob", 403)])
def test_reviewers_and_leads_see_effort(scene: Scene, name: str, status: int) -> None:
    answer = scene.client(name).get(f"/api/v1/projects/{scene.project.pk}/effort/")

    assert answer.status_code == status


def test_the_table_holds_the_same_figures_and_no_formulas(scene: Scene, bob: Any) -> None:
    label = make_label(scene.project, "=HYPERLINK(1)")
    send(scene, bob, [change(scene, label=label.pk, effort={"clicks": 2, "active_ms": 1500})])
    url = f"/api/v1/projects/{scene.project.pk}/effort/"

    answer = scene.client("rita").get(f"{url}?format=csv")

    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["by"], row["name"], row["objects"]) for row in rows] == [
        ("all", "", "1"),
        ("user", "bob", "1"),
        ("label", "'=HYPERLINK(1)", "1"),
    ]
    assert {row["median_seconds"] for row in rows} == {"1.5"}
    assert {row["total_clicks"] for row in rows} == {"2"}
    wrong = scene.client("rita").get(f"{url}?format=xml")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_format")


def test_effort_goes_with_its_object(scene: Scene, bob: Any) -> None:
    from projects.models.purge import purging

    send(scene, bob, [change(scene, effort={"clicks": 1})])
    with purging():
        Image.objects.all().delete()

    assert not Annotation.objects.exists()
    assert events() == []
