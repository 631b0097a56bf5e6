"""The power goes out at the n-th step of some work; a step is a statement or a deed on a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any, ClassVar

from django.core.files.base import File
from django.db import connection

from tests.projects.test_storage import RemoteStorage


class PowerOut(BaseException):
    """Nothing catches it, so that no work is mended but by what comes after a restart."""


class Steps:
    """Counts steps, and crashes before the one that is told."""

    now: ClassVar[Steps | None] = None

    def __init__(self, crash_at: int) -> None:
        self.crash_at = crash_at
        self.taken = 0

    def take(self) -> None:
        self.taken += 1
        if self.taken == self.crash_at:
            raise PowerOut

    def statement(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.take()
        return execute(*arguments)

    @contextmanager
    def watched(self) -> Iterator[None]:
        Steps.now = self
        try:
            with ExitStack() as stack:
                stack.enter_context(connection.execute_wrapper(self.statement))
                yield
        finally:
            Steps.now = None


def step() -> None:
    if Steps.now is not None:
        Steps.now.take()


class SteppedStorage(RemoteStorage):
    """Files elsewhere whose every writing and removal is a step; a writing may be cut in half."""

    def _save(self, name: str, content: File[bytes]) -> str:
        step()
        saved = str(super()._save(name, content))
        step()
        return saved

    def delete(self, name: str) -> None:
        step()
        super().delete(name)
        step()


def crashes_at_each_step(work: Callable[[], object]) -> Iterator[int]:
    """Do the work again and again, with a crash one step later each time, until none is left.

    Yields:
        The number of the step before which the power went out.
    """
    for number in count(1):
        try:
            with Steps(number).watched():
                work()
        except PowerOut:
            yield number
            continue
        return
