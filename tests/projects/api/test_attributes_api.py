"""Attributes: a label's schema, and the values of its objects."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.projects.api.scene import Scene

pytestmark = pytest.mark.django_db

SCHEMA = [
    {"name": "pose", "kind": "choice", "choices": ["standing", "lying"]},
    {"name": "age", "kind": "number"},
    {"name": "occluded", "kind": "checkbox"},
    {"name": "note", "kind": "text"},
]


def give_schema(scene: Scene, schema: Any) -> Any:
    return scene.client("alice").patch(f"/api/v1/labels/{scene.label.pk}/", {"attributes": schema})


def test_a_lead_gives_a_label_its_attributes(scene: Scene) -> None:
    answer = give_schema(scene, SCHEMA)
    shown = scene.client("bob").get(f"/api/v1/projects/{scene.project.pk}/").json()

    assert (answer.status_code, answer.json()["attributes"]) == (200, SCHEMA)
    assert shown["labels"][0]["attributes"] == SCHEMA


def test_a_new_label_comes_with_attributes(scene: Scene) -> None:
    made = scene.client("alice").post(
        f"/api/v1/projects/{scene.project.pk}/labels/", {"name": "bear", "attributes": SCHEMA[:1]}
    )

    assert (made.status_code, made.json()["attributes"]) == (201, SCHEMA[:1])


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"pose": "choice"}, "expected a list"),
        (["pose"], "an object with a name"),
        ([{"name": "pose", "kind": "colour"}], "expected one of text, number"),
        ([{"name": "pose", "kind": "choice"}], "expected a list of words"),
        ([{"name": "pose", "kind": "choice", "choices": ["a", "a"]}], "called a"),
        ([{"name": "a", "kind": "text"}, {"name": "a", "kind": "text"}], "called a"),
        ([{"name": "a", "kind": "text", "choices": ["b"]}], "only a choice"),
        ([{"name": "a", "kind": "text", "default": "b"}], "expected name, kind"),
        ([{"name": str(i), "kind": "text"} for i in range(51)], "at most 50"),
    ],
)
def test_what_is_no_schema_is_refused(scene: Scene, schema: Any, said: str) -> None:
    answer = give_schema(scene, schema)

    assert (answer.status_code, answer.json()["code"]) == (400, "label_attributes")
    assert said in answer.json()["detail"]


def test_values_are_kept_in_the_revision(scene: Scene) -> None:
    give_schema(scene, SCHEMA)
    values = {"pose": "lying", "age": 3.5, "occluded": True, "note": "by the river"}

    made = scene.created(scene.client("bob"), attributes=values)

    history = scene.client("bob").get(f"{scene.object_url(made)}history/").json()["results"]
    assert history[0]["attributes"] == values


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"pose": "sitting"}, "attribute_value"),
        ({"pose": ["lying"]}, "attribute_value"),
        ({"age": "3"}, "attribute_value"),
        ({"age": True}, "attribute_value"),
        ({"occluded": 1}, "attribute_value"),
        ({"note": 1}, "attribute_value"),
        ({"note": "a" * 2001}, "attribute_value"),
        ({"colour": "brown"}, "attribute_unknown"),
    ],
)
def test_a_value_that_is_not_of_its_kind_is_refused(
    scene: Scene, values: dict[str, Any], code: str
) -> None:
    give_schema(scene, SCHEMA)

    answer = scene.put(scene.client("bob"), uuid.uuid4(), None, attributes=values)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert next(iter(values)) in answer.json()["detail"]


def test_an_object_keeps_what_it_carried_before_the_schema(scene: Scene) -> None:
    bob = scene.client("bob")
    made = scene.created(bob, attributes={"colour": "brown", "age": "three"})
    give_schema(scene, SCHEMA)

    kept = scene.put(bob, made, 1, side=3, attributes={"colour": "brown", "age": "three"})
    changed = scene.put(bob, made, 2, attributes={"colour": "black"})

    assert kept.status_code == 200
    assert (changed.status_code, changed.json()["code"]) == (400, "attribute_unknown")


def test_an_empty_value_is_taken(scene: Scene) -> None:
    give_schema(scene, SCHEMA)

    assert scene.created(scene.client("bob"), attributes={"age": None, "note": ""})


def test_annotators_do_not_change_schemas(scene: Scene) -> None:
    answer = scene.client("bob").patch(f"/api/v1/labels/{scene.label.pk}/", {"attributes": []})

    assert answer.status_code == 403
