"""How messages travel: through Redis, or through one SQLite file on machines without a server.

The file's transport (``file_broker``) is imported with its first use: whoever uses Redis or sends
nothing does without SQLAlchemy, 17 MB of memory and a good part of the time to start.
"""

from __future__ import annotations

from collections.abc import Iterable

from kombu.transport import TRANSPORT_ALIASES

from projects.services.job_kinds import QUEUES

ALIAS = "mwsqla"


def register() -> None:
    """Make ``mwsqla+sqlite:///...`` a broker address."""
    TRANSPORT_ALIASES[ALIAS] = "annotator.file_broker:Transport"


def rank(queue: str) -> tuple[int, str]:
    """The queue's place in the order of serving; those that nobody knows come last."""
    return (QUEUES.index(queue) if queue in QUEUES else len(QUEUES), queue)


class RedisOrder:
    """Which Redis queue is asked first; kombu hands them over as a set, in no order."""

    def __init__(self) -> None:
        self._queues: list[str] = []

    def update(self, it: Iterable[str]) -> None:
        """Take the queues that are consumed from."""
        self._queues = sorted(it, key=rank)

    def consume(self, n: int) -> list[str]:
        """The first ``n`` queues to ask."""
        return self._queues[:n]

    def rotate(self, last_used: str) -> str:
        """Nothing changes after a message: the order stands."""
        return last_used
