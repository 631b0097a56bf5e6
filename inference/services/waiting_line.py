"""A bound on how many do the same costly thing at once, with a short line before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from projects.errors import Unavailable

PATIENCE_SECONDS = 10.0
COME_BACK_SECONDS = 1
ASKED_AT = "maskwright.asked_at"  # in a request's META: time.perf_counter() when it joined the line


class WaitingLine:
    """Lets some in, some wait, and sends the rest away at once."""

    def __init__(self) -> None:
        self._free = Condition()
        self._inside = 0
        self._waiting = 0

    @contextmanager
    def place(self, *, at_once: int, waiting: int) -> Iterator[None]:
        """A place inside, after a wait if need be.

        Args:
            at_once: How many may be inside.
            waiting: How many may wait.

        Raises:
            Unavailable: If the line is full or does not move; worth trying again soon.
        """
        self._enter(at_once, waiting)
        try:
            yield
        finally:
            with self._free:
                self._inside -= 1
                self._free.notify()

    def _enter(self, at_once: int, waiting: int) -> None:
        with self._free:
            if self._inside >= at_once:
                if self._waiting >= waiting:
                    raise _busy()
                self._waiting += 1
                try:
                    if not self._free.wait_for(lambda: self._inside < at_once, PATIENCE_SECONDS):
                        raise _busy()
                finally:
                    self._waiting -= 1
            self._inside += 1


def _busy() -> Unavailable:
    return Unavailable(
        "Many people ask the model at this moment; try again in a second.",
        "busy",
        retry_after=COME_BACK_SECONDS,
    )
