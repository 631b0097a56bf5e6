"""What the rooms around pictures pass to each other: limits, the result of an ingest, refusals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from projects.errors import InvalidInput, TooLarge

MEGABYTE = 1 << 20
MOST_PIXELS = 1_000_000_000  # that any setting may allow: 31,623 on a side, 4 GB decoded


class BadPicture(InvalidInput):
    """The bytes are not a whole JPEG, PNG or WebP picture that can be decoded safely."""

    default_code = "bad_picture"


class TooManyPixels(TooLarge):
    """The picture is larger than the limits allow."""

    default_code = "too_many_pixels"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an uploaded picture may be.

    Args:
        max_bytes: Size of the file.
        max_pixels: Width times height; at most MOST_PIXELS.
        max_side: The longer side; the default is the largest canvas that browsers draw.
    """

    max_bytes: int = 64 * MEGABYTE
    max_pixels: int = 100_000_000
    max_side: int = 32_767

    def __post_init__(self) -> None:
        if self.max_pixels > MOST_PIXELS:
            raise ValueError(f"max_pixels is {self.max_pixels}; at most {MOST_PIXELS} can be read")

    def check_size(self, size_hw: tuple[int, int]) -> None:
        """Refuses a picture by the size that its header claims.

        Raises:
            TooManyPixels: If a side or the area passes its limit.
        """
        height, width = size_hw
        if height * width > self.max_pixels or max(height, width) > self.max_side:
            raise TooManyPixels(
                f"The picture is {width} x {height} pixels; at most {self.max_pixels:,} pixels "
                f"and {self.max_side:,} on a side are accepted.",
                width=width,
                height=height,
                max_pixels=self.max_pixels,
                max_side=self.max_side,
            )


@dataclass(frozen=True, slots=True)
class Ingested:
    """A picture as it is stored.

    Args:
        mime: Media type of the stored file.
        format: ``JPEG``, ``PNG`` or ``WEBP``, of the stored file.
        mode: Pillow's pixel mode of the stored file (``RGB``, ``L``, ``I;16``, ``CMYK``, ...).
        size_hw: Height and width as displayed; every mask has this size.
        orientation: What the upload's EXIF said, 1..8.
        turned: Whether the pixels were turned upright and written anew as PNG.
        upload_sha256: Hex digest of the upload's bytes.
        sha256: Hex digest of the stored file's bytes.
        stored_path: A temporary file, synced to disk, for the caller to move or remove.
        size_bytes: Size of the stored file.
        removed_bytes: How many bytes of metadata and trailers the upload had beyond the stored
            file; 0 if turned.
    """

    mime: str
    format: str
    mode: str
    size_hw: tuple[int, int]
    orientation: int
    turned: bool
    upload_sha256: str
    sha256: str
    stored_path: Path
    size_bytes: int
    removed_bytes: int


@dataclass(frozen=True, slots=True)
class Overlay:
    """A mask to be painted over a preview.

    Args:
        runs: Lengths of runs down the columns, the first counts zeros; their sum is the
            picture's number of pixels.
        color_rgb: 0..255 each.
        filled: Whether the inside is painted too, not only the edge.
    """

    runs: tuple[int, ...]
    color_rgb: tuple[int, int, int]
    filled: bool = True
