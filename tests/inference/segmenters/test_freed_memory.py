"""Memory that answers have freed goes back when nobody asks any more, not between two answers."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import threading

import pytest

from inference.segmenters import freed_memory
from tests.inference.segmenters.halted_time import HaltedTime
from tests.processes import ROOT

pytestmark = pytest.mark.skipif(
    freed_memory._of_libc("mallinfo2") is None, reason="no glibc that tells what it keeps"
)

# In a process of its own, whose heap nobody else uses, and whose time goes on only when it is let.
# The last block pins the heap's end.
HEAP = """
import ctypes, sys, threading
from inference.segmenters import freed_memory
from tests.inference.segmenters.halted_time import HaltedTime
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
libc.malloc.argtypes = [ctypes.c_size_t]

def rss():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def freed(count):
    blocks = [libc.malloc(100_000) for _ in range(count)]
    for block in blocks:
        ctypes.memset(block, 1, 100_000)
    for block in blocks[:-1]:
        libc.free(block)

freed_memory.time = time = HaltedTime()
before = rss()
freed(int(sys.argv[1]))
freed_memory.give_back_when_idle()
told = [rss() - before]
time.go_on()
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join()
told.append(rss() - before)
print(*(number // 1_000_000 for number in told))
"""


def held_after(blocks: int) -> list[int]:
    """MB held right after, and when nobody asked any more."""
    command = [sys.executable, "-c", HEAP, str(blocks)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [int(word) for word in ended.stdout.split()]


def test_what_was_freed_is_kept_between_answers_and_returned_after_them() -> None:
    at_once, at_rest = held_after(600)

    assert at_once > 50
    assert at_rest < 10


def test_very_much_is_returned_at_once() -> None:
    assert held_after(1500)[0] < 20


def waiting() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "give back memory"]


def test_one_thread_waits_however_often_it_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for thread in waiting():  # of tests before
        thread.join()
    monkeypatch.setattr(freed_memory, "time", time := HaltedTime())
    monkeypatch.setattr(freed_memory, "MOST_KEPT", 1 << 40)  # whatever tests before left behind

    for _ in range(20):
        freed_memory.give_back_when_idle()

    (thread,) = waiting()
    time.go_on()
    thread.join(60)
    assert waiting() == []
    assert ctypes.sizeof(freed_memory._Mallinfo2) == 10 * ctypes.sizeof(ctypes.c_size_t)
