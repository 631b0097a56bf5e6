"""Deep-zoom pyramids of large pictures: square tiles of every halving, all in one file.

A picture is decoded once and read in strips of one row of tiles; each level keeps no more than a
strip of its own and hands its halves on, so that beside the decoded picture next to nothing is
held. The file begins with MAGIC and the place of its index, then come the tiles as JPEG, then the
index: an offset and a length for each tile, level by level, row by row.
"""

from __future__ import annotations

import io
import math
import os
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image

from projects.pictures.decoding import opened, refusing_damage, to_rgb
from projects.pictures.files import make_folder, publish
from projects.pictures.frames import Message
from projects.pictures.preview import STORED

TILE = 512  # px; must be even, so that strips halve without a rest
QUALITY = 92
FULL_COLOUR = 0  # no subsampling: people draw along edges of colour
MIME = "image/jpeg"
MAGIC = b"MWTILES1"
HEAD = struct.Struct("<8sQ")
ENTRY = struct.Struct("<QI")


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The levels of a picture, 0 in full size, each other one half of the one before.

    Args:
        size_hw: Height and width of the picture.
    """

    size_hw: tuple[int, int]

    @property
    def levels(self) -> int:
        """How many, down to the one that is a single tile."""
        return 1 + max(0, math.ceil(math.log2(max(self.size_hw) / TILE)))

    def level_hw(self, level: int) -> tuple[int, int]:
        """Height and width of a level in pixels."""
        height, width = self.size_hw
        return -(-height >> level), -(-width >> level)

    def grid(self, level: int) -> tuple[int, int]:
        """Rows and columns of tiles of a level."""
        height, width = self.level_hw(level)
        return -(-height // TILE), -(-width // TILE)

    def place(self, level: int, row: int, column: int) -> int | None:
        """A tile's place in the index; None if there is no such tile."""
        if not 0 <= level < self.levels:
            return None
        rows, columns = self.grid(level)
        if not (0 <= row < rows and 0 <= column < columns):
            return None
        before = sum(math.prod(self.grid(lower)) for lower in range(level))
        return before + row * columns + column

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return sum(math.prod(self.grid(level)) for level in range(self.levels))


def write_pyramid(source: Path, target: Path) -> None:
    """Writes the tiles of a stored picture, in one step: whoever looks sees all or none.

    Raises:
        BadPicture: If the stored file cannot be decoded.
    """
    make_folder(target.parent)
    with opened(source, STORED) as picture, refusing_damage():
        pyramid = Pyramid((picture.height, picture.width))
        handle, name = tempfile.mkstemp(dir=target.parent, prefix="new-")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                _Writer(file, pyramid).write(picture)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    publish(temporary, target)


def answer(request: Message) -> Message:
    """Answers a decoding child's request ``{source, target}``."""
    write_pyramid(Path(request["source"]), Path(request["target"]))
    return {}


def read_tile(path: Path, place: int) -> bytes:
    """The JPEG of one tile.

    Raises:
        ValueError: If the file is no pyramid, or has no tile at that place.
    """
    with path.open("rb") as file:
        magic, index = HEAD.unpack(file.read(HEAD.size))
        if magic != MAGIC:
            raise ValueError(f"{path.name} is no pyramid of tiles: it begins with {magic!r}")
        file.seek(index + place * ENTRY.size)
        offset, length = ENTRY.unpack(file.read(ENTRY.size))
        file.seek(offset)
        return file.read(length)


class _Writer:
    """Tiles on their way into the file, in the order in which the levels fill up."""

    def __init__(self, file: IO[bytes], pyramid: Pyramid) -> None:
        self._file = file
        self._pyramid = pyramid
        self._index = bytearray(pyramid.count * ENTRY.size)
        self._offset = HEAD.size
        self._waiting: list[list[Image.Image]] = [[] for _ in range(pyramid.levels)]
        self._rows = [0] * pyramid.levels

    def write(self, picture: Image.Image) -> None:
        """Writes the whole file."""
        self._file.write(HEAD.pack(MAGIC, 0))
        for top in range(0, picture.height, TILE):
            bottom = min(top + TILE, picture.height)
            self._take(0, to_rgb(picture.crop((0, top, picture.width, bottom))))
        for level in range(self._pyramid.levels):
            self._flush(level)
        self._file.write(self._index)
        self._file.seek(0)
        self._file.write(HEAD.pack(MAGIC, self._offset))

    def _take(self, level: int, strip: Image.Image) -> None:
        waiting = self._waiting[level]
        waiting.append(strip)
        if sum(one.height for one in waiting) >= TILE:
            self._flush(level)

    def _flush(self, level: int) -> None:
        waiting = self._waiting[level]
        if not waiting:
            return
        strip = _stacked(waiting)
        waiting.clear()
        for column, tile in enumerate(_cut(strip)):
            self._put(level, self._rows[level], column, tile)
        self._rows[level] += 1
        if level + 1 < self._pyramid.levels:
            self._take(level + 1, strip.reduce(2))

    def _put(self, level: int, row: int, column: int, tile: Image.Image) -> None:
        encoded = io.BytesIO()
        tile.save(encoded, "JPEG", quality=QUALITY, subsampling=FULL_COLOUR)
        length = self._file.write(encoded.getbuffer())
        place = self._pyramid.place(level, row, column)
        if place is None:
            raise AssertionError(f"a tile too many: {level}/{row}/{column}")
        ENTRY.pack_into(self._index, place * ENTRY.size, self._offset, length)
        self._offset += length


def _stacked(strips: list[Image.Image]) -> Image.Image:
    """Strips of one width, one below the other."""
    if len(strips) == 1:
        return strips[0]
    whole = Image.new("RGB", (strips[0].width, sum(one.height for one in strips)))
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def _cut(strip: Image.Image) -> Iterator[Image.Image]:
    for left in range(0, strip.width, TILE):
        yield strip.crop((left, 0, min(left + TILE, strip.width), strip.height))
