"""What no client should send: every writing route refuses it, in words, and nothing is changed."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from projects.models import Annotation, Image, Job, Label, Project, Revision
from tests.annotator.test_permission_matrix import World, methods_of, routes
from tests.projects.api.scene import Scene, condition, make_scene

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"
BODIES: dict[str, bytes] = {
    "empty": b"",
    "spaces": b"   ",
    "not json": b"{",
    "a number": b"5",
    "a text": b'"x"',
    "a nested list": b"[[]]",
    "not a number": b'{"name": NaN}',
    "infinite": b'{"score": Infinity}',
    "too large a float": b'{"score": 1e999}',
    "a number of 5,000 digits": b'{"label": ' + b"9" * 5000 + b"}",
    "a key twice": b'{"name": "a", "name": "b"}',
    "NUL": b'{"name": "a\\u0000b", "attributes": {"k": "\\u0000"}}',
    "half a character": b'{"name": "\\ud800", "attributes": {"k": "\\ud800"}}',
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "too deep": b'{"a":' * 100 + b"1" + b"}" * 100,
    "brackets without end": b"[" * 100_000,
}
TYPES = ("text/plain", "application/xml", "application/x-www-form-urlencoded", "")
WRITERS = sorted(
    (route, method)
    for route, pattern in routes()
    if route.startswith("api/v1/")
    for method in methods_of(pattern)
    if method in {"POST", "PUT", "PATCH"}
)


def counts() -> list[int]:
    return [model.objects.count() for model in (Project, Label, Image, Annotation, Revision, Job)]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def lead(world: World) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.people["lead"])
    return client


@pytest.mark.parametrize(("route", "method"), WRITERS)
def test_no_body_makes_a_route_fail(world: World, lead: Client, route: str, method: str) -> None:
    url = world.path(route)
    for name, body in BODIES.items():
        answer = lead.generic(
            method, url, body, content_type="application/json", headers=condition(None)
        )

        assert answer.status_code < 500, (name, answer.content[:300])
        if answer.status_code >= 400:
            assert answer["Content-Type"] == PROBLEM, name
            assert json.loads(answer.content)["code"], name


@pytest.mark.parametrize(("route", "method"), WRITERS)
def test_no_content_type_makes_a_route_fail(
    world: World, lead: Client, route: str, method: str
) -> None:
    for content_type in TYPES:
        answer = lead.generic(
            method, world.path(route), b'{"name": "x"}', content_type=content_type
        )

        assert answer.status_code < 500, (content_type, answer.content[:300])


@pytest.mark.parametrize("name", [name for name in BODIES if name not in {"empty", "spaces"}])
def test_a_body_that_is_no_json_object_makes_no_project(
    world: World, lead: Client, name: str
) -> None:
    before = counts()

    answer = lead.post("/api/v1/projects/", BODIES[name], content_type="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert counts() == before


# The image of the scene is 8 wide and 6 high, 48 pixels.
SEGMENTATIONS: dict[str, object] = {
    "none": None,
    "a text": "x",
    "an empty list": [],
    "an empty object": {},
    "no size": {"counts": [0, 48]},
    "no counts": {"size": [6, 8]},
    "too long": {"size": [6, 8], "counts": [0, 49]},
    "too short": {"size": [6, 8], "counts": [0, 47]},
    "negative first": {"size": [6, 8], "counts": [-1, 49]},
    "negative last": {"size": [6, 8], "counts": [53, -5]},
    "halves": {"size": [6, 8], "counts": [0.5, 47.5]},
    "truths": {"size": [6, 8], "counts": [True, 47]},
    "texts": {"size": [6, 8], "counts": ["0", "48"]},
    "lists": {"size": [6, 8], "counts": [[0], [48]]},
    "height and width swapped": {"size": [8, 6], "counts": [0, 48]},
    "another size": {"size": [5, 8], "counts": [0, 40]},
    "a huge size": {"size": [200_000, 200_000], "counts": [0, 40_000_000_000]},
    "a negative size": {"size": [-6, -8], "counts": [0, 48]},
    "half a row": {"size": [6.5, 8], "counts": [0, 48]},
    "three sizes": {"size": [6, 8, 1], "counts": [0, 48]},
    "a size of texts": {"size": ["6", "8"], "counts": [0, 48]},
    "not the alphabet": {"size": [6, 8], "counts": "garbage!!"},
    "letters beyond ASCII": {"size": [6, 8], "counts": "éé"},
    "an unfinished code": {"size": [6, 8], "counts": "oooo"},
    "a code without end": {"size": [6, 8], "counts": "o" * 1000 + "0"},
    "empty counts": {"size": [6, 8], "counts": ""},
    "an empty mask": {"size": [6, 8], "counts": [48]},
}


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.mark.parametrize("name", SEGMENTATIONS)
def test_a_malformed_mask_is_refused_alone_and_among_others(scene: Scene, name: str) -> None:
    bob = scene.client("bob")
    bad = {**scene.body(), "segmentation": SEGMENTATIONS[name]}

    alone = bob.put(scene.object_url(uuid.uuid4()), bad, format="json", headers=condition(None))
    among = bob.post(
        f"{scene.url}changes/",
        [_put(scene.body()), _put(bad), _put(scene.body(3))],
        format="json",
    ).json()

    assert (alone.status_code, alone["Content-Type"]) == (400, PROBLEM)
    assert [outcome["status"] for outcome in among] == [201, 400, 201]
    assert among[1]["problem"]["code"] == alone.json()["code"]
    assert Annotation.objects.count() == 2


def _put(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "op": "put",
        "id": str(uuid.uuid4()),
        "change_id": str(uuid.uuid4()),
        "base_revision": None,
        **body,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"label": 999_999},
        {"label": "car"},
        {"label": 1.5},
        {"label": 2**70},
        {"z": "a"},
        {"z": 2**40},
        {"iscrowd": 7},
        {"attributes": []},
        {"state": "deleted"},
        {"state": "king"},
        {"state": "confirmed", "label": None},
        {"source": "alien"},
        {"score": 2},
        {"model": "x" * 1000},
    ],
    ids=str,
)
def test_an_impossible_field_is_refused(scene: Scene, fields: dict[str, Any]) -> None:
    answer = scene.put(scene.client("bob"), uuid.uuid4(), None, **fields)

    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert not Annotation.objects.exists()


def test_a_label_of_another_project_is_refused(scene: Scene) -> None:
    foreign = Label.objects.create(
        project=Project.objects.get(name="Elsewhere"), number=1, name="x", color="#000000"
    )

    answer = scene.put(scene.client("bob"), uuid.uuid4(), None, label=foreign.pk)

    assert (answer.status_code, answer.json()["code"]) == (400, "label_unknown")


def test_what_the_server_decides_is_ignored_on_write(scene: Scene) -> None:
    object_id = str(uuid.uuid4())

    answer = scene.put(
        scene.client("bob"),
        object_id,
        None,
        id=str(uuid.uuid4()),
        number=77,
        revision=9,
        area=1,
        bbox=[0, 0, 0, 0],
        author="alice",
        image=5,
    ).json()

    assert (answer["id"], answer["number"], answer["revision"]) == (object_id, 1, 1)
    assert (answer["area"], answer["bbox"], answer["author"]) == (4, [1, 1, 2, 2], "bob")


@pytest.mark.parametrize(
    "query",
    [
        "user__password__startswith=a",
        "project__members__user=1",
        "ordering=password",
        "cursor=garbage",
        "limit=-1",
        "limit=0",
        "limit=abc",
        "status=king",
        "split=bogus",
    ],
)
def test_a_list_takes_only_the_filters_it_names(scene: Scene, query: str) -> None:
    answer = scene.client("alice").get(f"/api/v1/projects/{scene.project.pk}/images/?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


@pytest.mark.parametrize(
    "condition", ["3", '"abc"', '"-1"', '"1", "2"', "W/", '""', '"1.0"', '"' + "9" * 30 + '"', "*"]
)
def test_a_condition_that_is_no_revision_is_refused(scene: Scene, condition: str) -> None:
    bob = scene.client("bob")
    object_id = scene.created(bob)

    answer = bob.put(
        scene.object_url(object_id), scene.body(3), format="json", headers={"If-Match": condition}
    )

    assert answer.status_code == 400
    assert Revision.objects.count() == 1
