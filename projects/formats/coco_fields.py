"""Single fields of COCO files that anybody may have written: read if they can be, else None."""

from __future__ import annotations

import math
import re

_LARGEST_ID = 2**63 - 1  # what a database holds
_LONGEST_ID = len(str(_LARGEST_ID))
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # no text column takes them all
_HEX_COLOR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_ATTRIBUTE = 2000
_MOST_ATTRIBUTES = 100
_CHANNELS = 3
_BRIGHTEST = 255


def identifier(value: object) -> int | None:
    """Read an id: a whole number from 0, also where it was written as text or as 12.0."""
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit()
    if isinstance(value, str) and is_digits and len(value) <= _LONGEST_ID:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 <= value <= _LARGEST_ID:
        return None
    return value


def text(value: object) -> str | None:
    """Read text, with control characters and lone surrogates replaced."""
    return (
        _UNFIT.sub("\N{REPLACEMENT CHARACTER}", value).strip() if isinstance(value, str) else None
    )


def number(value: object) -> float | None:
    """Read a finite number."""
    if type(value) not in (int, float):
        return None
    try:
        found = float(value)  # type: ignore[arg-type]  # int or float, as was just seen
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def side(value: object) -> int | None:
    """Read an image's side in pixels: a whole number from 1."""
    return value if type(value) is int and value > 0 else None


def color(value: object) -> tuple[int, int, int] | None:
    """Read a colour, [r, g, b] or #rrggbb."""
    if isinstance(value, str) and (found := _HEX_COLOR.fullmatch(value)):
        red, green, blue = (int(pair, 16) for pair in found.groups())
        return (red, green, blue)
    if not isinstance(value, list) or len(value) != _CHANNELS:
        return None
    if any(type(channel) is not int or not 0 <= channel <= _BRIGHTEST for channel in value):
        return None
    return (value[0], value[1], value[2])


def sha256(value: object) -> str:
    """Read a SHA-256 in lower-case hex; nothing for anything else."""
    return value if isinstance(value, str) and _SHA256.fullmatch(value) else ""


def attributes(value: object) -> dict[str, object] | None:
    """Read an object of plain values; None where it is not one, or too large."""
    if not isinstance(value, dict) or len(value) > _MOST_ATTRIBUTES:
        return None
    found: dict[str, object] = {}
    for key, each in value.items():
        plain = text(each) if isinstance(each, str) else each
        if isinstance(plain, float | int) and not isinstance(plain, bool) and number(plain) is None:
            return None
        if not isinstance(plain, str | int | float | bool | None):
            return None
        if len(str(plain)) + len(key) > _LONGEST_ATTRIBUTE:
            return None
        found[text(key) or ""] = plain
    return found


def shown(value: object) -> str:
    """Give a value as a message shows it: short, and never by walking through what is nested."""
    plain = isinstance(value, str | int | float | bool | None)
    return repr(value)[:40] if plain else f"a {type(value).__name__}"
