"""Starts the product's own processes for a test and ends them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOOK_SECONDS = 0.05
LINK = re.compile(r"(http://\S+/login/link/\S+)")


def environment(**extra: str) -> dict[str, str]:
    """This process's environment without what would steer the product elsewhere."""
    steering = {
        "DATABASE_URL",
        "REDIS_URL",
        "MASKWRIGHT_ENV",
        "DJANGO_SETTINGS_MODULE",
        "SECRET_KEY",
    }
    kept = {name: word for name, word in os.environ.items() if name not in steering}
    return {**kept, "PYTHONUNBUFFERED": "1", **extra}


def manage(*words: str, stdin: str = "", **extra: str) -> str:
    """The output of one `manage.py` command."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(**extra),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A process whose words are collected while it runs."""

    def __init__(self, words: list[str], **extra: str) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def said(self, pattern: str, seconds: float = 120) -> re.Match[str]:
        """The first match in its words; fails if there is none in time."""
        for _ in range(int(seconds / LOOK_SECONDS)):
            found = re.search(pattern, "\n".join(self.lines))
            if found:
                return found
            if self.process.poll() is not None:
                time.sleep(0.2)
                break
            time.sleep(LOOK_SECONDS)
        raise AssertionError(f"{pattern!r} was not said:\n" + "\n".join(self.lines))

    def login_link(self) -> str:
        return self.said(LINK.pattern).group(1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def running(*words: str, **extra: str) -> Iterator[Running]:
    process = Running(list(words), **extra)
    try:
        yield process
    finally:
        process.stop()
