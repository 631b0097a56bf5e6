"""A thread that accompanies work, and whose absence is noticed.

``threading.Thread.start`` waits until the new thread says that it runs. One for which the memory is
just too little dies before it can, and its starter waits for ever.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

BEGIN_SECONDS = 10.0  # a machine may be busy


class NoCompanion(MemoryError):
    """The process has no memory for another thread."""


@contextmanager
def accompanied(by: Callable[[Event], None]) -> Iterator[None]:
    """Run ``by`` in a thread of its own beside the work within; it is waited for at the end.

    Args:
        by: Gets an event that is set once the work has ended, upon which it has to return.

    Raises:
        NoCompanion: If the thread did not begin. The work has not begun then either.
    """
    begun, ended, left = Event(), Event(), Event()

    def run() -> None:
        begun.set()
        try:
            by(ended)
        finally:
            left.set()

    try:
        _thread.start_new_thread(run, ())
    except RuntimeError as error:
        raise NoCompanion("no room for another thread") from error
    if not begun.wait(BEGIN_SECONDS):
        ended.set()  # should it begin after all
        raise NoCompanion("a thread did not begin")
    try:
        yield
    finally:
        ended.set()
        left.wait()
