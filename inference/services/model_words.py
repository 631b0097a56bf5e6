"""Sizes and times of models as people read them."""

from __future__ import annotations

from django.utils.formats import number_format

KILO = 1000
UNKNOWN = "-"
MILLISECONDS_UNTIL = 0.995  # seconds; from here on it reads better in seconds


def size_of(count: int) -> str:
    """Bytes in the largest unit that leaves a whole part, as download pages write them."""
    if count <= 0:
        return UNKNOWN
    size, units = float(count), ["bytes", "kB", "MB", "GB"]
    while size >= KILO and len(units) > 1:
        size, units = size / KILO, units[1:]
    digits = 1 if units[0] == "GB" else 0
    return f"{number_format(round(size, digits), digits)} {units[0]}"


def duration(seconds: float | None) -> str:
    """Seconds, or milliseconds below one."""
    if seconds is None:
        return UNKNOWN
    if seconds < MILLISECONDS_UNTIL:
        return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "< 1 ms"  # noqa: PLR2004 1 ms
    return f"{number_format(round(seconds, 1), 1)} s"
