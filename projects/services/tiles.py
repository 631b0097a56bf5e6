"""Deep-zoom pyramids of large images, made when first asked for and kept among the caches."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from projects.errors import InvalidInput, Unavailable
from projects.models import Image
from projects.pictures.files import make_folder
from projects.pictures.tiles import Pyramid, read_tile
from projects.services import decoders
from projects.storage import blob_path, cache_path, check_room

ROOM_PER_PIXEL = 1.5  # bytes; tiles of noise at this quality, with all smaller levels
RETRY_SECONDS = 2


def pyramid_of(image: Image) -> Pyramid | None:
    """How the image is cut into tiles; None if it is small enough to be shown in one piece."""
    height, width = image.size_hw
    return Pyramid((height, width)) if height * width > settings.TILES_ABOVE_PIXELS else None


def tile_of(*, image: Image, level: int, row: int, column: int) -> bytes:
    """One tile as JPEG. The first call for an image makes all of them.

    Raises:
        InvalidInput: The image has no such tile, or no tiles at all.
        NotFound: Its file is missing.
        Unavailable: Another request is making them; to be asked again soon.
        InsufficientStorage: The disk has no room beside its reserve.
    """
    pyramid = pyramid_of(image)
    if pyramid is None:
        raise InvalidInput("This image is shown in one piece; it has no tiles.", "no_such_tile")
    place = pyramid.place(level, row, column)
    if place is None:
        raise InvalidInput(
            f"There is no tile {level}/{row}/{column}; the image has {pyramid.levels} levels.",
            "no_such_tile",
        )
    path = cache_path("tiles", image.sha256[:2], f"{image.sha256}.tiles")
    if not path.exists():
        with _only_maker(path):
            if not path.exists():
                _make(image, path)
    return read_tile(path, place)


def _make(image: Image, path: Path) -> None:
    height, width = image.size_hw
    check_room(int(height * width * ROOM_PER_PIXEL))
    decoders.pool().tiles(blob_path(image.sha256), path)


@contextmanager
def _only_maker(path: Path) -> Iterator[None]:
    """Nobody else makes this pyramid meanwhile, in whatever process of this machine.

    Raises:
        Unavailable: Somebody does already.
    """
    make_folder(path.parent)
    lock = path.with_suffix(".lock")
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unavailable(
                "The tiles of this image are being made; ask again soon.",
                "tiles_in_the_making",
                retry_after=RETRY_SECONDS,
            ) from error
        yield
    finally:
        os.close(handle)
        with suppress(FileNotFoundError):
            if path.exists():
                lock.unlink()
