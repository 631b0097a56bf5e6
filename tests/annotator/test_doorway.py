"""Prompts past the bound are refused before they cost anything; what is not a prompt is not."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from annotator.middleware import bound_prompts
from inference.services.prompts import most_prompts
from projects.services import tallies

PROMPT = "/api/v1/images/7/prompt/"
BUSY = 503


class Inside:
    """A view whose visitors stay until they are let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.came = threading.Semaphore(0)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.came.release()
        if request.path == PROMPT:
            self.go.wait(60)
        return HttpResponse("in")


inside = Inside()
urlpatterns = [path("api/v1/images/<int:image_id>/prompt/", lambda request, **_: inside(request))]


@pytest.mark.django_db
def test_of_a_hundred_prompts_at_once_a_few_get_in_and_the_rest_go_away_at_once(
    settings: Any,
) -> None:
    settings.PROMPTS_AT_ONCE = 3
    view, ask = Inside(), RequestFactory()
    respond = bound_prompts(view)
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(respond(ask.post(PROMPT)).status_code))
        for _ in range(most_prompts())
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert view.came.acquire(timeout=300)

    refused = [respond(ask.post(PROMPT)) for _ in range(93)]
    saved = respond(ask.post("/api/v1/images/7/changes/"))
    view.go.set()
    for thread in threads:
        thread.join(60)

    assert len(threads) == 7
    assert {answer.status_code for answer in refused} == {BUSY}
    assert refused[0]["Retry-After"] == "1"
    assert refused[0]["Content-Type"] == "application/problem+json"
    assert saved.status_code == 200
    assert answers == [200] * 7
    assert respond(ask.post(PROMPT)).status_code == 200  # the places are free again
    assert tallies.tallied()["prompt_refused"] >= 93


@pytest.mark.django_db(transaction=True)  # tallies are not written inside a transaction
@pytest.mark.urls(__name__)
def test_refusal_asks_neither_the_database_nor_the_view_while_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """Through all that a request passes, at a moment when the tallies are due to be written."""
    monkeypatch.setitem(globals(), "inside", view := Inside())
    client, headers = Client(), {"Authorization": "Bearer mw_of_somebody"}
    client.get("/")  # the handler is made once; all share its doorway
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(client.post(PROMPT).status_code))
        for _ in range(most_prompts())
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert view.came.acquire(timeout=300)
    monkeypatch.setattr(tallies, "_flushed_at", -1e9)

    with django_assert_num_queries(0):
        refused = client.post(
            PROMPT, b"[" * 2**20, content_type="application/json", headers=headers
        )
    was_asked = view.came.acquire(blocking=False)
    view.go.set()
    for thread in threads:
        thread.join(60)

    assert refused.status_code == BUSY
    assert refused["Retry-After"] == "1"
    assert refused.json()["code"] == "busy"
    assert not was_asked
    assert answers == [200] * most_prompts()
