"""PNG files as rows of chunks: keeps what decides pixels and colours, drops the rest."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from projects.pictures.types import BadPicture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = b"IEND"
ANIMATION = b"acTL"
PIXELS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"tRNS", END})
# Chunks that say how numbers become colours, or how large a pixel is in the world, with the
# lengths that they may have; anything longer carries something else.
COLOURS: dict[bytes, range] = {
    b"gAMA": range(4, 5),
    b"cHRM": range(32, 33),
    b"sRGB": range(1, 2),
    b"sBIT": range(1, 5),
    b"cICP": range(4, 5),
    b"mDCV": range(24, 25),
    b"cLLI": range(8, 9),
    b"iCCP": range(4, 1 << 24),
}
SCALE = b"pHYs"
SCALE_BYTES = 9


def strip(data: bytes) -> bytes:
    """The same coded pixels without texts, EXIF, times, private chunks and trailers.

    Source: PNG specification, third edition, section 11.

    Raises:
        BadPicture: If the file ends before IEND or a kept chunk's checksum is wrong.
    """
    parts = [SIGNATURE]
    for kind, payload in chunks(data):
        if _is_kept(kind, payload):
            body = kind + payload
            parts.append(
                struct.pack(">I", len(payload)) + body + struct.pack(">I", zlib.crc32(body))
            )
    return b"".join(parts)


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks' kinds and payloads up to and with IEND.

    Raises:
        BadPicture: If the file ends before IEND or a checksum is wrong.
    """
    position = len(SIGNATURE)
    kind = b""
    while kind != END:
        length, kind = struct.unpack(">I4s", _slice(data, position, 8))
        body = _slice(data, position + 4, 4 + length)
        (checksum,) = struct.unpack(">I", _slice(data, position + 8 + length, 4))
        if checksum != zlib.crc32(body):
            raise BadPicture(
                f"The checksum of a PNG chunk ({kind!r}) is wrong; the file is damaged."
            )
        yield kind, body[4:]
        position += 12 + length


def colour_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """What says how numbers become colours, apart from the ICC profile, for a turned copy."""
    return [
        (kind, payload)
        for kind, payload in chunks(data)
        if kind != b"iCCP" and len(payload) in COLOURS.get(kind, ())
    ]


def exif(data: bytes) -> bytes:
    """The EXIF block, or nothing."""
    return next((payload for kind, payload in chunks(data) if kind == b"eXIf"), b"")


def is_animated(data: bytes) -> bool:
    """Whether the file holds more than one frame (APNG)."""
    return any(kind == ANIMATION and payload[:4] > b"\0\0\0\1" for kind, payload in chunks(data))


def _is_kept(kind: bytes, payload: bytes) -> bool:
    if kind == SCALE:
        return len(payload) == SCALE_BYTES
    return kind in PIXELS or len(payload) in COLOURS.get(kind, ())


def _slice(data: bytes, start: int, length: int) -> bytes:
    if start + length > len(data):
        raise BadPicture("The PNG file ends before its last chunk; it was cut off.")
    return data[start : start + length]
