"""The one thing that we need from EXIF: how the picture is to be turned before it is shown."""

from __future__ import annotations

import struct

UPRIGHT = 1
ORIENTATION_TAG = 0x0112
SHORT = 3  # TIFF's type of the orientation's value
ENTRY_BYTES = 12
HEADER = b"Exif\0\0"  # comes before the TIFF block in JPEG, and in WebP files of some writers


def orientation(exif: bytes) -> int:
    """Reads the orientation, 1..8, from an EXIF block; whatever cannot be read is upright.

    Only the main directory counts, as in browsers: XMP's copy of the tag and the thumbnail's are
    ignored. Source: TIFF 6.0, section 2 (image file directory) and EXIF 2.32, tag 274.
    """
    tiff = exif.removeprefix(HEADER)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        return _from_directory(tiff, order)
    except struct.error:  # a block that ends too early
        return UPRIGHT


def _from_directory(tiff: bytes, order: str) -> int:
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for index in range(count):
        tag, kind, _, value = struct.unpack_from(
            f"{order}HHIH", tiff, start + 2 + index * ENTRY_BYTES
        )
        if tag == ORIENTATION_TAG and kind == SHORT and UPRIGHT <= value <= 8:  # noqa: PLR2004
            return int(value)
    return UPRIGHT
