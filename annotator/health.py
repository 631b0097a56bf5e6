"""Whether the process lives (healthz) and whether it can do its work (readyz)."""

from __future__ import annotations

import logging

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from projects.storage import free_bytes

logger = logging.getLogger(__name__)


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 while the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when database, storage and disk allow work, else 503 with what fails."""
    checks = {"database": _database(), "storage": _storage(), "disk": _disk()}
    ready = all(word == "ok" for word in checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503
    )


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("readyz: the database does not answer")
        return "does not answer"
    return "ok"


def _storage() -> str:
    try:
        default_storage.exists("blobs")
    except OSError:
        logger.exception("readyz: the storage does not answer")
        return "does not answer"
    return "ok"


def _disk() -> str:
    return "ok" if free_bytes() > 0 else "nearly full; uploads and exports are refused"
