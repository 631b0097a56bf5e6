"""Annotated pictures on disk or in memory: RGB pictures and maps of instance ids beside them.

An id map is int16, HxW: 0 is background or unknown, 1..n are instances. A picture may have several
maps, one a level: ``object`` (whole things), ``part`` (of them), ``region`` (all of the image).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from projects.errors import InvalidInput, NotFound

ImageRgb: TypeAlias = npt.NDArray[np.uint8]
IdMap: TypeAlias = npt.NDArray[np.int16]

LEVELS = ("object", "part", "region")
INDEX_NAME = "index.csv"
CACHE_BYTES = 1 << 30  # decoded pictures kept by one process: about half of the data set


@dataclass(frozen=True, slots=True)
class Picture:
    """A row of the index, or several that share a picture.

    Attributes:
        source: Which collection it comes from.
        split: "train", "val" or "test".
        image: File name inside the library.
        maps: (level, file name) of each id map.
    """

    source: str
    split: str
    image: str
    maps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Decoded:
    """Pixels of one picture.

    Attributes:
        rgb: uint8, HxWx3.
        maps: One id map (int16, HxW) a level, in the order of ``Picture.maps``.
        levels: Index into ``LEVELS`` of each map.
    """

    rgb: ImageRgb
    maps: tuple[IdMap, ...]
    levels: tuple[int, ...]


class Library(Protocol):
    """Pictures by number; what is decoded may be shared, so nobody writes into it."""

    @property
    def pictures(self) -> Sequence[Picture]:
        """All pictures, in a fixed order."""
        ...

    def decode(self, number: int) -> Decoded:
        """Return the pixels of a picture."""
        ...


class MemoryLibrary:
    """Pictures that are decoded already: a project's own corrections, or a test's."""

    def __init__(self, entries: Iterable[tuple[Picture, Decoded]]) -> None:
        kept = list(entries)
        self.pictures: Sequence[Picture] = [picture for picture, _ in kept]
        self._decoded = [decoded for _, decoded in kept]

    def decode(self, number: int) -> Decoded:
        """Return the pixels of a picture."""
        return self._decoded[number]


class FileLibrary:
    """A folder with ``index.csv``, or the same packed into one zip file; decodes on demand.

    What is decoded is kept until ``cache_bytes`` are full; pictures are drawn at random, so that
    throwing out the oldest would help nobody. It travels to worker processes without its cache.

    Raises:
        NotFound: if there is no index.
        InvalidInput: if a row of the index is malformed.
    """

    def __init__(self, path: Path, cache_bytes: int = CACHE_BYTES) -> None:
        self._path = path
        self._cache_bytes = cache_bytes
        self._archive: zipfile.ZipFile | None = None
        self._cache: dict[int, Decoded] = {}
        self._cached_bytes = 0
        self.pictures: Sequence[Picture] = _read_index(self.read(INDEX_NAME))

    def __reduce__(self) -> tuple[type[FileLibrary], tuple[Path, int]]:
        return FileLibrary, (self._path, self._cache_bytes)

    def read(self, name: str) -> bytes:
        """Return the bytes of a file of the library.

        Raises:
            NotFound: naming it.
        """
        try:
            if self._path.is_dir():
                return (self._path / name).read_bytes()
            if self._archive is None:
                self._archive = zipfile.ZipFile(self._path)
            return self._archive.read(name)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise NotFound(f"{self._path} holds no {name}: {error}", code="no_data") from error

    def decode(self, number: int) -> Decoded:
        """Return the pixels of a picture, from memory if it was decoded before."""
        if number in self._cache:
            return self._cache[number]
        decoded = self._decode(self.pictures[number])
        size = decoded.rgb.nbytes + sum(ids.nbytes for ids in decoded.maps)
        if self._cached_bytes + size <= self._cache_bytes:
            self._cache[number] = decoded
            self._cached_bytes += size
        return decoded

    def _decode(self, picture: Picture) -> Decoded:
        rgb = decode_image(self.read(picture.image), picture.image)
        maps = [decode_ids(self.read(name), name) for _, name in picture.maps]
        for (_, name), ids in zip(picture.maps, maps, strict=True):
            if ids.shape != rgb.shape[:2]:
                raise InvalidInput(f"{name} is {ids.shape}, its picture is {rgb.shape[:2]}")
        levels = tuple(LEVELS.index(level) for level, _ in picture.maps)
        return Decoded(rgb, tuple(maps), levels)


def decode_image(data: bytes, name: str) -> ImageRgb:
    """Decode a picture to uint8, HxWx3, RGB.

    Raises:
        InvalidInput: if it is not a picture.
    """
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise InvalidInput(f"{name} is not a picture")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def decode_ids(data: bytes, name: str) -> IdMap:
    """Decode an id map, an 8 or 16 bit PNG, to int16, HxW.

    Raises:
        InvalidInput: if it is not one.
    """
    ids = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if ids is None or ids.ndim != 2 or int(ids.max()) > np.iinfo(np.int16).max:  # noqa: PLR2004 HxW
        raise InvalidInput(f"{name} is not a map of instance ids")
    return ids.astype(np.int16)


def chosen_numbers(
    library: Library, splits: Iterable[str], without_sources: Iterable[str] = ()
) -> list[int]:
    """Return the numbers of the pictures of some splits, sources held out left out."""
    wanted, held_out = set(splits), set(without_sources)
    return [
        number
        for number, picture in enumerate(library.pictures)
        if picture.split in wanted and picture.source not in held_out
    ]


def _read_index(data: bytes) -> list[Picture]:
    found: dict[str, Picture] = {}
    for row in csv.DictReader(io.StringIO(data.decode("utf-8"))):
        try:
            entry = Picture(
                row["source"], row["split"], row["image"], ((row["level"], row["mask"]),)
            )
        except KeyError as error:
            raise InvalidInput(f"{INDEX_NAME} lacks the column {error}") from error
        if row["level"] not in LEVELS:
            raise InvalidInput(f"level is one of {', '.join(LEVELS)}, got {row['level']!r}")
        known = found.get(entry.image)
        found[entry.image] = replace(known, maps=known.maps + entry.maps) if known else entry
    return list(found.values())
