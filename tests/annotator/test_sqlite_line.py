"""Threads that write wait in line: in the order in which they came, and not for ever."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler, OperationalError

from annotator.sqlite.base import Line


def handler(path: Path, seconds: float = 20) -> ConnectionHandler:
    options = {"timeout": seconds, "transaction_mode": "IMMEDIATE"}
    return ConnectionHandler(
        {"default": {"ENGINE": "annotator.sqlite", "NAME": path, "OPTIONS": options}}
    )


def begin(connection: Any) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def test_who_came_first_is_first() -> None:
    line, order = Line(), []
    assert line.enter(1)

    def wait(number: int) -> None:
        assert line.enter(30)
        order.append(number)
        line.leave()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(6)]
    for number, thread in enumerate(threads):
        thread.start()
        while len(line._waiting) <= number:
            time.sleep(0.001)
    line.leave()
    for thread in threads:
        thread.join(30)

    assert order == [0, 1, 2, 3, 4, 5]
    assert line.enter(0.1)


def test_who_gives_up_does_not_hold_up_the_others() -> None:
    line = Line()
    assert line.enter(1)

    assert not line.enter(0.01)
    line.leave()

    assert line.enter(0.1)


@pytest.mark.django_db  # only so that connections may be opened
@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_turn_ends_with_the_transaction(tmp_path: Path, end: str) -> None:
    first, second = (handler(tmp_path / "db.sqlite3", 0.2)["default"] for _ in range(2))
    begin(first)
    with pytest.raises(OperationalError, match="database is locked"):
        begin(second)

    getattr(first, end)()

    begin(second)
    second.rollback()


def test_product_uses_it_where_there_is_no_server(tmp_path: Path) -> None:
    from tests.processes import manage

    engine = manage(
        "shell",
        "-v0",
        "-c",
        "from django.conf import settings; print(settings.DATABASES['default']['ENGINE'])",
        MASKWRIGHT_DATA=str(tmp_path),
    )

    assert engine == "annotator.sqlite"
