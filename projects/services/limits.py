"""How often something may happen: counters in the database, which all processes share."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from django.db.models import F

from projects.errors import TooManyRequests
from projects.models import LimitCount
from projects.selectors.clock import database_now


def spend(*, key: str, limit: int, window_seconds: int, message: str) -> None:
    """Count one occurrence, or refuse it when ``limit`` of this window are spent.

    The limit is compared in the statement that counts: of any number of callers at once exactly
    ``limit`` pass.

    Raises:
        TooManyRequests: With ``message`` and ``retry_after`` in seconds.
    """
    now = database_now()
    opened = _window_start(now, window_seconds)
    row, _ = LimitCount.objects.get_or_create(key=_stored(key), window_start=opened)
    if LimitCount.objects.filter(pk=row.pk, count__lt=limit).update(count=F("count") + 1):
        return
    left = opened + timedelta(seconds=window_seconds) - now
    raise TooManyRequests(message, retry_after=max(1, int(left.total_seconds()) + 1))


def forgive(*, key: str) -> None:
    """Forget what was counted under the key."""
    LimitCount.objects.filter(key=_stored(key)).delete()


def forget_before(*, moment: datetime) -> int:
    """Remove the windows that began before ``moment``; the number of rows."""
    return LimitCount.objects.filter(window_start__lt=moment).delete()[0]


def _window_start(now: datetime, window_seconds: int) -> datetime:
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % window_seconds, tz=UTC)


def _stored(key: str) -> str:
    # Keys hold what people type; the digest bounds their length and keeps names out of the table.
    kind = key.partition(":")[0]
    return f"{kind}:{hashlib.sha256(key.encode()).hexdigest()}"
