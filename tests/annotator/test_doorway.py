"""Prompts past the bound are refused before they cost anything; what is not a prompt is not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from annotator.middleware import WAITERS, bound_prompts
from inference.services import waiting_line
from projects.services import tallies
from tests.workers.world import wait_for

PROMPT = "/api/v1/images/7/prompt/"
BUSY = 503
AT_ONCE = 3


class Inside:
    """A view whose visitors stay until they are let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.visits = 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == PROMPT:
            self.visits += 1
            self.go.wait(600)
        return HttpResponse("in")


inside = Inside()
urlpatterns = [path("api/v1/images/<int:image_id>/prompt/", lambda request, **_: inside(request))]


@pytest.fixture(autouse=True)
def _patient_line(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PROMPTS_AT_ONCE = AT_ONCE
    monkeypatch.setattr(waiting_line, "PATIENCE_SECONDS", 600)


def crowd(ask: Callable[[], int], count: int) -> tuple[list[threading.Thread], list[int]]:
    """Threads that ask at once, and the list that their answers come into."""
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(ask())) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers


def end(view: Inside, threads: list[threading.Thread]) -> None:
    view.go.set()
    for thread in threads:
        thread.join(600)


@pytest.mark.django_db
def test_of_a_hundred_prompts_at_once_a_few_get_in_a_few_wait_and_the_rest_go_away() -> None:
    view, ask = Inside(), RequestFactory()
    respond = bound_prompts(view)
    threads, answers = crowd(lambda: respond(ask.post(PROMPT)).status_code, 100)
    wait_for(lambda: len(answers) == 100 - AT_ONCE - WAITERS)

    refused = respond(ask.post(PROMPT))
    saved = respond(ask.post("/api/v1/images/7/changes/"))
    visits, answered = view.visits, set(answers)
    end(view, threads)

    assert visits == AT_ONCE  # who waits has cost nothing yet
    assert answered == {BUSY}
    assert refused.status_code == BUSY
    assert refused["Retry-After"] == "1"
    assert refused["Content-Type"] == "application/problem+json"
    assert saved.status_code == 200
    assert answers[-AT_ONCE - WAITERS :] == [200] * (AT_ONCE + WAITERS)
    assert respond(ask.post(PROMPT)).status_code == 200  # the places are free again
    assert tallies.tallied()["prompt_refused"] >= 94


@pytest.mark.django_db(transaction=True)  # tallies are not written inside a transaction
@pytest.mark.urls(__name__)
def test_refusal_asks_neither_the_database_nor_the_view_while_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """Through all that a request passes, at a moment when the tallies are due to be written."""
    monkeypatch.setitem(globals(), "inside", view := Inside())
    client, headers = Client(), {"Authorization": "Bearer mw_of_somebody"}
    client.get("/")  # the handler is made once; all share its line
    threads, answers = crowd(lambda: client.post(PROMPT).status_code, AT_ONCE + WAITERS + 1)
    wait_for(lambda: answers == [BUSY])
    visits = view.visits
    monkeypatch.setattr(tallies, "_flushed_at", -1e9)

    with django_assert_num_queries(0):
        refused = client.post(
            PROMPT, b"[" * 2**20, content_type="application/json", headers=headers
        )
    was_asked = view.visits > visits
    end(view, threads)

    assert refused.status_code == BUSY
    assert refused["Retry-After"] == "1"
    assert refused.json()["code"] == "busy"
    assert not was_asked
    assert answers == [BUSY] + [200] * (AT_ONCE + WAITERS)


def test_a_body_that_arrives_slowly_keeps_nobody_out(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROMPTS_AT_ONCE = 1
    monkeypatch.setattr(waiting_line, "PATIENCE_SECONDS", 5)
    ask, more, is_read = RequestFactory(), threading.Event(), threading.Event()

    class Slow:
        def read(self, size: int = -1) -> bytes:
            is_read.set()
            more.wait(600)
            return b""

        def close(self) -> None:
            pass

    def slow() -> HttpResponse:
        request = ask.post(PROMPT, b"{}", content_type="application/json")
        request._stream = Slow()
        return respond(request)

    respond = bound_prompts(lambda request: HttpResponse(request.body))
    threads, _ = crowd(lambda: slow().status_code, 1 + WAITERS)
    assert is_read.wait(600)
    quick = respond(ask.post(PROMPT)).status_code
    more.set()
    for thread in threads:
        thread.join(600)

    assert quick == 200
