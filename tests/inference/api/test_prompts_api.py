"""Segmenters, prompts and pre-labelling over the API."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from inference.services.waiting_line import WaitingLine
from projects.errors import Unavailable
from projects.masks.rle import parse, to_bitmap
from projects.models import Annotation, Image, Job, Project, Role, User
from projects.services import tallies
from projects.services.item_runs import run_slice
from tests.factories import add_member, make_project, make_user
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def lead() -> User:
    return make_user("alice")


@pytest.fixture
def alice(lead: User) -> APIClient:
    return client_of(lead)


@pytest.fixture
def image(lead: User) -> Image:
    return store_picture(make_project(lead=lead), width=160, height=120)


def prompt(client: APIClient, image: Image, **body: Any) -> Any:
    return client.post(f"/api/v1/images/{image.pk}/prompt/", body, format="json")


def test_click_inside_is_inside_and_click_outside_is_outside(
    alice: APIClient, image: Image
) -> None:
    answer = prompt(alice, image, points=[[112, 72, 1], [10, 110, 0]])

    assert answer.status_code == 200
    [best, *_] = answer.json()["candidates"]
    mask = to_bitmap(parse(best["segmentation"], image.size_hw))
    assert mask[72, 112]
    assert not mask[110, 10]
    assert best["area"] == np.count_nonzero(mask)
    assert set(best) == {"segmentation", "bbox", "area", "score", "stability", "logits"}
    assert answer.json()["segmenter"] == "classic"


def test_box_gives_the_object_in_it(alice: APIClient, image: Image) -> None:
    answer = prompt(alice, image, box=[85, 45, 140, 100])

    [best, *_] = answer.json()["candidates"]
    mask = to_bitmap(parse(best["segmentation"], image.size_hw))
    assert mask[72, 112]
    assert 0.5 < best["area"] / (np.pi * 24**2) < 1.5


def test_mask_is_refined_by_a_click(alice: APIClient, image: Image) -> None:
    first = prompt(alice, image, box=[85, 45, 140, 100]).json()["candidates"][0]

    answer = prompt(alice, image, mask=first["segmentation"], points=[[112, 72, 0]])

    mask = to_bitmap(parse(answer.json()["candidates"][0]["segmentation"], image.size_hw))
    assert not mask[72, 112]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "empty_prompt"),
        ({"points": [[112, 72, 0]]}, 400, "empty_prompt"),
        ({"points": [[500, 72, 1]]}, 400, "point_outside"),
        ({"points": [[112, 72, 7]]}, 400, "point_labels"),
        ({"points": [[112, 72]]}, 400, "invalid"),
        ({"points": [[1, 1, 1]] * 300}, 400, "invalid"),
        ({"box": [90, 90, 10, 10]}, 400, "box_reversed"),
        ({"box": [500, 500, 510, 510]}, 400, "box_outside"),
        ({"mask": {"size": [5, 5], "counts": "0P"}}, 400, None),
        ({"points": [[112, 72, 1]], "logits": "!!!"}, 400, "bad_logits"),
        ({"text": "the ball"}, 503, "model_missing"),
        ({"exemplars": [[80, 40, 140, 100, 1]]}, 503, "model_missing"),
        ({"text": "the ball", "segmenter": "classic"}, 422, "unsupported_prompt"),
        ({"points": [[112, 72, 1]], "segmenter": "crystal_ball"}, 404, "unknown_segmenter"),
        ({"points": [[112, 72, 1]], "segmenter": "sam_vit_b"}, 503, "model_missing"),
    ],
)
def test_prompts_that_cannot_be_answered(
    alice: APIClient, image: Image, body: dict[str, Any], status: int, code: str | None
) -> None:
    answer = prompt(alice, image, **body)

    assert answer.status_code == status, answer.json()
    assert code is None or answer.json()["code"] == code


def test_missing_model_says_what_to_do(alice: APIClient, image: Image) -> None:
    answer = prompt(alice, image, points=[[112, 72, 1]], segmenter="sam_vit_b")

    assert "manage.py fetch_model sam_vit_b" in answer.json()["detail"]


def test_foreign_and_absent_images_are_not_found(image: Image) -> None:
    charlie = client_of(make_user("charlie"))

    foreign = prompt(charlie, image, points=[[112, 72, 1]])
    image.pk = 987654

    assert foreign.status_code == prompt(charlie, image, points=[[1, 1, 1]]).status_code == 404


def test_segmenters_say_what_is_installed(alice: APIClient) -> None:
    rows = {row["name"]: row for row in alice.get("/api/v1/segmenters/").json()["results"]}

    assert rows["classic"]["installed"] is True
    assert rows["sam_vit_b"]["installed"] is False
    assert "fetch_model" in rows["sam_vit_b"]["why_not"]
    assert rows["sam_vit_b"]["licence"] == "Apache-2.0"


def test_prelabel_starts_a_job_that_writes_suggestions(alice: APIClient, image: Image) -> None:
    path = f"/api/v1/projects/{image.project_id}/prelabel/"
    counted = alice.post(path, {"dry_run": True}, format="json")
    started = alice.post(path, {}, format="json")
    twice = alice.post(path, {}, format="json")
    while run_slice(job_id=started.json()["job"], is_stopping=lambda: False):
        pass

    assert counted.json() == {"images": 1, "segmenter": "classic", "mode": "everything"}
    assert started.status_code == 202
    assert (twice.status_code, twice.json()["job"]) == (429, started.json()["job"])
    assert alice.get(f"/api/v1/jobs/{started.json()['job']}/").json()["state"] == "done"
    assert Annotation.objects.filter(state="suggested").exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"mode": "text"}, 503),
        ({"mode": "text", "segmenter": "classic"}, 422),
        ({"segmenter": "crystal_ball"}, 404),
        ({"segmenter": "sam_vit_b"}, 503),
        ({"status": ["accepted"]}, 400),
        ({"images": ["one"]}, 400),
        ({"images": [987654]}, 400),
    ],
)
def test_wrong_wishes_for_prelabelling(
    alice: APIClient, image: Image, body: dict[str, Any], status: int
) -> None:
    answer = alice.post(f"/api/v1/projects/{image.project_id}/prelabel/", body, format="json")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["prelabel", "score"])
def test_only_leads_start_jobs(image: Image, path: str) -> None:
    bob, charlie = make_user("bob"), make_user("charlie")
    add_member(image.project, bob, Role.ANNOTATOR)
    url = f"/api/v1/projects/{image.project_id}/{path}/"

    assert client_of(bob).post(url, {}, format="json").status_code == 403
    assert client_of(charlie).post(url, {}, format="json").status_code == 404
    assert not Job.objects.exists()


def test_score_computes_priorities_anew(alice: APIClient, image: Image) -> None:
    started = alice.post(f"/api/v1/projects/{image.project_id}/prelabel/", {}, format="json")
    while run_slice(job_id=started.json()["job"], is_stopping=lambda: False):
        pass
    image.refresh_from_db()
    computed = (image.priority, image.priority_reason)
    Image.objects.update(priority=0.0, priority_reason="")

    scored = alice.post(f"/api/v1/projects/{image.project_id}/score/")
    while run_slice(job_id=scored.json()["job"], is_stopping=lambda: False):
        pass

    image.refresh_from_db()
    assert scored.status_code == 202
    assert (pytest.approx(image.priority), image.priority_reason) == computed


def test_project_without_images_has_nothing_to_do(alice: APIClient, lead: User) -> None:
    project: Project = make_project(lead=lead)

    for path in ("prelabel", "score"):
        answer = alice.post(f"/api/v1/projects/{project.pk}/{path}/", {}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (400, "no_images")


def test_line_lets_some_in_some_wait_and_sends_the_rest_away() -> None:
    line, go = WaitingLine(), threading.Event()
    inside = threading.Semaphore(0)
    passed = []

    def visit() -> None:
        with line.place(at_once=1, waiting=1):
            inside.release()
            go.wait(60)
            passed.append(1)

    first, second = (threading.Thread(target=visit) for _ in range(2))
    first.start()
    assert inside.acquire(timeout=300)
    second.start()
    while line._waiting == 0:
        pass

    with pytest.raises(Unavailable) as refused, line.place(at_once=1, waiting=1):
        pass
    go.set()
    first.join(60)
    second.join(60)

    assert refused.value.facts == {"retry_after": 1}
    assert len(passed) == 2


def test_waiting_is_a_part_of_an_answers_time(
    alice: APIClient, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def slow_place(*_: object, **__: object) -> Iterator[None]:
        time.sleep(1)
        yield

    prompt(alice, image, points=[[112, 72, 1]])  # the first one loads the model
    monkeypatch.setattr(WaitingLine, "place", slow_place)

    answer = prompt(alice, image, points=[[112, 72, 1]])

    assert answer.json()["milliseconds"] >= 1000


def test_a_prompts_latency_is_told_to_prometheus(alice: APIClient, image: Image) -> None:
    before = tallies.tallied().get("prompt_seconds|sum", 0.0)

    assert prompt(alice, image, points=[[112, 72, 1]]).status_code == 200
    assert prompt(alice, image, points=[[500, 72, 1]]).status_code == 400

    after = tallies.tallied()
    assert after["prompt_seconds|sum"] > before
