"""What answers where no API view does, and when the database is away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests.factories import make_user

PROBLEM = "application/problem+json"


@pytest.fixture
def client(db: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_user("alice"))
    return client


@pytest.mark.parametrize(
    "path", ["/api/v1/nowhere/", "/api/v2/", "/api/v1/images/x/", "/api/v1/images/1/annotations/2/"]
)
def test_an_address_below_the_api_that_is_none_is_a_problem(client: Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    assert json.loads(answer.content)["code"] == "not_found"


def test_an_address_elsewhere_that_is_none_is_a_page(client: Client) -> None:
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(client: Client) -> None:
    def away(*_: Any) -> Any:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        answer = client.get("/api/v1/me/")

    assert (answer.status_code, answer["Content-Type"]) == (503, PROBLEM)
    assert answer["Retry-After"] == "5"
    assert json.loads(answer.content)["code"] == "database_unavailable"


def test_a_full_disk_is_507(client: Client) -> None:
    def full(*_: Any) -> Any:
        raise OperationalError("database or disk is full")

    with connection.execute_wrapper(full):
        answer = client.get("/api/v1/me/")

    assert (answer.status_code, json.loads(answer.content)["code"]) == (507, "insufficient_storage")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/schema/", "/api/schema/?format=json", "/api/docs/"])
def test_a_stranger_to_the_reference_gets_a_problem(path: str) -> None:
    answer = Client().get(path)

    assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    assert json.loads(answer.content)["code"] == "not_authenticated"
