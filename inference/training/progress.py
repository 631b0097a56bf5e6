"""A line of progress that rewrites itself on a terminal, and stays quiet in a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

EVERY_S = 0.5
CLEAR = "\r\x1b[K"


class Bar:
    """Writes lines to keep, and on a terminal one that changes."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._shown = float("-inf")

    def say(self, line: str, is_kept: bool) -> None:  # noqa: FBT001  the loop's callback
        """Show a line; one that is not kept is shown on terminals alone, twice a second."""
        if is_kept:
            start = CLEAR if self._stream.isatty() else ""
            self._stream.write(f"{start}{line}\n")
            self._stream.flush()
        elif self._stream.isatty() and self._clock() - self._shown >= EVERY_S:
            self._shown = self._clock()
            self._stream.write(f"{CLEAR}{line}")
            self._stream.flush()
