"""A worker's pulse: a file that its own loop touches, so that being stuck shows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from celery.signals import worker_ready

BEAT_SECONDS = 5.0
DEAD_SECONDS = 120.0  # longer than the longest piece of work between two looks at the loop


def pulse_file() -> Path:
    """Where this machine's (or container's) worker leaves its pulse."""
    return Path(tempfile.gettempdir()) / "maskwright-worker-pulse"


def seconds_since_beat() -> float:
    """Age of the last beat; infinite if there never was one."""
    try:
        return time.time() - pulse_file().stat().st_mtime
    except FileNotFoundError:
        return float("inf")


@worker_ready.connect
def beat_in_the_loop(sender: Any, **_facts: object) -> None:
    """Let the consumer's own timer touch the file."""
    touch()
    sender.timer.call_repeatedly(BEAT_SECONDS, touch)


def touch() -> None:
    """Beat once."""
    pulse_file().touch()
