"""Many changes at once: one outcome each, repeats that repeat, none that stops another."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from projects.models import Annotation, Image, Revision
from tests.factories import make_annotation, make_image, make_label
from tests.projects.api.scene import Scene, square

pytestmark = pytest.mark.django_db


def change(scene: Scene, object_id: Any = None, base: int | None = None, **fields: Any) -> Any:
    side = fields.pop("side", 2)
    return {
        "op": "put",
        "id": str(object_id or uuid.uuid4()),
        "change_id": str(uuid.uuid4()),
        "base_revision": base,
        **scene.body(side),
        **fields,
    }


def deletion(object_id: Any, base: int | None) -> Any:
    return {
        "op": "delete",
        "id": str(object_id),
        "change_id": str(uuid.uuid4()),
        "base_revision": base,
    }


def send(scene: Scene, client: Any, changes: Any) -> Any:
    answer = client.post(f"{scene.url}changes/", changes)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_each_change_has_its_outcome_in_the_same_order(scene: Scene, bob: Any) -> None:
    old = scene.created(bob)
    gone = scene.created(bob)
    new = change(scene)
    changed = change(scene, old, 1, side=3)

    outcomes = send(scene, bob, [new, changed, deletion(gone, 1)])

    assert [one["status"] for one in outcomes] == [201, 200, 200]
    assert [one["id"] for one in outcomes] == [new["id"], old, gone]
    assert outcomes[0]["change_id"] == new["change_id"]
    assert [(one["revision"], one["etag"]) for one in outcomes] == [
        (1, '"1"'),
        (2, '"2"'),
        (2, '"2"'),
    ]
    assert outcomes[1]["annotation"]["area"] == 9
    assert outcomes[2]["annotation"]["state"] == "deleted"


def test_the_list_may_stand_in_an_object(scene: Scene, bob: Any) -> None:
    assert send(scene, bob, {"changes": [change(scene)]})[0]["status"] == 201


def test_no_changes_are_no_outcomes(scene: Scene, bob: Any) -> None:
    assert send(scene, bob, []) == []


def test_bad_changes_stop_no_other(scene: Scene, bob: Any) -> None:
    stale = scene.created(bob)
    scene.put(bob, stale, 1)
    archived = make_label(scene.project, "old", archived=True)
    bad = [
        None,
        7,
        "put",
        [],
        {},
        {"op": "put"},
        {"op": "drop", "id": str(uuid.uuid4()), "change_id": str(uuid.uuid4())},
        change(scene, change_id=None),
        change(scene, change_id=5),
        change(scene, "no-uuid"),
        change(scene, base=0),
        change(scene, segmentation=None),
        change(scene, segmentation={"size": [6, 8], "counts": [47]}),
        change(scene, label=10**15),
        change(scene, label=archived.pk),
        change(scene, attributes={"x": "y" * 20_000}),
        change(scene, stale, 1, side=3),
        change(scene, stale, None),
        change(scene, None, 5),
        deletion(uuid.uuid4(), 1),
        deletion(stale, None),
    ]
    good = [change(scene) for _ in range(len(bad) + 1)]
    mixed = [good[0]]
    for one, other in zip(bad, good[1:], strict=True):
        mixed += [one, other]

    outcomes = send(scene, bob, mixed)

    assert [one["status"] for one in outcomes[0::2]] == [201] * len(good)
    refused = outcomes[1::2]
    assert [one["status"] for one in refused] == ([400] * 14 + [409, 413, 412, 412, 412, 404, 412])
    assert all(one["problem"]["code"] and one["problem"]["detail"] for one in refused)
    assert all("revision" not in one for one in refused)
    assert Annotation.objects.count() == 1 + len(good)


def test_a_stale_change_shows_both_states(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    scene.put(scene.client("rita"), object_id, 1, side=3)
    mine = change(scene, object_id, 1, side=1)

    (outcome,) = send(scene, bob, [mine])

    assert outcome["status"] == 412
    assert outcome["problem"]["code"] == "stale_revision"
    assert outcome["problem"]["current"]["area"] == 9
    assert outcome["problem"]["yours"] == mine


def test_a_refused_change_leaves_nothing_of_itself(scene: Scene, bob: Any) -> None:
    send(scene, bob, [change(scene, segmentation={"size": [6, 8], "counts": [48]})])

    scene.project.refresh_from_db()
    assert (Annotation.objects.count(), scene.project.next_annotation_number) == (0, 1)
    assert Image.objects.get(pk=scene.image.pk).status == "new"


def test_changes_to_one_object_follow_each_other(scene: Scene, bob: Any) -> None:
    new = change(scene, side=1)

    outcomes = send(scene, bob, [new, change(scene, new["id"], 1, side=3), deletion(new["id"], 2)])

    assert [(one["status"], one["revision"]) for one in outcomes] == [(201, 1), (200, 2), (200, 3)]


def test_a_repeat_gives_the_same_outcome_for_ever(scene: Scene, bob: Any) -> None:
    first, second = change(scene, side=1), None
    said = send(scene, bob, [first])
    second = change(scene, first["id"], 1, side=3)
    also_said = send(scene, bob, [second])
    send(scene, bob, [deletion(first["id"], 2)])

    assert send(scene, bob, [first]) == said
    assert send(scene, bob, [second, first]) == also_said + said
    assert Revision.objects.count() == 3

    Image.objects.update(status="submitted")
    assert send(scene, bob, [first]) == said


def test_a_change_s_id_with_another_content_is_refused(scene: Scene, bob: Any) -> None:
    first = change(scene)
    send(scene, bob, [first])

    for other in (
        first | {"z": 1},
        first | {"segmentation": square(scene.image, 3)},
        first | {"base_revision": 1},
        deletion(first["id"], 1) | {"change_id": first["change_id"]},
    ):
        (outcome,) = send(scene, bob, [other])
        assert (outcome["status"], outcome["problem"]["code"]) == (422, "change_id_reused")
    assert Revision.objects.count() == 1


def test_the_same_change_s_id_may_name_changes_of_two_objects(scene: Scene, bob: Any) -> None:
    one = change(scene)
    other = change(scene, change_id=one["change_id"])

    assert [outcome["status"] for outcome in send(scene, bob, [one, other])] == [201, 201]


def test_a_put_is_repeated_by_its_idempotency_key(scene: Scene, bob: Any) -> None:
    url, key = scene.object_url(uuid.uuid4()), str(uuid.uuid4())
    headers = {"If-None-Match": "*", "Idempotency-Key": key}

    answers = [bob.put(url, scene.body(), headers=headers) for _ in range(3)]
    other = bob.put(url, scene.body(3), headers=headers)
    malformed = bob.put(url, scene.body(), headers=headers | {"Idempotency-Key": "k"})

    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert (other.status_code, other.json()["code"]) == (422, "change_id_reused")
    assert (malformed.status_code, malformed.json()["code"]) == (400, "bad_idempotency_key")


def test_a_restore_is_repeated_by_its_change_s_id(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    scene.put(bob, object_id, 1, side=3)
    url = f"{scene.object_url(object_id)}restore/"
    body = {"revision": 1, "change_id": str(uuid.uuid4())}

    answers = [bob.post(url, body).json() for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["revision"] == 3
    assert bob.post(url, body | {"revision": 2}).status_code == 422
    assert Revision.objects.count() == 3


def test_the_limit_of_changes_is_exact(scene: Scene, bob: Any, settings: Any) -> None:
    settings.MAX_CHANGES_PER_REQUEST = 3
    changes = [change(scene) for _ in range(4)]

    too_many = bob.post(f"{scene.url}changes/", changes)

    assert (too_many.status_code, too_many.json()["code"]) == (413, "too_large")
    assert too_many.json()["limit"] == 3
    assert Annotation.objects.count() == 0
    assert len(send(scene, bob, changes[:3])) == 3


def test_a_body_beyond_the_limit_is_refused(scene: Scene, bob: Any, settings: Any) -> None:
    body = json.dumps([change(scene)])
    settings.MAX_JSON_BYTES = len(body) - 1

    answer = bob.post(f"{scene.url}changes/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("status", ["submitted", "accepted"])
def test_a_closed_image_refuses_each_change(scene: Scene, bob: Any, status: str) -> None:
    object_id = scene.created(bob)
    Image.objects.update(status=status)

    outcomes = send(scene, bob, [change(scene), deletion(object_id, 1)])

    assert [one["status"] for one in outcomes] == [409, 409]
    assert {one["problem"]["code"] for one in outcomes} == {"image_closed"}


def test_a_suggestion_that_was_purged_can_be_drawn_anew(scene: Scene, bob: Any) -> None:
    suggestion = make_annotation(scene.image)
    from projects.models.purge import purging

    with purging():
        Annotation.objects.filter(pk=suggestion.pk).update(current=None)
        suggestion.delete()

    gone, stale = send(
        scene, bob, [deletion(suggestion.uuid, 1), change(scene, suggestion.uuid, 1)]
    )
    (drawn,) = send(scene, bob, [change(scene, suggestion.uuid, None)])

    assert (gone["status"], gone["problem"]["code"]) == (404, "annotation_unknown")
    assert (stale["status"], stale["problem"]["current"]) == (412, None)
    assert drawn["status"] == 201


def test_objects_of_another_image_are_not_touched(scene: Scene, bob: Any) -> None:
    other = make_annotation(make_image(scene.project), label=scene.label)

    outcomes = send(scene, bob, [change(scene, other.uuid, 1, side=1), deletion(other.uuid, 1)])

    assert [one["status"] for one in outcomes] == [412, 404]
    assert other.revisions.count() == 1


HOSTILE = [
    ("", "text/plain", 400),
    ("", "application/json", 400),
    ("{", "application/json", 400),
    ("[" * 100_000, "application/json", 400),
    ('{"a":' * 100_000, "application/json", 400),
    ("[NaN]", "application/json", 400),
    ("[" + "9" * 5000 + "]", "application/json", 400),
    ('[{"op": "put", "op": "put"}]', "application/json", 400),
    ('["\\u0000"]', "application/json", 400),
    ('["\\ud800"]', "application/json", 400),
    ("[]", "text/plain", 415),
    ("[]", "application/x-www-form-urlencoded", 415),
    ("[]", "application/json; charset=utf-16", 415),
    ('"x"', "application/json", 400),
    ("7", "application/json", 400),
    ("null", "application/json", 400),
    ("{}", "application/json", 400),
    ('{"changes": {}}', "application/json", 400),
]


@pytest.mark.parametrize(("body", "content_type", "status"), HOSTILE)
def test_a_malformed_body_is_a_problem(
    scene: Scene, bob: Any, body: str, content_type: str, status: int
) -> None:
    answer = bob.generic("POST", f"{scene.url}changes/", body, content_type)

    assert answer.status_code == status
    assert answer.json()["code"]


@pytest.mark.parametrize("evil", ["\\u0000", "\\ud800", "\\udfff"])
@pytest.mark.parametrize("place", ['{"x": "%s"}', '{"%s": 1}', '{"a": [{"b": "%s"}]}'])
def test_no_text_that_a_database_refuses_reaches_the_attributes(
    scene: Scene, bob: Any, evil: str, place: str
) -> None:
    body = json.dumps([change(scene, attributes="HERE")]).replace('"HERE"', place % evil)

    answer = bob.post(f"{scene.url}changes/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "json_text")


@pytest.mark.parametrize("count", [1, 40])
def test_many_edits_take_few_statements(
    scene: Scene, bob: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    ids = [str(uuid.uuid4()) for _ in range(count)]
    send(scene, bob, [change(scene, one) for one in ids])

    with django_assert_max_num_queries(40):
        outcomes = send(scene, bob, [change(scene, one, 1, side=3) for one in ids])

    assert {(one["status"], one["revision"], one["annotation"]["area"]) for one in outcomes} == {
        (200, 2, 9)
    }
    stored = Annotation.objects.values_list("area", "current__number", "current__area")
    assert set(stored) == {(9, 2, 9)}


def test_a_change_says_that_it_leads_back(scene: Scene, bob: Any) -> None:
    new = change(scene)
    edit = change(scene, new["id"], 1, side=3)
    back = change(scene, new["id"], 2, cause="restore")

    outcomes = send(scene, bob, [new, edit, back, change(scene, cause="whim")])

    assert [one["status"] for one in outcomes] == [201, 200, 200, 400]
    causes = Revision.objects.order_by("number").values_list("cause", flat=True)
    assert list(causes) == ["edit", "edit", "restore"]


def test_an_edit_twice_in_one_request_is_one(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    edit = change(scene, object_id, 1, side=3)

    outcomes = send(scene, bob, [edit, edit])

    assert [one["revision"] for one in outcomes] == [2, 2]
    assert Revision.objects.count() == 2


def test_a_bad_edit_among_good_ones_stops_none(scene: Scene, bob: Any) -> None:
    first, second, third = (scene.created(bob) for _ in range(3))

    outcomes = send(
        scene,
        bob,
        [
            change(scene, first, 1, side=3),
            change(scene, second, 7, side=3),
            change(scene, third, 1, side=3, label=scene.label.pk + 100),
            deletion(second, 1),
        ],
    )

    assert [one["status"] for one in outcomes] == [200, 412, 400, 200]
    states = Annotation.objects.order_by("number").values_list("state", "current__number")
    assert list(states) == [("confirmed", 2), ("deleted", 2), ("confirmed", 1)]


def test_an_image_whose_suggestions_are_all_judged_has_no_priority(scene: Scene, bob: Any) -> None:
    Image.objects.update(priority=0.7, priority_reason="2 of 2 suggestions are unsure")
    first, second = (make_annotation(scene.image) for _ in range(2))

    send(scene, bob, [change(scene, first.uuid, 1)])
    kept = Image.objects.get(pk=scene.image.pk)
    send(scene, bob, [change(scene, second.uuid, 1, label=None, state="rejected")])
    judged = Image.objects.get(pk=scene.image.pk)
    send(scene, bob, [change(scene, second.uuid, 2, label=None, state="suggested")])
    taken_back = Image.objects.get(pk=scene.image.pk)

    assert (kept.priority, kept.priority_reason) == (0.7, "2 of 2 suggestions are unsure")
    assert (judged.priority, judged.priority_reason) == (0, "all suggestions are judged")
    assert taken_back.priority_reason == ""


def test_drawing_on_an_image_without_suggestions_keeps_its_priority(scene: Scene, bob: Any) -> None:
    Image.objects.update(priority=0.5, priority_reason="the model found nothing")

    send(scene, bob, [change(scene)])

    assert Image.objects.get(pk=scene.image.pk).priority_reason == "the model found nothing"
