"""The opaque low-resolution answer of a model, as text that a client sends back unread."""

from __future__ import annotations

import base64
import binascii
import math
import zlib

import numpy as np

from inference.segmenters.prompts import MAX_LOGITS_SIDE
from inference.segmenters.protocol import Logits
from projects.errors import InvalidInput

HALF = np.dtype("<f2")
MAX_TEXT = 4 * 2**20
_FASTEST = 1  # of zlib; a click must not wait for its answer to shrink


def to_text(logits: Logits | None) -> str | None:
    """A square of logits (float32, n x n or 1 x n x n) as base64; None stays None."""
    if logits is None:
        return None
    limit = np.finfo(np.float16).max
    data = np.clip(logits, -limit, limit).astype(HALF).tobytes()
    return base64.b64encode(zlib.compress(data, _FASTEST)).decode("ascii")


def from_text(text: str | None) -> Logits | None:
    """The logits, float32, 1 x n x n.

    Raises:
        InvalidInput: If the text is not what ``to_text`` gave.
    """
    if not text:
        return None
    most = MAX_LOGITS_SIDE**2 * HALF.itemsize
    try:
        packed = base64.b64decode(text, validate=True)
        data = zlib.decompressobj().decompress(packed, most)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise _refused() from error
    side = math.isqrt(len(data) // HALF.itemsize)
    if not side or side * side * HALF.itemsize != len(data):
        raise _refused()
    return np.frombuffer(data, HALF).astype(np.float32).reshape(1, side, side)


def _refused() -> InvalidInput:
    return InvalidInput("logits are not those of an earlier answer.", "bad_logits")
