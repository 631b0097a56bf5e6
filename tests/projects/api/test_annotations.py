"""Single objects over the API: created, changed, deleted and restored on the revision seen."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from projects.models import Annotation, Image, Revision
from tests.factories import make_label, make_project
from tests.projects.api.scene import PROBLEM, Scene, condition, square

pytestmark = pytest.mark.django_db


def test_an_object_is_created_with_the_id_that_the_client_made(scene: Scene, bob: Any) -> None:
    object_id = uuid.uuid4()

    answer = scene.put(bob, object_id, None, z=3, attributes={"occluded": True})

    assert answer.status_code == 201
    assert answer["ETag"] == '"1"'
    assert answer.json() == {
        "id": str(object_id),
        "number": 1,
        "revision": 1,
        "label": scene.label.pk,
        "segmentation": square(scene.image),
        "z": 3,
        "iscrowd": False,
        "attributes": {"occluded": True},
        "state": "confirmed",
        "source": "manual",
        "score": None,
        "stability": None,
        "disagreement": None,
        "boundary_entropy": None,
        "model": "",
        "area": 4,
        "bbox": [1, 1, 2, 2],
        "author": "bob",
        "updated_at": answer.json()["updated_at"],
    }


def test_the_shown_annotation_holds_what_the_schema_says(scene: Scene, bob: Any) -> None:
    from projects.api.annotations_serializers import AnnotationSerializer

    answer = scene.put(bob, uuid.uuid4(), None)

    assert list(answer.json()) == list(AnnotationSerializer().fields)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "confirmed"),
        ({"label": None}, "suggested"),
        ({"state": "suggested"}, "suggested"),
        ({"state": "rejected"}, "rejected"),
        ({"label": None, "state": "rejected"}, "rejected"),
    ],
)
def test_a_state_left_out_follows_from_the_label(
    scene: Scene, bob: Any, fields: dict[str, Any], state: str
) -> None:
    assert scene.put(bob, uuid.uuid4(), None, **fields).json()["state"] == state


def test_a_list_of_run_lengths_is_kept_as_compressed_text(scene: Scene, bob: Any) -> None:
    counts = [7, 2, 4, 2, 33]

    answer = scene.put(
        bob, uuid.uuid4(), None, segmentation={"size": [6, 8], "counts": [7, 0, 0, 2, 4, 2, 33]}
    )

    assert answer.json()["segmentation"] == square(scene.image)
    assert sum(counts) == 48


def test_a_change_names_the_revision_that_it_is_based_on(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)

    answer = scene.put(bob, object_id, 1, side=3)

    assert (answer.status_code, answer["ETag"], answer.json()["area"]) == (200, '"2"', 9)


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', ' "1" '])
def test_a_weakened_tag_is_taken(scene: Scene, bob: Any, tag: str) -> None:
    object_id = scene.created(bob)

    answer = bob.put(scene.object_url(object_id), scene.body(3), headers={"If-Match": tag})

    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_write_without_a_base_is_refused(scene: Scene, bob: Any, method: str) -> None:
    object_id = scene.created(bob)

    answer = getattr(bob, method)(scene.object_url(object_id), scene.body())

    assert (answer.status_code, answer["Content-Type"]) == (428, PROBLEM)
    assert answer.json()["code"] == "precondition_required"
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": "1"},
        {"If-Match": "*"},
        {"If-Match": '"0"'},
        {"If-Match": '"-1"'},
        {"If-Match": '"1", "2"'},
        {"If-Match": '"' + "9" * 12 + '"'},
        {"If-Match": '"4294967296"'},
        {"If-None-Match": '"1"'},
        {"If-Match": '"1"', "If-None-Match": "*"},
    ],
)
def test_a_malformed_base_is_refused(scene: Scene, bob: Any, headers: dict[str, str]) -> None:
    object_id = scene.created(bob)

    answer = bob.put(scene.object_url(object_id), scene.body(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_precondition")


@pytest.mark.parametrize("base", [None, 1, 3])
def test_a_stale_write_is_refused_with_both_states(
    scene: Scene, bob: Any, base: int | None
) -> None:
    object_id = scene.created(bob)
    scene.put(scene.client("rita"), object_id, 1, side=3)

    answer = scene.put(bob, object_id, base, side=1)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (412, "stale_revision")
    assert problem["current"]["revision"] == 2
    assert problem["current"]["area"] == 9
    assert problem["current"]["author"] == "rita"
    assert problem["yours"]["segmentation"] == square(scene.image, 1)
    assert Revision.objects.count() == 2


def test_a_change_to_what_never_was_shows_that_nothing_is_there(scene: Scene, bob: Any) -> None:
    answer = scene.put(bob, uuid.uuid4(), 4)

    assert answer.status_code == 412
    assert answer.json()["current"] is None


def test_a_deletion_is_a_revision_and_a_put_on_it_restores(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)

    gone = bob.delete(scene.object_url(object_id), headers=condition(1))
    assert (gone.status_code, gone["ETag"], gone.json()["state"]) == (200, '"2"', "deleted")

    assert scene.put(bob, object_id, None).status_code == 412
    assert scene.put(bob, object_id, 1).status_code == 412
    back = scene.put(bob, object_id, 2)
    assert (back.status_code, back["ETag"], back.json()["state"]) == (200, '"3"', "confirmed")


def test_deleting_what_is_deleted_changes_nothing(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    bob.delete(scene.object_url(object_id), headers=condition(1))

    again = bob.delete(scene.object_url(object_id), headers=condition(2))

    assert (again.status_code, again["ETag"]) == (200, '"2"')
    assert Revision.objects.count() == 2


def test_any_earlier_revision_can_be_restored(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob, side=1)
    for base in range(1, 20):
        scene.put(bob, object_id, base, side=1 + base % 4)
    url = scene.object_url(object_id)

    for number in range(1, 21):
        answer = bob.post(f"{url}restore/", {"revision": number})
        assert answer.status_code == 200
        assert answer.json()["area"] == (1 + (number - 1) % 4) ** 2
        assert answer.json()["revision"] == 20 + number


def test_a_restore_may_name_its_base(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    scene.put(bob, object_id, 1, side=3)
    url = f"{scene.object_url(object_id)}restore/"

    stale = bob.post(url, {"revision": 1}, headers=condition(1))
    assert (stale.status_code, stale.json()["current"]["revision"]) == (412, 2)
    assert bob.post(url, {"revision": 1}, headers=condition(2)).json()["area"] == 4


@pytest.mark.parametrize(
    ("revision", "status", "code"), [(2, 400, "revision_deleted"), (9, 404, "not_found")]
)
def test_what_cannot_be_restored_is_refused(
    scene: Scene, bob: Any, revision: int, status: int, code: str
) -> None:
    object_id = scene.created(bob)
    bob.delete(scene.object_url(object_id), headers=condition(1))

    answer = bob.post(f"{scene.object_url(object_id)}restore/", {"revision": revision})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_uppercase_id_names_the_same_object(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)

    assert bob.get(scene.object_url(object_id.upper())).status_code == 404
    body = [
        {"op": "put", "id": object_id.upper(), "change_id": str(uuid.uuid4()), "base_revision": 1}
        | scene.body(3)
    ]
    assert bob.post(f"{scene.url}changes/", body).json()[0]["revision"] == 2
    assert Annotation.objects.count() == 1


BAD_BODIES: list[tuple[dict[str, Any], int, str]] = [
    ({"segmentation": None}, 400, "invalid"),
    ({"segmentation": "x"}, 400, "mask_form"),
    ({"segmentation": [[1, 1, 2, 2, 3, 3]]}, 400, "mask_form"),
    ({"segmentation": {}}, 400, "mask_size"),
    ({"segmentation": {"size": [6, 8]}}, 400, "mask_counts"),
    ({"segmentation": {"size": [8, 6], "counts": [48]}}, 400, "mask_size"),
    ({"segmentation": {"size": [200000, 200000], "counts": [40000000000]}}, 400, "mask_size"),
    ({"segmentation": {"size": [6.0, 8.0], "counts": [48]}}, 400, "mask_size"),
    ({"segmentation": {"size": [6, 8], "counts": [48]}}, 400, "mask_empty"),
    ({"segmentation": {"size": [6, 8], "counts": []}}, 400, "mask_counts"),
    ({"segmentation": {"size": [6, 8], "counts": [49]}}, 400, "mask_counts"),
    ({"segmentation": {"size": [6, 8], "counts": [1, 1]}}, 400, "mask_counts"),
    ({"segmentation": {"size": [6, 8], "counts": [50, -2]}}, 400, "mask_counts"),
    ({"segmentation": {"size": [6, 8], "counts": [True, 47]}}, 400, "mask_counts"),
    ({"segmentation": {"size": [6, 8], "counts": "~~~"}}, 400, "mask_counts"),
    ({"segmentation": {"size": [6, 8], "counts": "ü"}}, 400, "mask_counts"),
    ({"segmentation": {"size": [6, 8], "counts": "0" * 10_000}}, 400, "mask_counts"),
    ({"label": 10**12}, 400, "label_unknown"),
    ({"label": "car"}, 400, "invalid"),
    ({"label": None, "state": "confirmed"}, 400, "label_required"),
    ({"state": "deleted"}, 400, "invalid"),
    ({"state": "accepted"}, 400, "invalid"),
    ({"source": "magic"}, 400, "invalid"),
    ({"z": 2**40}, 400, "invalid"),
    ({"z": "top"}, 400, "invalid"),
    ({"iscrowd": "perhaps"}, 400, "invalid"),
    ({"attributes": []}, 400, "invalid"),
    ({"attributes": {"x": "y" * 16_400}}, 413, "attributes_too_large"),
    ({"score": 1.5}, 400, "invalid"),
    ({"score": "nan"}, 400, "invalid"),
    ({"stability": -0.1}, 400, "invalid"),
    ({"model": "m" * 129}, 400, "invalid"),
    ({"change_id": "one"}, 400, "invalid"),
]


@pytest.mark.parametrize(("fields", "status", "code"), BAD_BODIES)
def test_a_bad_body_is_refused_with_a_code(
    scene: Scene, bob: Any, fields: dict[str, Any], status: int, code: str
) -> None:
    answer = scene.put(bob, uuid.uuid4(), None, **fields)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Annotation.objects.count() == 0


def test_attributes_of_the_limit_are_kept(scene: Scene, bob: Any) -> None:
    size = 16 * 1024 - len('{"x": ""}')

    assert scene.put(bob, uuid.uuid4(), None, attributes={"x": "y" * size}).status_code == 201


def test_a_label_of_another_project_is_unknown(scene: Scene, bob: Any) -> None:
    foreign = make_label(make_project(name="Other"))

    answer = scene.put(bob, uuid.uuid4(), None, label=foreign.pk)

    assert (answer.status_code, answer.json()["code"]) == (400, "label_unknown")


def test_an_archived_label_stays_where_it_is_but_gets_no_new_use(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    scene.label.archived = True
    scene.label.save()

    kept = scene.put(bob, object_id, 1, side=3)
    new = scene.put(bob, uuid.uuid4(), None)

    assert kept.status_code == 200
    assert (new.status_code, new.json()["code"]) == (409, "label_archived")


def test_what_only_the_server_says_is_ignored(scene: Scene, bob: Any) -> None:
    answer = scene.put(
        bob,
        uuid.uuid4(),
        None,
        number=99,
        revision=99,
        area=99,
        bbox=[0, 0, 1, 1],
        author="alice",
        updated_at="1999-01-01",
        owner=1,
        project=1,
        is_staff=True,
    )

    shown = answer.json()
    assert (shown["number"], shown["revision"], shown["area"]) == (1, 1, 4)
    assert (shown["bbox"], shown["author"]) == ([1, 1, 2, 2], "bob")


def test_where_a_mask_came_from_stays_unless_said_anew(scene: Scene, bob: Any) -> None:
    doubts = {"score": 0.9, "stability": 0.8, "disagreement": 0.1, "boundary_entropy": 0.3}
    origin = {"source": "model", "model": "m", **doubts}
    object_id = scene.created(bob, state="suggested", **origin)

    kept = scene.put(bob, object_id, 1).json()
    said = scene.put(bob, object_id, 2, source="manual", score=None, model="").json()

    assert {name: kept[name] for name in origin} == origin
    assert (said["source"], said["score"], said["model"], said["stability"]) == (
        "manual",
        None,
        "",
        0.8,
    )


@pytest.mark.parametrize("status", ["submitted", "accepted"])
def test_a_closed_image_is_not_changed(scene: Scene, bob: Any, status: str) -> None:
    object_id = scene.created(bob)
    Image.objects.update(status=status)
    url = scene.object_url(object_id)

    answers = [
        scene.put(bob, object_id, 1, side=3),
        scene.put(bob, uuid.uuid4(), None),
        bob.delete(url, headers=condition(1)),
        bob.post(f"{url}restore/", {"revision": 1}),
    ]

    assert {answer.status_code for answer in answers} == {409}
    assert {answer.json()["code"] for answer in answers} == {"image_closed"}
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "fields", "after"),
    [
        ("new", {}, "in_progress"),
        ("prelabelled", {}, "in_progress"),
        ("sent_back", {}, "sent_back"),
        ("new", {"state": "suggested", "source": "model"}, "prelabelled"),
        ("prelabelled", {"state": "suggested", "source": "model"}, "prelabelled"),
        ("in_progress", {"state": "suggested", "source": "model"}, "in_progress"),
        ("new", {"state": "suggested", "source": "manual"}, "in_progress"),
    ],
)
def test_the_first_change_moves_the_image_on(
    scene: Scene, bob: Any, before: str, fields: dict[str, Any], after: str
) -> None:
    Image.objects.update(status=before)

    scene.created(bob, **fields)

    assert Image.objects.get(pk=scene.image.pk).status == after
