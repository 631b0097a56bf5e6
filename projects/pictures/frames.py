"""Messages between the web process and its decoding children: a length, then that much JSON."""

from __future__ import annotations

import json
import os
import select
import selectors
import struct
import time
from typing import Any

LENGTH = struct.Struct(">I")
MAX_BYTES = 256 << 20  # a message beyond this is a fault of ours, not a large picture
READ_BYTES = 1 << 16

Message = dict[str, Any]


class Closed(Exception):
    """The other end is gone."""


class Late(Exception):
    """The deadline passed before a whole message came."""


def write(handle: int, message: Message, seconds: float | None = None) -> None:
    """Writes a whole message to a blocking pipe.

    Raises:
        Closed: If nobody reads any more.
        Late: If ``seconds`` are given and pass before the other end has taken it all.
    """
    deadline = _deadline(seconds)
    body = json.dumps(message).encode()
    rest = memoryview(LENGTH.pack(len(body)) + body)
    try:
        while rest:
            _wait(handle, selectors.EVENT_WRITE, deadline)
            rest = rest[os.write(handle, rest[: select.PIPE_BUF]) :]
    except BrokenPipeError as error:
        raise Closed from error


def read(handle: int, seconds: float | None = None) -> Message:
    """Reads a whole message from a pipe.

    Raises:
        Closed: If the other end closes first.
        Late: If ``seconds`` are given and pass first.
    """
    deadline = _deadline(seconds)
    (length,) = LENGTH.unpack(_exactly(handle, LENGTH.size, deadline))
    if length > MAX_BYTES:
        raise Closed(f"a message of {length} bytes is none of ours")
    message: Message = json.loads(_exactly(handle, length, deadline))
    return message


def _exactly(handle: int, count: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        _wait(handle, selectors.EVENT_READ, deadline)
        part = os.read(handle, min(READ_BYTES, count - len(parts)))
        if not part:
            raise Closed
        parts += part
    return bytes(parts)


def _deadline(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds


def _wait(handle: int, event: int, deadline: float | None) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(handle, event)
        rest = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not selector.select(rest):
            raise Late
