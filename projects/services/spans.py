"""Lets one of many processes do what should be done once in a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from projects.models import LimitCount

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def is_first_in_span(*, key: str, now: datetime, seconds: int) -> bool:
    """Whether this call is the first with ``key`` in the present span of ``seconds``.

    Told by a row that can be made only once; rows of earlier spans are removed.
    """
    span = timedelta(seconds=seconds)
    start = EPOCH + (now - EPOCH) // span * span
    _, is_first = LimitCount.objects.get_or_create(key=key, window_start=start)
    if is_first:
        LimitCount.objects.filter(key=key, window_start__lt=start).delete()
    return is_first
