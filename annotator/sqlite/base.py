"""SQLite whose writers of one process wait in line.

SQLite lets whoever happens to look at the right moment write next: under load some wait a second
while others write again and again. Here the threads of a process queue up, first come first
served, before they ask SQLite; other processes still wait as SQLite has them wait.
"""

from __future__ import annotations

from collections import deque
from threading import Event, Lock
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

DEFAULT_TIMEOUT = 5.0  # seconds, as sqlite3's own


class Line:
    """A lock that is given to those who wait in the order in which they came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._is_taken = False

    def enter(self, seconds: float) -> bool:
        """Wait for one's turn; False if it did not come within ``seconds``."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = Event()
            self._waiting.append(turn)
        if turn.wait(seconds):
            return True
        with self._lock:
            if turn.is_set():  # it came just now
                return True
            self._waiting.remove(turn)
        return False

    def leave(self) -> None:
        """Let the next one in."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()  # the place passes on without being free
            else:
                self._is_taken = False


_lines: dict[str, Line] = {}
_lines_lock = Lock()


def line_of(database: str) -> Line:
    """The line before a database file, one for the whole process."""
    with _lines_lock:
        return _lines.setdefault(database, Line())


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite, with a line before BEGIN IMMEDIATE."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line: Line | None = None  # the one that this connection is first in

    def _start_transaction_under_autocommit(self) -> None:
        self._enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave()  # after a failed commit a rollback follows

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _enter(self) -> None:
        if self._line is not None:
            return
        line = line_of(str(self.settings_dict["NAME"]))
        seconds = float(self.settings_dict["OPTIONS"].get("timeout", DEFAULT_TIMEOUT))
        if not line.enter(seconds):
            raise OperationalError("database is locked: other threads wrote for too long")
        self._line = line

    def _leave(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.leave()
