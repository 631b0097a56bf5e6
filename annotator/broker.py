"""How messages travel: through Redis, or through one SQLite file on machines without a server.

The file is kombu's SQLAlchemy transport with four differences: it polls often (kombu hands that
option on to ``create_engine``, which refuses it), looks before it locks, deletes what it delivers
(a lost message is rung again by the reconciler), and serves queues in the order of ``QUEUES``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import sqlalchemy as sqla
from kombu.utils.scheduling import FairCycle
from sqlalchemy import Engine, create_engine, event, text

from projects.services.job_kinds import QUEUES

ALIAS = "mwsqla"
POLL_SECONDS = 0.2
BUSY_SECONDS = 20  # how long a write waits for another


def register() -> None:
    """Make ``mwsqla+sqlite:///...`` a broker address."""
    TRANSPORT_ALIASES[ALIAS] = "annotator.broker:Transport"


def _rank(queue: str) -> tuple[int, str]:
    return (QUEUES.index(queue) if queue in QUEUES else len(QUEUES), queue)


class RedisOrder:
    """Which Redis queue is asked first; kombu hands them over as a set, in no order."""

    def __init__(self) -> None:
        self._queues: list[str] = []

    def update(self, it: Iterable[str]) -> None:
        """Take the queues that are consumed from."""
        self._queues = sorted(it, key=_rank)

    def consume(self, n: int) -> list[str]:
        """The first ``n`` queues to ask."""
        return self._queues[:n]

    def rotate(self, last_used: str) -> str:
        """Nothing changes after a message: the order stands."""
        return last_used


class _FileOrder(FairCycle):
    """Asks the queues of the file from the first one each time."""

    def get(self, callback: Any, **options: Any) -> Any:
        """Hand the first message there is to ``callback``, or raise Empty."""
        for queue in sorted(self.resources, key=_rank):
            try:
                return self.fun(queue, callback, **options)
            except Empty:
                continue
        raise Empty


class Channel(sqla.Channel):
    """Messages as rows that live until they are delivered."""

    def _engine_from_config(self) -> Engine:
        client: Any = self.connection.client
        engine = create_engine(client.hostname, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _write_ahead)
        return engine

    def _reset_cycle(self) -> None:
        self._cycle = _FileOrder(self._get_and_deliver, self._active_queues, Empty)

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002 - kombu's
        if not self._size(queue):
            self.session.commit()
            raise Empty
        self.session.commit()
        self.session.execute(text("BEGIN IMMEDIATE TRANSACTION"))
        try:
            message = (
                self.session.query(self.message_cls)
                .filter(self.message_cls.queue.has(name=queue))
                .filter(self.message_cls.visible.is_(True))
                .order_by(self.message_cls.id)
                .first()
            )
            if message is None:
                raise Empty
            payload = json.loads(message.payload)
            self.session.delete(message)
        finally:
            self.session.commit()
        return payload


class Transport(sqla.Transport):
    """As kombu's, polling often."""

    Channel = Channel
    polling_interval = POLL_SECONDS


def _write_ahead(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")  # a message lost with the power is rung again
    cursor.close()
