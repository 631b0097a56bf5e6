"""Ends work whose claim is lost, in the middle, without ending the process.

Native code cannot be interrupted, but between two of its calls Python can: a signal makes the main
thread raise ClaimLost. Nothing is raised inside a transaction; the work notices by itself when it
wants to finish, and its transaction rolls back as a whole.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.db import connection

from projects.services.claims import ClaimLost

NUMBER = signal.SIGUSR2


class _Window:
    """Whether the main thread is inside work that may be ended."""

    is_open = False
    is_listening = False
    was_broken_off = False


@contextmanager
def interruptible() -> Iterator[None]:
    """Lets ``interrupt`` end what runs inside; in other threads than the main one it cannot."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if not _Window.is_listening:
        # For good: the signal's default would end a process that had just closed its window.
        signal.signal(NUMBER, _raise)
        _Window.is_listening = True
    _Window.is_open = True
    try:
        yield
    finally:
        _Window.is_open = False


def was_broken_off() -> bool:
    """Whether work was ended by a signal since the last time that this was asked.

    It may have been ended between two steps of a library; what it used is best opened anew.
    """
    was, _Window.was_broken_off = _Window.was_broken_off, False
    return was


def interrupt() -> None:
    """Make the work in the main thread raise ClaimLost soon; does nothing if there is none."""
    if _Window.is_open:
        os.kill(os.getpid(), NUMBER)


def _raise(_number: int, _frame: FrameType | None) -> None:
    if not _Window.is_open or connection.in_atomic_block:
        return
    _Window.is_open = False
    _Window.was_broken_off = True
    raise ClaimLost("The job was cancelled, or another worker has the item; its work is ended.")
