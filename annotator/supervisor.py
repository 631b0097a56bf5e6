"""Runs web and worker as two processes and ends them together.

A child that dies is started again (the page stays up while the worker is away); one that ends
again and again within a minute is given up with a message, and so is the whole if it was the web.
One that is killed, by a person or for want of memory, is always started again.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

logger = logging.getLogger(__name__)

MINUTE = 60.0
STOP_SECONDS = 10.0  # from TERM to KILL
DEATHS_PER_MINUTE = 5  # more than this is a fault that a restart does not mend
LOOK_SECONDS = 0.2


@dataclass
class Child:
    """One process that is to be kept alive."""

    name: str
    command: Sequence[str]
    vital: bool  # its end for good ends the whole
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    given_up: bool = False

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches only the supervisor."""
        self.process = subprocess.Popen(self.command, start_new_session=True)

    def is_dead(self) -> bool:
        """Whether it was started and has ended."""
        return self.process is not None and self.process.poll() is not None

    def may_restart(self, now: float) -> bool:
        """Count a death at ``now`` (seconds) and tell whether another try makes sense."""
        if self.process is not None and self.process.returncode == -signal.SIGKILL:
            return True
        self.deaths = [death for death in self.deaths if now - death < MINUTE] + [now]
        return len(self.deaths) <= DEATHS_PER_MINUTE


class Supervisor:
    """Keeps children alive until a signal comes or a vital one cannot be kept."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self._say = say
        self._stopping = False

    def add(self, child: Child) -> None:
        """Start a child and keep it."""
        child.start()
        self.children.append(child)

    def listen(self) -> None:
        """Take Ctrl-C and TERM as the wish to end."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def run(self, each_second: Callable[[], None]) -> int:
        """Look after the children until the end; the exit status is 1 if a vital one failed."""
        status = 0
        next_second = time.monotonic()
        while not self._stopping:
            if not self._mend(time.monotonic()):
                status = 1
                break
            if time.monotonic() >= next_second:
                each_second()
                next_second = time.monotonic() + 1
            time.sleep(LOOK_SECONDS)
        self.stop()
        return status

    def stop(self) -> None:
        """TERM to all, then KILL to whoever is still there after ten seconds."""
        running = [child for child in self.children if child.process and not child.is_dead()]
        for child in running:
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for child in running:
            try:
                _wait(child, until - time.monotonic())
            except subprocess.TimeoutExpired:
                logger.warning("%s did not end in %d s and is killed", child.name, STOP_SECONDS)
                _signal(child, signal.SIGKILL)
                _wait(child, STOP_SECONDS)

    def _mend(self, now: float) -> bool:
        for child in self.children:
            if not child.is_dead() or child.given_up:
                continue
            code = child.process.returncode if child.process else None
            if child.may_restart(now):
                self._say(f"The {child.name} ended (status {code}); starting it again.")
                child.start()
                continue
            child.given_up = True
            self._say(
                f"The {child.name} ended {len(child.deaths)} times in a minute; giving it up."
            )
            if child.vital:
                return False
        return True

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process is not None:
        child.process.send_signal(number)


def _wait(child: Child, seconds: float) -> None:
    if child.process is not None:
        child.process.wait(max(0.0, seconds))
