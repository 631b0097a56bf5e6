"""The decoding child: ``python -m projects.pictures.child``, one picture at a time until EOF.

It knows no database and no secrets, has a limit on its memory, and dies when a picture occupies the
processor for too long, or by the clock far too long, even if its parent is gone.
"""

from __future__ import annotations

import argparse
import errno
import os
import resource
import signal
import sys
from collections.abc import Callable
from importlib import import_module

from projects.errors import ApplicationError, InsufficientStorage
from projects.pictures import frames
from projects.pictures.frames import Message
from projects.pictures.types import BadPicture

# Loaded when first asked for: painting masks needs numpy, which would triple an idle child.
OPERATIONS = {
    "ingest": "projects.pictures.ingest:answer",
    "preview": "projects.pictures.preview:answer",
    "overlay": "projects.pictures.overlay:answer",
    "tiles": "projects.pictures.tiles:answer",
}
GRACE_SECONDS = 5.0  # the parent kills first; this is for a child without one


def main(arguments: list[str] | None = None) -> None:
    """Answers requests on stdin until it closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory-bytes", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="of a processor, a picture")
    parser.add_argument("--clock-seconds", type=float, required=True)
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (options.memory_bytes, options.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # stray prints must not break a message
    frames.write(answers, {"ready": os.getpid()})
    try:
        while True:
            request = frames.read(sys.stdin.fileno())
            signal.setitimer(signal.ITIMER_PROF, options.seconds)
            signal.setitimer(signal.ITIMER_REAL, options.clock_seconds + GRACE_SECONDS)
            frames.write(answers, _answer(request))
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
    except frames.Closed:
        return


def _answer(request: Message) -> Message:
    try:
        return {"done": _operation(str(request["operation"]))(request)}
    except ApplicationError as error:
        return _refusal(error)
    except MemoryError:
        return _refusal(
            BadPicture("Decoding this picture needs more memory than allowed.", "picture_memory")
        )
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        return _refusal(InsufficientStorage("The disk is full."))


def _operation(name: str) -> Callable[[Message], Message]:
    module, _, function = OPERATIONS[name].partition(":")
    operation: Callable[[Message], Message] = getattr(import_module(module), function)
    return operation


def _refusal(error: ApplicationError) -> Message:
    return {
        "refused": {
            "kind": type(error).__name__,
            "message": error.message,
            "code": error.code,
            "facts": error.facts,
        }
    }


if __name__ == "__main__":
    main()
