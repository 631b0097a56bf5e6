"""COCO's ASCII coding of run lengths, vectorised; no mask semantics here.

Each number is cut into groups of 5 bits, lowest first; a group is one character, 48 + bits, plus
32 when more follow; the last group's bit 4 is the sign. From the fourth number on, what is coded is
the difference to the number two places before.
Source: cocodataset/cocoapi:common/maskApi.c, rleToString and rleFrString.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from projects.masks.types import InvalidMask

Int64Array = npt.NDArray[np.int64]

_ZERO = 48
_BITS = 0x1F
_MORE = 0x20
_SIGN = 0x10
_BITS_PER_GROUP = 5
# 7 groups hold +-2**34: more than any image's pixels, and sums of them cannot overflow 64 bits.
_MAX_GROUPS = 7


def encode(runs: Int64Array) -> str:
    """Write run lengths as COCO's string.

    Args:
        runs: int64, N, each from 0 to 2**33.

    Returns:
        ASCII text, the same as pycocotools writes.
    """
    deltas = runs.copy()
    deltas[3:] -= runs[1:-2]
    lengths = np.ones(deltas.shape, np.int64)
    for group in range(1, _MAX_GROUPS):
        limit = 1 << (_BITS_PER_GROUP * group - 1)
        longer = (deltas >= limit) | (deltas < -limit)
        if not longer.any():
            break
        lengths += longer
    ends = np.cumsum(lengths)
    # Position of each character inside its own number.
    place = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    bits = (np.repeat(deltas, lengths) >> (_BITS_PER_GROUP * place)) & _BITS
    bits[place < np.repeat(lengths, lengths) - 1] |= _MORE
    return str((bits + _ZERO).astype(np.uint8).tobytes(), "ascii")


def decode(text: bytes) -> Int64Array:
    """Read COCO's string; the numbers may still be negative or of a wrong sum.

    Args:
        text: What a file or a request calls compressed counts; its length is the caller's to bound.

    Returns:
        int64, N.

    Raises:
        InvalidMask: Empty, a character outside the code, a number cut off or too long.
    """
    if not text:
        raise InvalidMask("counts is empty, expected at least one run", code="mask_counts")
    codes = np.frombuffer(text, np.uint8).astype(np.int64) - _ZERO
    if int(codes.min()) < 0 or int(codes.max()) > _MORE + _BITS:
        raise InvalidMask(
            "counts holds a character that COCO's run-length code does not have",
            code="mask_counts",
        )
    last = np.flatnonzero((codes & _MORE) == 0)
    if last.size == 0 or int(last[-1]) != codes.size - 1:
        raise InvalidMask("counts ends in the middle of a number", code="mask_counts")
    first = np.concatenate(([0], last[:-1] + 1))
    lengths = last - first + 1
    if int(lengths.max()) > _MAX_GROUPS:
        raise InvalidMask(
            f"counts holds a number of {int(lengths.max())} characters, at most {_MAX_GROUPS} fit "
            "an image",
            code="mask_counts",
        )
    return _undo_deltas(_numbers(codes, first, last, lengths))


def _numbers(
    codes: Int64Array, first: Int64Array, last: Int64Array, lengths: Int64Array
) -> Int64Array:
    place = np.arange(codes.size) - np.repeat(first, lengths)
    numbers = np.add.reduceat((codes & _BITS) << (_BITS_PER_GROUP * place), first)
    negative = (codes[last] & _SIGN) != 0
    numbers[negative] -= np.int64(1) << (_BITS_PER_GROUP * lengths[negative])
    return numbers


def _undo_deltas(numbers: Int64Array) -> Int64Array:
    # numbers[0] stands alone; odd and even places from 1 on are two chains of differences.
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return numbers
