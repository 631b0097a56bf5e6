"""How errors look from outside: status, code, facts and challenges."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions

from annotator.rest import handlers
from annotator.rest.errors import STATUS, problem_response
from projects import errors
from projects.masks.types import InvalidMask


def answer(exc: Exception) -> Any:
    response = problem_response(exc, {})
    assert response is not None
    assert response.content_type == "application/problem+json"
    assert response.data["status"] == response.status_code
    assert set(response.data) >= {"type", "title", "status", "detail", "code"}
    return response


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.InvalidInput, 400),
        (InvalidMask, 400),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.StaleRevision, 412),
        (errors.TooLarge, 413),
        (errors.Unprocessable, 422),
        (errors.PreconditionMissing, 428),
        (errors.TooManyRequests, 429),
        (errors.Unavailable, 503),
        (errors.InsufficientStorage, 507),
    ],
)
def test_each_kind_has_its_status_code_and_facts(
    kind: type[errors.ApplicationError], status: int
) -> None:
    response = answer(kind("Said so.", limit=7))

    assert response.status_code == status
    assert response.data["code"] == kind.default_code
    assert response.data["detail"] == "Said so."
    assert response.data["limit"] == 7


def test_no_kind_is_without_a_status() -> None:
    kinds = errors.ApplicationError.__subclasses__()

    assert set(STATUS) == {kind for kind in kinds if kind.__module__ == errors.__name__}


def test_facts_never_replace_the_problem_s_own_words() -> None:
    response = answer(errors.Conflict("Busy.", status="free", title="x", type="y", detail="z"))

    assert response.data["status"] == 409
    assert response.data["title"] == "Conflict"
    assert response.data["detail"] == "Busy."


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (errors.Unavailable("Busy."), "5"),
        (errors.Unavailable("Busy.", retry_after=30), "30"),
        (errors.TooManyRequests("Slowly.", retry_after=9), "9"),
    ],
)
def test_what_is_worth_retrying_says_when(error: errors.ApplicationError, seconds: str) -> None:
    assert answer(error)["Retry-After"] == seconds


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (Http404("no row 5"), 404, "not_found"),
        (PermissionDenied(), 403, "forbidden"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
        (exceptions.PermissionDenied(code="csrf"), 403, "csrf"),
    ],
)
def test_the_framework_s_errors_speak_the_same_way(exc: Exception, status: int, code: str) -> None:
    response = answer(exc)

    assert (response.status_code, response.data["code"]) == (status, code)


def test_not_found_says_nothing_of_what_was_looked_for() -> None:
    assert "5" not in answer(Http404("no row 5")).data["detail"]


def test_validation_names_each_field_by_its_path() -> None:
    detail = {"name": ["Too long."], "labels": [{}, {"color": ["Not hex.", "Too short."]}]}

    response = answer(exceptions.ValidationError(detail))

    assert response.data["code"] == "invalid"
    assert response.data["errors"] == {
        "name": ["Too long."],
        "labels.1.color": ["Not hex.", "Too short."],
    }
    assert "labels.1.color: Not hex. Too short." in response.data["detail"]


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (OperationalError("database is locked"), 503, "database_unavailable"),
        (OperationalError("connection refused"), 503, "database_unavailable"),
        (InterfaceError("connection already closed"), 503, "database_unavailable"),
        (OperationalError("database or disk is full"), 507, "insufficient_storage"),
        (OperationalError("could not extend file: No space left on device"), 507, None),
    ],
)
def test_a_database_that_is_away_is_told_apart_from_a_full_disk(
    exc: Exception, status: int, code: str | None
) -> None:
    response = answer(exc)

    assert response.status_code == status
    assert code is None or response.data["code"] == code
    assert "connection" not in response.data["detail"]


@pytest.mark.parametrize("exc", [OperationalError("no such column: x"), ValueError("ours")])
def test_our_own_mistakes_stay_server_errors(exc: Exception) -> None:
    assert problem_response(exc, {}) is None


def test_a_missing_address_below_the_api_is_a_problem() -> None:
    response = handlers.page_not_found(RequestFactory().get("/api/v1/nowhere/"), Http404())

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["code"] == "not_found"


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (ValueError("a secret"), 500, "server_error"),
        (OperationalError("server closed the connection"), 503, "database_unavailable"),
    ],
)
def test_an_unexpected_error_below_the_api_is_a_problem_without_its_text(
    exc: Exception, status: int, code: str
) -> None:
    try:
        raise exc
    except (ValueError, OperationalError):
        response = handlers.server_error(RequestFactory().get("/api/v1/images/"))

    assert response.status_code == status
    assert json.loads(response.content)["code"] == code
    assert str(exc) not in response.content.decode()
