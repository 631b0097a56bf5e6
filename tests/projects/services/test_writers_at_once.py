"""Many writers at once: one wins each revision, nobody is given the same image, repeats are one."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from projects.models import Annotation, Image, Project, Revision, User
from tests.databases import database_for_threads
from tests.factories import add_member, make_image, make_user
from tests.projects.api.scene import Scene, condition, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _threads(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    with database_for_threads(tmp_path):
        yield


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def at_once(threads: int, work: Callable[[int], Any]) -> list[Any]:
    """Run ``work(0..threads - 1)``, all beginning together."""
    barrier = Barrier(threads)

    def begin(place: int) -> Any:
        try:
            barrier.wait()
            return work(place)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads)))


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_of_writers_on_one_revision_exactly_one_wins_and_the_rest_see_it(scene: Scene) -> None:
    object_id = scene.created(scene.client("bob"))
    clients = [client_of(scene.people[name]) for name in ("bob", "rita") * 4]
    url, rounds = scene.object_url(object_id), 25

    def write(place: int) -> list[tuple[int, int]]:
        seen, answers = 1, []
        for turn in range(rounds):
            body = json.dumps(scene.body(1 + (place + turn) % 4))
            answer = clients[place].put(
                url, body, content_type="application/json", headers=condition(seen)
            )
            problem = answer.json()
            seen = (
                problem["revision"] if answer.status_code == 200 else problem["current"]["revision"]
            )
            answers.append((answer.status_code, seen))
        return answers

    answers = [answer for list_ in at_once(8, write) for answer in list_]

    assert len(answers) == 200
    assert {status for status, _ in answers} == {200, 412}
    won = sorted(seen for status, seen in answers if status == 200)
    assert won == list(range(2, len(won) + 2))
    kept = Revision.objects.order_by("number").values_list("number", flat=True)
    assert list(kept) == list(range(1, len(won) + 2))
    current = Annotation.objects.select_related("current").get()
    assert current.current is not None
    assert (current.current.number, current.area) == (len(won) + 1, current.current.area)


def test_a_change_sent_many_times_at_once_is_made_once(scene: Scene) -> None:
    body = json.dumps(
        [
            {
                "op": "put",
                "id": str(uuid.uuid4()),
                "change_id": str(uuid.uuid4()),
                "base_revision": None,
                **scene.body(),
            }
        ]
    )
    clients = [client_of(scene.people["bob"]) for _ in range(10)]

    def send(place: int) -> list[bytes]:
        return [
            clients[place]
            .post(f"{scene.url}changes/", body, content_type="application/json")
            .content
            for _ in range(2)
        ]

    answers = {answer for pair in at_once(10, send) for answer in pair}

    assert len(answers) == 1
    assert json.loads(answers.pop())[0]["status"] == 201
    assert Revision.objects.count() == 1


def test_objects_made_at_once_have_numbers_without_gaps(scene: Scene) -> None:
    images = [scene.image, make_image(scene.project)]
    clients = [client_of(scene.people["bob"]) for _ in range(8)]

    def create(place: int) -> list[int]:
        image = images[place % 2]
        urls = [f"/api/v1/images/{image.pk}/annotations/{uuid.uuid4()}/" for _ in range(5)]
        body = json.dumps(scene.body())
        return [
            clients[place]
            .put(url, body, content_type="application/json", headers=condition(None))
            .status_code
            for url in urls
        ]

    statuses = [status for list_ in at_once(8, create) for status in list_]

    assert set(statuses) == {201}
    numbers = Annotation.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 41))
    assert Project.objects.get(pk=scene.project.pk).next_annotation_number == 41


def test_no_image_is_given_twice(scene: Scene) -> None:
    for _ in range(99):
        make_image(scene.project)
    people = [make_user(f"annotator{place}") for place in range(20)]
    for person in people:
        add_member(scene.project, person, "annotator")
    clients = [client_of(person) for person in people]
    url = f"/api/v1/projects/{scene.project.pk}/queue/next/"

    def ask(place: int) -> list[int]:
        order = ("uncertainty", "created", "random")[place % 3]
        answers = [
            clients[place].post(url, {"order": order}, content_type="application/json")
            for _ in range(5)
        ]
        assert {answer.status_code for answer in answers} == {200}
        return [answer.json()["id"] for answer in answers]

    given = Counter(image for list_ in at_once(20, ask) for image in list_)

    assert len(given) == 100
    assert set(given.values()) == {1}
    assert Image.objects.filter(lease_user__in=people).count() == 100


def test_one_person_in_many_tabs_is_not_given_the_same_twice(scene: Scene) -> None:
    for _ in range(29):
        make_image(scene.project)
    clients = [client_of(scene.people["bob"]) for _ in range(6)]
    url = f"/api/v1/projects/{scene.project.pk}/queue/next/"

    def ask(place: int) -> list[int]:
        return [
            clients[place].post(url, {}, content_type="application/json").json()["id"]
            for _ in range(5)
        ]

    given = [image for list_ in at_once(6, ask) for image in list_]

    assert len(set(given)) == 30


def test_nothing_is_written_after_the_submit_that_closed_the_image(scene: Scene) -> None:
    writers = [client_of(scene.people["bob"]) for _ in range(6)]
    rita = client_of(scene.people["rita"])

    def work(place: int) -> list[tuple[int, Any]]:
        if place == 0:
            answer = rita.post(f"{scene.url}submit/", content_type="application/json")
            return [(answer.status_code, answer.json()["counts"]["confirmed"])]
        answers = []
        for _ in range(4):
            answer = writers[place - 1].put(
                scene.object_url(uuid.uuid4()),
                json.dumps(scene.body()),
                content_type="application/json",
                headers=condition(None),
            )
            answers.append((answer.status_code, answer.json().get("code")))
        return answers

    (submitted, *written) = at_once(7, work)

    assert submitted[0][0] == 200
    outcomes = Counter(answer for list_ in written for answer in list_)
    assert set(outcomes) <= {(201, None), (409, "image_closed")}
    assert Annotation.objects.count() == outcomes[201, None] == submitted[0][1]
    assert Image.objects.get(pk=scene.image.pk).status == "submitted"
