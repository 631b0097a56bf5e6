"""Comment pins: threads on pixels, answers, resolving, and whose words are whose."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from projects.models import Comment
from tests.factories import make_comment
from tests.projects.api.scene import Scene

pytestmark = pytest.mark.django_db


def say(scene: Scene, name: str, **body: Any) -> Any:
    words = {"uuid": str(uuid.uuid4()), "text": "Is this a car?", **body}
    return scene.client(name).post(f"{scene.url}comments/", words)


def change(scene: Scene, name: str, comment: int, **body: Any) -> Any:
    return scene.client(name).patch(f"/api/v1/comments/{comment}/", body)


def remove(scene: Scene, name: str, comment: int) -> int:
    return int(scene.client(name).delete(f"/api/v1/comments/{comment}/").status_code)


def test_a_pin_opens_a_thread_that_others_answer(scene: Scene) -> None:
    pin = say(scene, "rita", x=3.5, y=2).json()

    answer = say(scene, "bob", thread=pin["id"], text="No, a bus.")
    listed = scene.client("alice").get(f"{scene.url}comments/").json()["results"]

    assert answer.status_code == 201
    assert [(one["x"], one["y"], one["author"]) for one in listed] == [(3.5, 2.0, "rita")]
    assert [(one["text"], one["author"]) for one in listed[0]["replies"]] == [("No, a bus.", "bob")]


def test_a_repeat_gives_the_first_comment(scene: Scene) -> None:
    sent = {"uuid": str(uuid.uuid4()), "x": 1, "y": 1}

    first, again = say(scene, "bob", **sent), say(scene, "bob", **sent)
    others = say(scene, "rita", **sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert (others.status_code, others.json()["code"]) == (409, "comment_exists")
    assert Comment.objects.count() == 1


def test_anybody_resolves_and_reopens_and_it_is_known_who(scene: Scene) -> None:
    pin = say(scene, "rita", x=1, y=1).json()["id"]

    closed = change(scene, "bob", pin, resolved=True).json()
    open_ones = scene.client("bob").get(f"{scene.url}comments/?resolved=0").json()["results"]
    reopened = change(scene, "rita", pin, resolved=False).json()

    assert closed["resolved_by"] == "bob"
    assert open_ones == []
    assert reopened["resolved_at"] is None


def test_words_are_changed_by_their_author_alone(scene: Scene) -> None:
    pin = say(scene, "bob", x=1, y=1).json()["id"]

    mine = change(scene, "bob", pin, text="Is this a bus?")
    others = [change(scene, name, pin, text="No!").status_code for name in ("rita", "alice")]

    assert mine.json()["text"] == "Is this a bus?"
    assert mine.json()["edited_at"]
    assert others == [403, 403]


def test_a_comment_is_taken_back_by_its_author_or_a_lead(scene: Scene) -> None:
    pin = say(scene, "bob", x=1, y=1).json()["id"]
    answer = say(scene, "rita", thread=pin, text="A bus.").json()["replies"][0]["id"]

    assert remove(scene, "bob", answer) == 403
    assert remove(scene, "bob", pin) == 409
    assert remove(scene, "alice", answer) == 204
    assert remove(scene, "bob", pin) == 204
    assert scene.client("bob").get(f"{scene.url}comments/").json()["results"] == []
    assert Comment.objects.count() == 2


def test_what_is_no_comment_is_refused(scene: Scene) -> None:
    pin = make_comment(scene.image)
    answer = make_comment(scene.image, parent=pin)
    image = scene.image

    for body, code in (
        ({"x": image.width + 1, "y": 0}, "comment_place"),
        ({}, "comment_place"),
        ({"x": 1, "y": 1, "thread": pin.pk}, "comment_place"),
        ({"x": 1, "y": 1, "text": " \n "}, "comment_empty"),
        ({"x": 1, "y": 1, "text": "a" * 10_001}, "text_too_long"),
    ):
        refused = say(scene, "bob", **body)
        assert (refused.status_code, refused.json()["code"]) == (400, code), body
    assert say(scene, "bob", x=1).status_code == 400
    assert say(scene, "bob", x=1, y=1, uuid="first").status_code == 400
    assert say(scene, "bob", thread=answer.pk).status_code == 404
    assert change(scene, "bob", answer.pk, resolved=True).json()["code"] == "not_a_thread"


def test_comments_are_made_on_a_closed_image_too(scene: Scene) -> None:
    scene.image.status = "accepted"
    scene.image.save()

    assert say(scene, "bob", x=1, y=1).status_code == 201


def test_strangers_missing_rows_bad_queries_and_wrong_methods(scene: Scene) -> None:
    pin = make_comment(scene.image, author=scene.people["bob"])
    bob, charlie = scene.client("bob"), scene.client("charlie")
    one = f"/api/v1/comments/{pin.pk}/"

    assert charlie.get(f"{scene.url}comments/").status_code == 404
    assert say(scene, "charlie", x=1, y=1).status_code == 404
    assert [charlie.get(one).status_code, charlie.patch(one, {}).status_code] == [404, 404]
    assert bob.get("/api/v1/comments/987654321/").status_code == 404
    assert bob.get("/api/v1/images/987654321/comments/").status_code == 404
    assert bob.get(f"{scene.url}comments/?resolved=maybe").json()["code"] == "bad_resolved"
    assert bob.patch(one, {"resolved": "maybe"}).status_code == 400
    assert bob.put(one, {}).status_code == 405
    assert bob.delete(f"{scene.url}comments/").status_code == 405
