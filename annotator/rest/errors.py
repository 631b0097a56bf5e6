"""Errors as HTTP says them: problem+json (RFC 9457). The only place that maps kinds to statuses."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from projects import errors
from projects.sentences import translated

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
RETRY_SECONDS = 5

STATUS: dict[type[errors.ApplicationError], HTTPStatus] = {
    errors.InvalidInput: HTTPStatus.BAD_REQUEST,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.StaleRevision: HTTPStatus.PRECONDITION_FAILED,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PreconditionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.InsufficientStorage: HTTPStatus.INSUFFICIENT_STORAGE,
}
_WORTH_RETRYING = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_OURS = ("no such", "syntax error", "has no column")  # SQLite's words for a wrong query
_FULL = ("disk is full", "no space left")


def problem(
    status: int, code: str, detail: str, facts: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Give the body of a problem in the reader's language; facts never replace its own words."""
    return {
        **(facts or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": translated(detail),
        "code": code,
    }


def problem_response(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an exception of an API view; None leaves it to the server's own handler (500)."""
    response = _answer(exc)
    request = context.get("request")
    if response is not None and request is not None:
        # A view that renders YAML or HTML would render its problems so as well.
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
    return response


def _answer(exc: Exception) -> Response | None:
    found = _application_error(exc)
    if found is not None:
        return _respond(_status(found), found.code, found.message, found.facts)
    if isinstance(exc, exceptions.ValidationError):
        return _respond(
            HTTPStatus.BAD_REQUEST,
            "invalid",
            errors.sentence(f"The input is not valid: {', '.join(_fields(exc.detail))}"),
            {"errors": _by_field(exc.detail)},
        )
    if isinstance(exc, exceptions.APIException):
        return _from_framework(exc)
    return None


def _application_error(exc: Exception) -> errors.ApplicationError | None:
    if isinstance(exc, errors.ApplicationError):
        return exc
    if isinstance(exc, (OperationalError, InterfaceError)):
        return database_error(exc)
    if isinstance(exc, Http404):
        return errors.NotFound("There is no such thing.")
    if isinstance(exc, PermissionDenied):
        return errors.Forbidden(str(exc) or "You may not do this.")
    if isinstance(exc, SuspiciousOperation):
        return errors.InvalidInput("The request is malformed.", code="bad_request")
    return None


def database_error(exc: OperationalError | InterfaceError) -> errors.ApplicationError | None:
    """Say what a failing database means; None if it is our own mistake (a table is missing).

    SQLite raises one exception for wrong queries and for passing troubles; its words decide.
    """
    text = str(exc).lower()
    if any(word in text for word in _FULL):
        logger.error("The database has no room", exc_info=exc)
        return errors.InsufficientStorage("The server's disk is full; nothing was changed.")
    if any(word in text for word in _OURS):
        return None
    logger.error("The database is unavailable", exc_info=exc)
    return errors.Unavailable("The database is busy or away; try again.", "database_unavailable")


def _status(error: errors.ApplicationError) -> HTTPStatus:
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.BAD_REQUEST


def _respond(
    status: int, code: str, detail: str, facts: Mapping[str, object] | None = None
) -> Response:
    response = Response(problem(status, code, detail, facts), status, content_type=PROBLEM_TYPE)
    if status in _WORTH_RETRYING:
        response["Retry-After"] = str((facts or {}).get("retry_after", RETRY_SECONDS))
    return response


def _from_framework(exc: exceptions.APIException) -> Response:
    code = exc.get_codes()
    response = _respond(
        exc.status_code, code if isinstance(code, str) else "invalid", str(exc.detail)
    )
    challenge = getattr(exc, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def _by_field(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Flatten nested messages to dotted paths: ``labels.0.name``."""
    if isinstance(detail, dict):
        items = [(str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(one, (dict, list)) for one in detail):
        items = [(str(place), value) for place, value in enumerate(detail)]
    else:
        messages = detail if isinstance(detail, list) else [detail]
        return {path or "non_field_errors": [str(one) for one in messages]}
    found: dict[str, list[str]] = {}
    for key, value in items:
        if value:
            found.update(_by_field(value, f"{path}.{key}" if path else key))
    return found


def _fields(detail: Any) -> list[str]:
    return [f"{field}: {' '.join(said)}" for field, said in _by_field(detail).items()]
