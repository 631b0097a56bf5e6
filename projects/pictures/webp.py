"""WebP files as rows of RIFF chunks: keeps what decides pixels and colours, drops the rest."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from projects.pictures.types import BadPicture

HEADER_BYTES = 12  # "RIFF", the size of what follows, "WEBP"
CHUNK_HEADER_BYTES = 8
EXTENDED = b"VP8X"
KEPT = frozenset({b"VP8 ", b"VP8L", EXTENDED, b"ALPH", b"ICCP"})
EXIF_FLAG, XMP_FLAG, ANIMATION_FLAG = 0x08, 0x04, 0x02  # bits of VP8X's first byte


def strip(data: bytes) -> bytes:
    """The same coded pixels without EXIF, XMP, unknown chunks and trailers.

    Source: WebP container specification (RFC 9649, section 2.7).

    Raises:
        BadPicture: If the file ends before its last chunk.
    """
    parts = []
    for kind, payload in chunks(data):
        if kind not in KEPT:
            continue
        kept = _without_metadata_flags(payload) if kind == EXTENDED else payload
        parts.append(kind + struct.pack("<I", len(kept)) + kept + b"\0" * (len(kept) % 2))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks' kinds and payloads, up to the size that the header claims.

    Raises:
        BadPicture: If the file is shorter than that, or a chunk reaches beyond it.
    """
    end = CHUNK_HEADER_BYTES + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise BadPicture(f"The WebP file has {len(data)} of {end} bytes; it was cut off.")
    position = HEADER_BYTES
    while position + CHUNK_HEADER_BYTES <= end:
        kind, length = struct.unpack_from("<4sI", data, position)
        start = position + CHUNK_HEADER_BYTES
        if start + length > end:
            raise BadPicture(f"A WebP chunk ({kind!r}) reaches beyond the end of the file.")
        yield kind, data[start : start + length]
        position = start + length + length % 2


def exif(data: bytes) -> bytes:
    """The EXIF block, or nothing."""
    return next((payload for kind, payload in chunks(data) if kind == b"EXIF"), b"")


def is_animated(data: bytes) -> bool:
    """Whether the file is an animation, even one of a single frame."""
    return any(
        kind == EXTENDED and bool(payload[:1]) and bool(payload[0] & ANIMATION_FLAG)
        for kind, payload in chunks(data)
    )


def _without_metadata_flags(payload: bytes) -> bytes:
    return bytes([payload[0] & ~(EXIF_FLAG | XMP_FLAG)]) + payload[1:] if payload else payload
