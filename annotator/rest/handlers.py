"""Errors outside of any API view; under /api/ they are problem+json too, elsewhere pages."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from annotator.rest.errors import PROBLEM_TYPE, RETRY_SECONDS, database_error, problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django itself finds suspicious: hosts, too many fields."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return _problem(400, "bad_request", "The request is malformed.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a refusal outside of the API's views."""
    if not _is_api(request):
        return defaults.permission_denied(request, exception)
    return _problem(403, "forbidden", "You may not do this.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that there is not."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return _problem(404, "not_found", "There is no such address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error that nobody expected; a database that is away is no fault of ours (503)."""
    error = sys.exc_info()[1]
    away = database_error(error) if isinstance(error, (OperationalError, InterfaceError)) else None
    response: HttpResponse
    if not _is_api(request):
        response = defaults.server_error(request)
    elif away:
        response = _problem(503, away.code, away.message)
    else:
        response = _problem(500, "server_error", "The server failed; the error is in its log.")
    if away:
        response.status_code = 503
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(status: int, code: str, detail: str) -> HttpResponse:
    return JsonResponse(problem(status, code, detail), status=status, content_type=PROBLEM_TYPE)
