"""What holds for every request and response: sized bodies in, strict headers out."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.factories import make_user
from tests.processes import free_port, manage, running


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/healthz", "/login/", "/no/such/page/", "/api/v1/me/", "/api/v1/none/", "/api/schema/"],
)
def test_every_answer_has_the_strict_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers

    policy = headers["Content-Security-Policy"]
    for word in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert word in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(("past", "status"), [(0, 401), (1, 413)])
@pytest.mark.django_db
def test_a_body_is_refused_by_its_declared_size(
    client: Client, settings: Any, past: int, status: int
) -> None:
    settings.MAX_BODY_BYTES = 10

    answer = client.post(
        "/api/v1/projects/", data="x" * (10 + past), content_type="application/json"
    )

    assert answer.status_code == status


@pytest.mark.parametrize("length", ["-1", "ten", "1e3"])
def test_a_length_that_is_none_is_refused(client: Client, length: str) -> None:
    answer = client.get("/healthz", CONTENT_LENGTH=length)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_length")


@pytest.mark.django_db
def test_a_session_writes_only_with_its_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("alice"))

    answer = strict.post("/api/v1/projects/", {"name": "Zoo"}, content_type="application/json")

    assert answer.status_code == 403


@pytest.mark.slow
def test_a_chunked_upload_is_refused_before_it_is_read(data: Path) -> None:
    port = free_port()
    extra = {"MASKWRIGHT_DATA": str(data)}
    manage("create_user", "alice", "--password-stdin", stdin="a long enough word\n", **extra)
    with running("serve", "--port", str(port), **extra) as web:
        connection = connected(port, web.process.poll)
        token = manage("create_token", "--user", "alice", **extra)

        connection.request(
            "POST",
            "/api/v1/projects/1/images/",
            body=megabytes(40),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data"},
            encode_chunked=True,
        )
        answer = connection.getresponse()
        problem = json.loads(answer.read())

    assert (answer.status, problem["code"]) == (411, "length_required")
    assert not list((data / "tmp").iterdir())


def connected(port: int, ended: Any) -> http.client.HTTPConnection:
    until = time.monotonic() + 60
    while time.monotonic() < until and ended() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return connection
    raise AssertionError("the web process does not answer")


def megabytes(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * 2**20
