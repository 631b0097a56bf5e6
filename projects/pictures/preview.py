"""Small re-encoded copies for lists: what a browser shows is never an upload's own bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from projects.pictures.decoding import DEEP_GRAY, opened, refusing_damage, to_rgb
from projects.pictures.files import write_atomically
from projects.pictures.frames import Message
from projects.pictures.types import MOST_PIXELS, Limits

MIME = "image/jpeg"
QUALITY = 85
REDUCING_GAP = 2.0  # how much larger than asked the cheap first reduction stays
STORED = Limits(max_pixels=MOST_PIXELS, max_side=MOST_PIXELS)  # checked when they came in

Painter = Callable[[Image.Image, tuple[int, int]], Image.Image]


def write_preview(source: Path, target: Path, size: int, paint: Painter | None = None) -> None:
    """Writes a JPEG that fits into ``size`` x ``size`` pixels; small pictures keep their size.

    Args:
        source: A stored picture, upright.
        target: Where the JPEG goes, in one step.
        size: Longest side in pixels.
        paint: Gets the small RGB picture and the stored one's (height, width), gives the picture
            to write.

    Raises:
        BadPicture: If the stored file cannot be decoded.
    """
    with opened(source, STORED) as picture:
        size_hw = (picture.height, picture.width)
        profile = picture.info.get("icc_profile")
        with refusing_damage():
            small = _small(picture, size)
    if paint:
        small = paint(small, size_hw)
    encoded = io.BytesIO()
    is_rgb = isinstance(profile, bytes) and profile[16:20] == b"RGB "
    small.save(encoded, "JPEG", quality=QUALITY, icc_profile=profile if is_rgb else None)
    write_atomically(target, [encoded.getvalue()])


def answer(request: Message) -> Message:
    """Answers a decoding child's request ``{source, target, size}``."""
    write_preview(Path(request["source"]), Path(request["target"]), int(request["size"]))
    return {}


def _small(picture: Image.Image, size: int) -> Image.Image:
    """The picture reduced before it is converted, where its mode allows to mix its values."""
    if picture.mode in DEEP_GRAY:
        picture = to_rgb(picture)
    elif picture.mode in {"1", "P", "PA"}:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((size, size), Image.Resampling.LANCZOS, REDUCING_GAP)
    return to_rgb(picture)
