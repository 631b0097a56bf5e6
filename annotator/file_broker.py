"""The file of messages: kombu's SQLAlchemy transport on SQLite, with five differences.

It polls often (kombu hands that option on to ``create_engine``, which refuses it), looks before it
locks, deletes what it delivers (a lost message is rung again by the reconciler), serves queues in
the order of ``QUEUES``, and may be opened for the first time by many processes at once.
"""

from __future__ import annotations

import json
import sqlite3
import time
from queue import Empty
from typing import Any

from kombu.transport import sqlalchemy as sqla
from kombu.transport.sqlalchemy.models import metadata
from kombu.utils.scheduling import FairCycle
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.dialects.sqlite import insert

from annotator.broker import rank

POLL_SECONDS = 0.2
BUSY_SECONDS = 20  # how long a write waits for another


class _FileOrder(FairCycle):
    """Asks the queues of the file from the first one each time."""

    def get(self, callback: Any, **options: Any) -> Any:
        """Hand the first message there is to ``callback``, or raise Empty."""
        for queue in sorted(self.resources, key=rank):
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
        with engine.connect() as connection:
            # kombu looks for its tables, then makes them; another process may come in between.
            connection.execute(text("BEGIN IMMEDIATE TRANSACTION"))
            metadata.create_all(connection)
            connection.commit()
        return engine

    def _get_or_create(self, queue: str) -> Any:
        asked = self.session.query(self.queue_cls).filter(self.queue_cls.name == queue)
        found = asked.first()
        if found is not None:
            return found
        # As above: two that see no row both write one, and the second dies of it.
        new = insert(self.queue_cls.__table__).values(name=queue).on_conflict_do_nothing()
        self.session.execute(new)
        self.session.commit()
        return asked.one()

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
    _switch_journal(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")  # a message lost with the power is rung again
    cursor.close()


def _switch_journal(cursor: sqlite3.Cursor) -> None:
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:  # here SQLite does not wait for another writer
            if time.monotonic() > until:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return
