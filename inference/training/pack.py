"""All annotated pictures in one small zip file, to be carried to a machine that can fetch nothing.

The layout inside is that of the folder (``index.csv``, pictures, id maps), splits included, so the
same reader serves both. Maps are kept exactly; pictures become WebP, at a lower quality if needed.
"""

from __future__ import annotations

import argparse
import csv
import io
import logging
import zipfile
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from inference.training.library import (
    INDEX_NAME,
    FileLibrary,
    decode_ids,
    decode_image,
)
from projects.errors import InvalidInput

logger = logging.getLogger(__name__)

MAX_MIB = 48  # leaves a quarter of the 64 MiB that travel for the repository itself
MAX_SIDE = 432
QUALITIES = (88, 80, 70, 60)
PROBED = 64  # pictures tried to foresee the size of all
FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is packed


def pack(data: Path, out: Path, max_bytes: int = MAX_MIB << 20) -> int:
    """Pack a library and return the size in bytes.

    Raises:
        InvalidInput: if it does not fit even at the lowest quality; nothing is left behind.
        NotFound: if the library is incomplete.
    """
    library = FileLibrary(data, cache_bytes=0)
    temporary = out.with_suffix(".part")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        for quality in _qualities(library, max_bytes):
            _write(library, temporary, quality)
            size = temporary.stat().st_size
            if size <= max_bytes:
                temporary.replace(out)
                return size
        raise InvalidInput(f"{data} does not fit into {max_bytes} bytes, {size} are the least")
    finally:
        temporary.unlink(missing_ok=True)


def _qualities(library: FileLibrary, max_bytes: int) -> tuple[int, ...]:
    """Leave out qualities that a sample says will not fit; the last one is always tried."""
    pictures = library.pictures
    probed = pictures[:: max(1, len(pictures) // PROBED)]
    maps = sum(len(library.read(name)) for p in probed for _, name in p.maps)
    for place, quality in enumerate(QUALITIES[:-1]):
        seen = sum(len(_picture(library.read(p.image), p.image, quality)) for p in probed)
        if (seen + maps) * len(pictures) <= max_bytes * len(probed):
            return QUALITIES[place:]
    return QUALITIES[-1:]


def _write(library: FileLibrary, path: Path, quality: int) -> None:
    rows = list(csv.DictReader(io.StringIO(library.read(INDEX_NAME).decode("utf-8"))))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for picture in library.pictures:
            data = _picture(library.read(picture.image), picture.image, quality)
            _add(archive, _webp_name(picture.image), data)
            for _, name in picture.maps:
                _add(archive, name, _map(library.read(name), name))
        index = io.StringIO()
        writer = csv.DictWriter(index, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "image": _webp_name(row["image"])} for row in rows)
        _add(archive, INDEX_NAME, index.getvalue().encode("utf-8"))


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    how = zipfile.ZIP_DEFLATED if name == INDEX_NAME else zipfile.ZIP_STORED
    archive.writestr(zipfile.ZipInfo(name, FIRST_MOMENT), data, how)


def _picture(data: bytes, name: str, quality: int) -> bytes:
    rgb = decode_image(data, name)
    bgr = cv2.cvtColor(_shrunk(rgb, cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, quality])
    return encoded.tobytes()


def _map(data: bytes, name: str) -> bytes:
    ids = decode_ids(data, name)
    shrunk = _shrunk(ids.astype(np.uint16), cv2.INTER_NEAREST)
    narrow = shrunk.astype(np.uint8) if shrunk.max() <= np.iinfo(np.uint8).max else shrunk
    _, encoded = cv2.imencode(".png", narrow, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return encoded.tobytes()


def _shrunk(pixels: cv2.typing.MatLike, how: int) -> cv2.typing.MatLike:
    scale = MAX_SIDE / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return cv2.resize(pixels, size, interpolation=how)


def _webp_name(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(".webp"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line of ``pack``."""
    parser.set_defaults(run=_run)
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    parser.add_argument("--out", type=Path, required=True, help="the zip file")
    parser.add_argument("--max-mib", type=int, default=MAX_MIB)


def _run(options: argparse.Namespace) -> None:
    size = pack(options.data, options.out, options.max_mib << 20)
    logger.info("%s: %.1f MiB", options.out, size / (1 << 20))
