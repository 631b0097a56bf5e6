"""How many of one kind of request may be inside a process at once, decided before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Doorway:
    """Counts who is inside; safe for threads."""

    def __init__(self) -> None:
        self._inside = 0
        self._lock = Lock()

    @contextmanager
    def place(self, *, most: int) -> Iterator[bool]:
        """Whether there was a place inside, held until the end; False if ``most`` are in."""
        with self._lock:
            is_in = self._inside < most
            self._inside += is_in
        try:
            yield is_in
        finally:
            if is_in:
                with self._lock:
                    self._inside -= 1
