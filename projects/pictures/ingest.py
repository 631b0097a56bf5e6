"""Takes an upload in: decides what it is by decoding it, and stores it without what is no picture.

Upright pictures keep their coded pixels bit for bit; only metadata and trailers go. Pictures that
EXIF wants turned are turned once and written as PNG. Outcomes of unusual kinds: animations are
refused; palettes, alpha, gray of 16 bits and CMYK are stored as they came; a turned CMYK picture
becomes RGB, and a turned PNG of 16 bits a colour channel keeps 8, since Pillow reads no more.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from projects.errors import TooLarge
from projects.pictures import exif, jpeg, png, webp
from projects.pictures.decoding import fingerprint, name_of_stranger, opened, refusing_damage
from projects.pictures.files import write_temporary
from projects.pictures.frames import Message
from projects.pictures.types import BadPicture, Ingested, Limits

MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
STRIPPERS: dict[str, Callable[[bytes], bytes]] = {
    "JPEG": jpeg.strip,
    "PNG": png.strip,
    "WEBP": webp.strip,
}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
HEAD_BYTES = 512  # enough to name a stranger behind blanks and comments
TURNED_COMPRESSION = 1  # of 9; more costs seconds on large photographs and saves a tenth


@dataclass(frozen=True, slots=True)
class _Clean:
    """A picture's bytes as they will be stored, and what was learnt on the way."""

    data: bytes
    format: str
    mode: str
    size_wh: tuple[int, int]
    orientation: int


@dataclass(frozen=True, slots=True)
class _Upright:
    """What must be the same after cleaning."""

    format: str
    mode: str
    size_wh: tuple[int, int]
    fingerprint: str


def ingest(source: Path, folder: Path, limits: Limits) -> Ingested:
    """Checks an upload by decoding all of it and writes its clean form into ``folder``.

    Args:
        source: The upload; its name means nothing.
        folder: Where the temporary result goes; on the file system of its final place.
        limits: How large it may be.

    Raises:
        BadPicture: If it is no whole JPEG, PNG or WebP picture, or animated.
        TooManyPixels: If it has, or claims, more pixels than allowed.
        TooLarge: If the file has more bytes than allowed.
    """
    upload = _read(source, limits)
    clean = _clean(upload, limits)
    turned = clean.orientation != exif.UPRIGHT
    return Ingested(
        mime=MIMES[clean.format],
        format=clean.format,
        mode=clean.mode,
        size_hw=(clean.size_wh[1], clean.size_wh[0]),
        orientation=clean.orientation,
        turned=turned,
        upload_sha256=hashlib.sha256(upload).hexdigest(),
        sha256=hashlib.sha256(clean.data).hexdigest(),
        stored_path=write_temporary(folder, [clean.data]),
        size_bytes=len(clean.data),
        removed_bytes=0 if turned else len(upload) - len(clean.data),
    )


def answer(request: Message) -> Message:
    """Answers a decoding child's request ``{source, folder, limits}``."""
    stored = ingest(Path(request["source"]), Path(request["folder"]), Limits(**request["limits"]))
    return asdict(stored) | {"stored_path": str(stored.stored_path)}


def _read(source: Path, limits: Limits) -> bytes:
    with source.open("rb") as file:
        upload = file.read(limits.max_bytes + 1)
    if len(upload) > limits.max_bytes:
        raise TooLarge(
            f"The file has more than {limits.max_bytes:,} bytes.", max_bytes=limits.max_bytes
        )
    if not upload:
        raise BadPicture("The file is empty.")
    stranger = name_of_stranger(upload[:HEAD_BYTES])
    if stranger:
        raise BadPicture(f"This is {stranger} file; JPEG, PNG and WebP are accepted.")
    return upload


def _clean(upload: bytes, limits: Limits) -> _Clean:
    look = _look(upload, limits)
    if isinstance(look, _Clean):
        return look
    data = STRIPPERS[look.format](upload)
    with opened(io.BytesIO(data), limits) as again, refusing_damage():
        again.load()
        survived = fingerprint(again) == look.fingerprint
    if not survived:
        raise BadPicture(f"This {look.format} file is built in a way that cleaning would change.")
    return _Clean(data, look.format, look.mode, look.size_wh, exif.UPRIGHT)


def _look(upload: bytes, limits: Limits) -> _Upright | _Clean:
    """Decodes all of an upload; a picture to be turned is turned while it is in memory."""
    with opened(io.BytesIO(upload), limits) as picture:
        # An MPO is a JPEG with further pictures behind its end marker.
        kind = "JPEG" if picture.format == "MPO" else str(picture.format)
        _refuse_animation(kind, upload)
        with refusing_damage():
            picture.load()
        orientation = exif.orientation(_exif_block(kind, upload, picture))
        if orientation != exif.UPRIGHT:
            return _turned(picture, kind, upload, orientation)
        return _Upright(kind, picture.mode, picture.size, fingerprint(picture))


def _refuse_animation(kind: str, upload: bytes) -> None:
    if (kind == "PNG" and png.is_animated(upload)) or (kind == "WEBP" and webp.is_animated(upload)):
        raise BadPicture("This is an animation; upload its frames as single pictures.", "animated")


def _exif_block(kind: str, upload: bytes, picture: Image.Image) -> bytes:
    if kind == "PNG":
        return png.exif(upload)
    if kind == "WEBP":
        return webp.exif(upload)
    block = picture.info.get("exif", b"")
    return block if isinstance(block, bytes) else b""


def _turned(picture: Image.Image, kind: str, upload: bytes, orientation: int) -> _Clean:
    """The picture upright, as PNG; keeps its ICC profile, transparency and colour chunks."""
    upright = picture.transpose(TURNS[orientation])
    profile = picture.info.get("icc_profile")
    if upright.mode == "CMYK":
        upright, profile = upright.convert("RGB"), None
    transparency = picture.info.get("transparency")
    upright.info = {} if transparency is None else {"transparency": transparency}
    colours = PngInfo()
    for name, payload in png.colour_chunks(upload) if kind == "PNG" else []:
        colours.add(name, payload)
    target = io.BytesIO()
    upright.save(
        target, "PNG", pnginfo=colours, icc_profile=profile, compress_level=TURNED_COMPRESSION
    )
    return _Clean(target.getvalue(), "PNG", upright.mode, upright.size, orientation)
