"""Numbers that all processes count together, for those who watch the server.

A process adds up in memory and writes to the database every few seconds, so that counting costs
no write of its own; a process that is killed loses those seconds.
"""

from __future__ import annotations

import time
from threading import Lock

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from projects.models import Tally

FLUSH_SECONDS = 10.0
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)  # seconds
SUM = "sum"
ALL = "inf"

_sums: dict[str, float] = {}
_lock = Lock()
_flushed_at = time.monotonic()


def count(name: str, amount: float = 1.0, *, may_write: bool = True) -> None:
    """Add to a tally; names are ours alone and hold nothing of a user's.

    Args:
        name: Of the tally.
        amount: What is added.
        may_write: Whether to write all tallies if that is due; left to the next count otherwise.
    """
    with _lock:
        _sums[name] = _sums.get(name, 0.0) + amount
        is_due = time.monotonic() - _flushed_at >= FLUSH_SECONDS
    if may_write and is_due and not connection.in_atomic_block:
        flush()


def observe(name: str, seconds: float) -> None:
    """Count a duration into the buckets ``name|0.5`` ... ``name|inf`` and ``name|sum``."""
    bucket = next((str(most) for most in BUCKETS if seconds <= most), ALL)
    count(f"{name}|{SUM}", seconds)
    count(f"{name}|{bucket}")


def flush() -> None:
    """Write what this process has counted; kept for the next time if the database is away."""
    global _flushed_at  # noqa: PLW0603 - one clock for the process
    with _lock:
        _flushed_at = time.monotonic()
        counted = dict(_sums)
        _sums.clear()
    try:
        with transaction.atomic():
            for name in sorted(counted):  # one order, so that no two processes wait for each other
                Tally.objects.get_or_create(name=name)
                Tally.objects.filter(name=name).update(value=F("value") + counted[name])
    except DatabaseError:
        with _lock:
            for name, amount in counted.items():
                _sums[name] = _sums.get(name, 0.0) + amount


def tallied() -> dict[str, float]:
    """All tallies by name, this process's latest included."""
    flush()
    return dict(Tally.objects.values_list("name", "value"))
