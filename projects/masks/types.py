"""The one stored form of a mask, and the error for what cannot be one."""

from __future__ import annotations

from dataclasses import dataclass

from projects.errors import InvalidInput


class InvalidMask(InvalidInput):
    """The segmentation is malformed, or does not fit its image."""

    default_code = "invalid_mask"


@dataclass(frozen=True, slots=True)
class Rle:
    """A binary mask as COCO compressed run lengths.

    Made only by ``projects.masks.rle`` and ``projects.masks.polygon``, which check what they are
    given; whoever holds one may hand it to C code.

    Attributes:
        size_hw: Height and width in pixels.
        counts: COCO's ASCII string, canonical: no empty run except a leading one, so that equal
            masks have equal strings.
    """

    size_hw: tuple[int, int]
    counts: str
