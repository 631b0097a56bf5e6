"""A clock that stands still until a test lets it go on."""

from __future__ import annotations

import threading


class HaltedTime:
    """Takes the place of the module ``time``; who sleeps wakes when it goes on."""

    def __init__(self) -> None:
        self._now = 0.0
        self._goes_on = threading.Event()

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._goes_on.wait()
        self._now += seconds

    def go_on(self) -> None:
        self._goes_on.set()
