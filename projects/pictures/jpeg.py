"""JPEG files as rows of segments: keeps what decides pixels and colours, drops the rest."""

from __future__ import annotations

import re
import struct

from projects.pictures.types import BadPicture

SOI = b"\xff\xd8"
EOI = 0xD9
SOS = 0xDA
APP0, APP2, APP14 = 0xE0, 0xE2, 0xEE
FRAMES = frozenset(range(0xC0, 0xD0)) - {
    0xC8
}  # SOF0..15 with DHT and DAC among them; C8 is reserved
TABLES = frozenset({0xDB, 0xDC, 0xDD})  # DQT, DNL, DRI
BARE = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})  # stuffing, TEM, RST0..7, SOI: no length follows

JFIF_BYTES = 14  # identifier, version, density and the thumbnail's size
ADOBE_BYTES = 12  # identifier, version, flags and the colour transform

# Within a scan, FF is followed by 00 (stuffing), a restart marker or another FF (fill).
AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def strip(data: bytes) -> bytes:
    """The same coded pixels without EXIF, XMP, comments, thumbnails, further pictures and trailers.

    Kept are the frame, its tables and scans, ICC profiles, and the fixed parts of JFIF and Adobe
    segments, since these decide how numbers become colours. Source: ITU-T T.81, annex B.

    Raises:
        BadPicture: If the file ends before its end marker, or is no row of segments.
    """
    parts = [SOI]
    position = len(SOI)
    while True:
        marker, position = _next_marker(data, position)
        if marker == EOI:
            parts.append(bytes((0xFF, EOI)))
            return b"".join(parts)
        if marker in BARE:
            continue
        payload, position = _payload(data, position)
        kept = _kept(marker, payload)
        if kept is not None:
            parts.append(struct.pack(">BBH", 0xFF, marker, len(kept) + 2) + kept)
        if marker == SOS:
            end = _scan_end(data, position)
            parts.append(data[position:end])
            position = end


def _next_marker(data: bytes, position: int) -> tuple[int, int]:
    """The next marker's code and the position after it; stray bytes before it are skipped."""
    position = data.find(b"\xff", position)
    while 0 <= position < len(data) and data[position] == 0xFF:  # noqa: PLR2004 (FF may repeat)
        position += 1
    if not 0 <= position < len(data):
        raise BadPicture("The JPEG file ends before its end marker; it was cut off.")
    return data[position], position + 1


def _payload(data: bytes, position: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[position : position + 2], "big")
    end = position + length
    if length < 2 or end > len(data):  # noqa: PLR2004 (the length counts its own two bytes)
        raise BadPicture("A JPEG segment reaches beyond the end of the file; it was cut off.")
    return data[position + 2 : end], end


def _kept(marker: int, payload: bytes) -> bytes | None:
    if marker in FRAMES or marker in TABLES or marker == SOS:
        return payload
    if marker == APP0 and payload.startswith(b"JFIF\0") and len(payload) >= JFIF_BYTES:
        return payload[: JFIF_BYTES - 2] + b"\0\0"  # a thumbnail of 0 x 0
    if marker == APP2 and payload.startswith(b"ICC_PROFILE\0"):
        return payload
    if marker == APP14 and payload.startswith(b"Adobe") and len(payload) >= ADOBE_BYTES:
        return payload[:ADOBE_BYTES]
    return None


def _scan_end(data: bytes, position: int) -> int:
    found = AFTER_SCAN.search(data, position)
    if found is None:
        raise BadPicture("The JPEG file ends within a scan; it was cut off.")
    return found.start()
