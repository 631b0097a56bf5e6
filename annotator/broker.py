"""A message broker in one SQLite file, for machines without a Redis server.

kombu's SQLAlchemy transport, with four differences: it polls often (kombu hands that option on to
``create_engine``, which refuses it), looks before it locks, deletes what it delivers (a lost message
is rung again by the reconciler), and serves queues in the order in which they were given.
"""

from __future__ import annotations

import json
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import sqlalchemy as sqla
from sqlalchemy import Engine, create_engine, event, text

ALIAS = "mwsqla"
POLL_SECONDS = 0.2
BUSY_SECONDS = 20  # how long a write waits for another


def register() -> None:
    """Make ``mwsqla+sqlite:///...`` a broker address."""
    TRANSPORT_ALIASES[ALIAS] = "annotator.broker:Transport"


class _InOrder:
    """Asks the queues in the order given, from the first one each time."""

    def __init__(self, fetch: Any, resources: Any, empty: type[Exception]) -> None:
        self._fetch = fetch
        self._resources = resources
        self._empty = empty

    def get(self, callback: Any, **options: Any) -> Any:
        for queue in self._resources:
            try:
                return self._fetch(queue, callback, **options)
            except self._empty:
                continue
        raise self._empty

    def close(self) -> None:
        """Nothing is held."""


class Channel(sqla.Channel):  # type: ignore[misc]
    """Messages as rows that live until they are delivered."""

    def _engine_from_config(self) -> Engine:
        engine = create_engine(
            self.connection.client.hostname, connect_args={"timeout": BUSY_SECONDS}
        )
        event.listen(engine, "connect", _write_ahead)
        return engine

    def _reset_cycle(self) -> None:
        self._cycle = _InOrder(self._get_and_deliver, self._active_queues, Empty)

    def _get(self, queue: str) -> Any:
        if not self._size(queue):
            self.session.commit()
            raise Empty
        self.session.commit()
        self.session.execute(text("BEGIN IMMEDIATE TRANSACTION"))
        try:
            message = (
                self._query_all(queue)
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


class Transport(sqla.Transport):  # type: ignore[misc]
    """As kombu's, polling often."""

    Channel = Channel
    polling_interval = POLL_SECONDS


def _write_ahead(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")  # a message lost with the power is rung again
    cursor.close()
