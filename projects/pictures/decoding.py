"""Opens pictures with Pillow and brings every pixel mode to plain RGB by one set of rules.

Rules of colour: alpha and transparent palette entries lie over white; 16-bit values are divided
by 257 (0..65535 becomes 0..255, never stretched); CMYK goes through Pillow's plain conversion;
gray becomes three equal channels. ICC profiles are not applied.
"""

from __future__ import annotations

import hashlib
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from projects.pictures.types import MOST_PIXELS, BadPicture, Limits, TooManyPixels

FORMATS = ("JPEG", "PNG", "WEBP")  # the parsers that are ever let near an upload
# Ours decide, by the header; Pillow's own ceiling would make them meaningless above 179 megapixels.
# It refuses beyond twice its number.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
WHITE = (255, 255, 255)
DEEP_GRAY = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})
DEEP_TO_BYTE = 1 / 257
STRIP_ROWS = 256  # how much of a picture is copied at once
# What Pillow's parsers raise on bytes that are no picture; found by mutating pictures.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)

# What people send by mistake, told apart by first bytes so that the refusal can name it.
KNOWN_STRANGERS = (
    (b"GIF8", "a GIF"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"BM", "a BMP"),
    (b"%PDF", "a PDF"),
    (b"%!PS", "a PostScript"),
    (b"8BPS", "a Photoshop"),
    (b"SIMPLE  =", "a FITS"),
    (b"\0\0\1\0", "an icon"),
    (b"<svg", "an SVG"),
    (b"<?xml", "an XML"),
    (b"<!DOCTYPE", "an HTML"),
    (b"<html", "an HTML"),
    (b"PK\3\4", "a zip"),
)


@contextmanager
def opened(source: Path | IO[bytes], limits: Limits) -> Iterator[Image.Image]:
    """A picture with its header read, checked against the limits before any pixel is decoded.

    Raises:
        BadPicture: If it is no JPEG, PNG or WebP, or its header is damaged.
        TooManyPixels: If it claims more than the limits allow.
    """
    with refusing_damage(), warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limits decide
        try:
            picture = Image.open(source, formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise TooManyPixels(
                f"The picture claims more than {MOST_PIXELS:,} pixels; "
                f"at most {limits.max_pixels:,} are accepted.",
                max_pixels=limits.max_pixels,
            ) from error
    with picture:
        limits.check_size((picture.height, picture.width))
        yield picture


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Turns what Pillow raises on damaged bytes into a refusal that says what was wrong.

    Raises:
        BadPicture: Instead of the decoder's own error.
    """
    try:
        yield
    except UnidentifiedImageError as error:
        raise BadPicture("This is not a JPEG, PNG or WebP picture.") from error
    except DECODER_ERRORS as error:
        raise BadPicture(f"The picture is damaged: {error}") from error


def name_of_stranger(head: bytes) -> str:
    """What a file of some other kind is, by its first bytes: ``a TIFF``; empty if unknown."""
    if head[4:8] == b"ftyp":
        return "a HEIC, AVIF or video"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((name for magic, name in KNOWN_STRANGERS if text.startswith(magic)), "")


def to_rgb(picture: Image.Image) -> Image.Image:
    """The picture in mode ``RGB``, by the rules at the head of this module."""
    if picture.mode in DEEP_GRAY:
        return picture.point(lambda value: value * DEEP_TO_BYTE + 0).convert("L").convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (*WHITE, 255))
        ground.alpha_composite(layer)
        return ground.convert("RGB")
    return picture.convert("RGB")


def fingerprint(picture: Image.Image) -> str:
    """Hex digest of everything that decides a decoded picture's pixels.

    Two files with the same fingerprint decode to the same mode, size, palette, transparency and
    values.
    """
    palette = picture.palette.getdata() if picture.palette else None
    facts = (picture.mode, picture.size, palette, picture.info.get("transparency"))
    digest = hashlib.sha256(repr(facts).encode())
    for top in range(0, picture.height, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, picture.height)
        digest.update(picture.crop((0, top, picture.width, bottom)).tobytes())
    return digest.hexdigest()
