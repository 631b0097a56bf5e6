"""A few long-lived child processes that decode pictures, so that no picture can take the web along.

A child that hangs, dies or needs too much memory is replaced; its request becomes a refusal of
that one picture. Children are started afresh (never forked from a process with threads), when
first needed, and end when their parent's end of the pipe closes.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from projects import errors
from projects.pictures import frames
from projects.pictures.frames import Message
from projects.pictures.types import BadPicture, Ingested, Limits, Overlay, TooManyPixels

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]  # where `-m projects.pictures.child` is found
START_SECONDS = 60.0  # a busy machine may take long to start Python
PATIENCE = 4  # times a picture's seconds by the clock: on a busy machine the processor is shared
WAIT_SECONDS = 60.0  # how long a request waits for a free child
REFUSALS: dict[str, type[errors.ApplicationError]] = {
    kind.__name__: kind
    for kind in (BadPicture, TooManyPixels, errors.TooLarge, errors.InsufficientStorage)
}


class DecodePool:
    """Decodes pictures in child processes; safe to share between threads.

    Args:
        size: How many children, so how many pictures at once.
        memory_bytes: Address space of a child; the largest allowed picture needs about a GB.
        seconds: How long one picture may occupy a processor, or wait for a file that never ends:
            by the clock it may take ``PATIENCE`` times as long.
    """

    def __init__(
        self, *, size: int = 2, memory_bytes: int = 2 << 30, seconds: float = 10.0
    ) -> None:
        self._memory_bytes = memory_bytes
        self._seconds = seconds
        self._places: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(None)

    def ingest(self, source: Path, folder: Path, limits: Limits) -> Ingested:
        """Checks an upload and writes its clean form into ``folder``; see ``ingest.ingest``.

        Raises:
            BadPicture: If it is no such picture, or decoding it hangs or breaks the child.
            TooManyPixels: If it is larger than allowed.
            TooLarge: If the file is larger than allowed.
            InsufficientStorage: If the disk is full.
            Unavailable: If no child becomes free in time.
        """
        done = self._ask(
            {
                "operation": "ingest",
                "source": str(source),
                "folder": str(folder),
                "limits": asdict(limits),
            }
        )
        height, width = done["size_hw"]
        return Ingested(
            **done | {"size_hw": (height, width), "stored_path": Path(done["stored_path"])}
        )

    def preview(
        self, source: Path, target: Path, size: int, overlays: Sequence[Overlay] = ()
    ) -> None:
        """Writes a JPEG that fits into ``size`` x ``size``, with masks painted over it.

        Raises:
            BadPicture: If the stored file cannot be decoded in the limits.
            InsufficientStorage: If the disk is full.
            Unavailable: If no child becomes free in time.
        """
        request: Message = {
            "operation": "overlay" if overlays else "preview",
            "source": str(source),
            "target": str(target),
            "size": size,
        }
        if overlays:
            request["overlays"] = [
                (overlay.runs, overlay.color_rgb, overlay.filled) for overlay in overlays
            ]
        self._ask(request)

    def tiles(self, source: Path, target: Path) -> None:
        """Writes the deep-zoom pyramid of a stored picture; see ``tiles.write_pyramid``.

        Raises:
            BadPicture: If the stored file cannot be decoded in the limits.
            InsufficientStorage: If the disk is full.
            Unavailable: If no child becomes free in time.
        """
        self._ask({"operation": "tiles", "source": str(source), "target": str(target)})

    def close(self) -> None:
        """Ends the children that are idle; a later request starts new ones."""
        for _ in range(self._places.qsize()):
            child = self._places.get()
            if child:
                child.end()
            self._places.put(None)

    def _ask(self, request: Message) -> Message:
        child = self._take()
        try:
            answer = child.ask(request, self._seconds)
        except BaseException:
            child.end()
            self._places.put(None)
            raise
        self._places.put(child)
        if refused := answer.get("refused"):
            kind = REFUSALS[refused["kind"]]
            raise kind(refused["message"], refused["code"], **refused["facts"])
        done: Message = answer["done"]
        return done

    def _take(self) -> _Child:
        try:
            child = self._places.get(timeout=WAIT_SECONDS)
        except queue.Empty as error:
            raise errors.Unavailable("All decoders are busy; try again in a minute.") from error
        if child and child.is_usable():
            return child
        try:
            if child:
                child.end()
            return _Child(self._memory_bytes, self._seconds)
        except BaseException:
            self._places.put(None)
            raise


class _Child:
    """One decoding process and the pipes to it."""

    def __init__(self, memory_bytes: int, seconds: float) -> None:
        self._owner = os.getpid()
        child_reads, requests = os.pipe()
        answers, child_writes = os.pipe()
        self._requests = os.fdopen(requests, "wb", buffering=0)
        self._answers = os.fdopen(answers, "rb", buffering=0)
        try:
            self._process = _start(child_reads, child_writes, memory_bytes, seconds)
        finally:
            os.close(child_reads)
            os.close(child_writes)
        try:
            # Awaited here, so that starting up is not held against the first picture.
            frames.read(self._answers.fileno(), START_SECONDS)
        except (frames.Closed, frames.Late) as error:
            self.end()
            raise errors.Unavailable("The decoder of pictures does not start.") from error

    def is_usable(self) -> bool:
        """Whether the process lives, and is this process's own (not a fork's inheritance)."""
        return self._owner == os.getpid() and self._process.poll() is None

    def ask(self, request: Message, seconds: float) -> Message:
        """Sends a request and waits for its answer.

        Raises:
            BadPicture: If none comes in time, or the child dies over it.
        """
        try:
            frames.write(self._requests.fileno(), request, PATIENCE * seconds)
            return frames.read(self._answers.fileno(), PATIENCE * seconds)
        except frames.Late as error:
            raise _too_slow(PATIENCE * seconds) from error
        except frames.Closed as error:
            status = self._process.wait(START_SECONDS)
            if status == -signal.SIGPROF:
                raise _too_slow(seconds) from error
            logger.warning("A decoding child ended with status %d", status)
            raise BadPicture(
                "The decoder broke down over this picture.", "picture_crashed"
            ) from error

    def end(self) -> None:
        """Kills the process and closes the pipes."""
        if self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._requests.close()
        self._answers.close()


def _too_slow(seconds: float) -> BadPicture:
    words = errors.sentence(
        f"Decoding this picture took longer than {seconds:g} s and was stopped."
    )
    return BadPicture(words, "picture_too_slow", seconds=seconds)


def _start(reads: int, writes: int, memory_bytes: int, seconds: float) -> subprocess.Popen[bytes]:
    clock = PATIENCE * seconds
    limits = [f"--memory-bytes={memory_bytes}", f"--seconds={seconds}", f"--clock-seconds={clock}"]
    return subprocess.Popen(
        [sys.executable, "-m", "projects.pictures.child", *limits],
        stdin=reads,
        stdout=writes,
        cwd=ROOT,
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    """What a child may know: where its code is, and nothing of the secrets of the web process."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        # A fixed threshold: glibc's own grows, and then keeps a large picture's memory for ever.
        "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    }
