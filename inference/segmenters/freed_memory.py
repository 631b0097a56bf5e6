"""Gives memory that was freed back to the system; some C libraries keep it for later.

After an encoder's run, or some answers of a decoder, that is 60 MB of a web process that may have
260. To take memory anew costs a quarter of an answer's time, so a decoder keeps it while it is
asked again and again, and gives it back when nobody asks any more.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

IDLE_SECONDS = 1.0
MOST_KEPT = 96 << 20  # bytes, of all threads together; more goes back at once


class _Mallinfo2(ctypes.Structure):
    """What glibc's mallinfo2(3) tells, from 2.33 on."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")),
        *((name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "uordblks", "fordblks")),
        ("keepcost", ctypes.c_size_t),
    )


def give_back_memory() -> None:
    """Return what is free, where the C library is one that would keep it (glibc)."""
    trim = _of_libc("malloc_trim")
    if trim is not None:
        trim(0)


def give_back_when_idle() -> None:
    """Return what is free once this was not called for a second; at once what is much."""
    if kept_bytes() > MOST_KEPT:
        give_back_memory()
    else:
        _idle.put_off()


def kept_bytes() -> int:
    """Bytes that were freed and are kept for later; 0 where nobody can tell."""
    tell = _of_libc("mallinfo2")
    if tell is None:
        return 0
    tell.restype = _Mallinfo2
    return int(tell().fordblks)


class _Idle:
    """Waits in a thread of its own, at most one, until nothing was put off for long enough."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due = 0.0
        self._is_waiting = False

    def put_off(self) -> None:
        with self._lock:
            self._due = time.monotonic() + IDLE_SECONDS
            if self._is_waiting:
                return
            self._is_waiting = True
        threading.Thread(target=self._wait, name="give back memory", daemon=True).start()

    def _wait(self) -> None:
        while (left := self._left()) > 0:
            time.sleep(left)
        give_back_memory()

    def _left(self) -> float:
        with self._lock:
            left = self._due - time.monotonic()
            self._is_waiting = left > 0
            return left


_idle = _Idle()


@lru_cache(maxsize=2)
def _of_libc(name: str) -> Any:
    """A function of glibc, or None where there is no such one."""
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return found
