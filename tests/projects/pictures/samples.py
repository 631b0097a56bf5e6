"""Pictures made for tests: small, with known pixels, and with whatever hides in real files."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

from projects.pictures.ingest import TURNS

ORIENTATION = 0x0112
GPS = 0x8825
SCRIPT = b"<script>alert(1)</script>"


def picture(size_wh: tuple[int, int] = (48, 32), mode: str = "RGB") -> Image.Image:
    """Smooth gradients with one bright corner, so that a turn or a flip shows."""
    width, height = size_wh
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([x * 200 / width, y * 200 / height, (x + y) % 64], axis=-1).astype(np.uint8)
    rgb[: height // 4 + 1, : width // 4 + 1] = 255
    return Image.fromarray(rgb).convert(mode)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def deep_gray(size_wh: tuple[int, int] = (40, 30)) -> Image.Image:
    """16-bit gray rising from 0 to 65535."""
    width, height = size_wh
    values = np.linspace(0, 65535, width * height).reshape(height, width)
    return Image.fromarray(values.astype(np.uint16))


def see_through(size_wh: tuple[int, int] = (40, 30)) -> Image.Image:
    """Red, transparent in its left half."""
    image = Image.new("RGBA", size_wh, (255, 0, 0, 255))
    image.paste((255, 0, 0, 0), (0, 0, size_wh[0] // 2, size_wh[1]))
    return image


def exif_block(orientation: int = 1, *, with_gps: bool = False) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    if with_gps:
        exif[GPS] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    return exif.tobytes()


def laid_down(upright: Image.Image, orientation: int) -> Image.Image:
    """The pixels as a camera stores them, so that ``orientation`` brings them upright."""
    if orientation == 1:
        return upright
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    return upright.transpose(TURNS[inverse])


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def in_jpeg(data: bytes, extra: bytes) -> bytes:
    """A JPEG with segments right behind its start marker."""
    return data[:2] + extra + data[2:]


def chunk(kind: bytes, payload: bytes) -> bytes:
    body = kind + payload
    return struct.pack(">I", len(payload)) + body + struct.pack(">I", zlib.crc32(body))


def in_png(data: bytes, extra: bytes) -> bytes:
    """A PNG with chunks right behind its header."""
    return data[:33] + extra + data[33:]


def claiming_png(width: int, height: int) -> bytes:
    """A PNG that claims a size and has no pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IEND", b"")


def in_webp(data: bytes, extra: bytes) -> bytes:
    """A WebP with chunks behind its own."""
    body = data[8:] + extra
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pixels(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode, image.size, image.tobytes()
