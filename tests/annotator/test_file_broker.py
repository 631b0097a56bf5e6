"""The file of messages while several processes open it for the first time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import kombu
import pytest
from kombu.transport.sqlalchemy.models import metadata
from sqlalchemy import create_engine, event

from annotator import broker

AHEAD_SECONDS = 0.5  # the other process commits when ours has surely looked


@pytest.fixture
def file(tmp_path: Path) -> Path:
    broker.register()
    with kombu.Connection("mwsqla+sqlite://") as connection:
        _ = connection.default_channel  # kombu declares its tables with the first channel
    return tmp_path / "broker.sqlite3"


@pytest.fixture
def raw(file: Path) -> Iterator[sqlite3.Connection]:
    """Another process's connection, for what it has not committed yet."""
    opened = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    with closing(opened):
        yield opened


def tables() -> list[str]:
    """The statements that make kombu's tables."""
    said: list[str] = []
    engine = create_engine("sqlite://")
    event.listen(engine, "before_cursor_execute", lambda *facts: said.append(facts[2]))
    metadata.create_all(engine)
    return [words for words in said if words.strip().startswith("CREATE")]


def meanwhile(raw: sqlite3.Connection, work: Callable[[], None]) -> list[BaseException]:
    """Do the work while ``raw`` is about to commit; what went wrong with it."""
    wrong: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told to the test
            wrong.append(error)

    thread = Thread(target=guarded)
    thread.start()
    time.sleep(AHEAD_SECONDS)
    raw.execute("COMMIT")
    thread.join()
    return wrong


def send(file: Path, queue: str, word: str) -> None:
    with kombu.Connection(f"mwsqla+sqlite:///{file}") as connection:
        connection.SimpleQueue(queue).put(word)


def receive(file: Path, queue: str) -> str:
    with kombu.Connection(f"mwsqla+sqlite:///{file}") as connection:
        return str(connection.SimpleQueue(queue).get(timeout=300).payload)


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_tables_that_another_process_makes_at_the_same_moment(
    file: Path, raw: sqlite3.Connection, journal: str
) -> None:
    raw.execute(f"PRAGMA journal_mode={journal}")
    raw.execute("BEGIN IMMEDIATE")
    for statement in tables():
        raw.execute(statement)

    assert meanwhile(raw, lambda: send(file, "bulk", "one")) == []

    assert receive(file, "bulk") == "one"


def test_queue_that_another_process_makes_at_the_same_moment(
    file: Path, raw: sqlite3.Connection
) -> None:
    send(file, "export", "first")
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("INSERT INTO kombu_queue (name) VALUES ('bulk')")

    assert meanwhile(raw, lambda: send(file, "bulk", "one")) == []

    assert receive(file, "bulk") == "one"
    assert raw.execute("SELECT count(*) FROM kombu_queue WHERE name = 'bulk'").fetchone() == (1,)
