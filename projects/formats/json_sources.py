"""The JSON files of an upload: the file itself, or those inside a ZIP archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from projects.formats.archive_reader import BadArchive, Limits, ZipReader

# What our own exports tell about themselves is no dataset.
_ABOUT = frozenset(["manifest.json", "verification.json"])
_ZIP_MAGIC = b"PK"


@dataclass(frozen=True, slots=True)
class Source:
    """A JSON file: its name in the archive (or nothing), and how to open it from its beginning."""

    name: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]


def sources(path: Path, limits: Limits | None = None) -> list[Source]:
    """Find the JSON files of an upload.

    Args:
        path: The uploaded file; its content decides what it is, not its name.
        limits: For archives.

    Raises:
        BadArchive: An unsafe or damaged archive, or one without a JSON file.
    """
    with path.open("rb") as stream:
        is_archive = stream.read(len(_ZIP_MAGIC)) == _ZIP_MAGIC
    if not is_archive:
        return [Source("", lambda: path.open("rb"))]
    with ZipReader(path, limits) as archive:
        names = [
            name
            for name in archive.names()
            if name.lower().endswith(".json") and _file_name(name) not in _ABOUT
        ]
    # COCO's own archives hold captions and keypoints of the same images beside the instances.
    names = [each for each in names if _file_name(each).startswith("instances")] or names
    if not names:
        raise BadArchive("the archive holds no JSON file", code="no_json")
    return [Source(name, partial(_opened, path, limits, name)) for name in names]


def _file_name(name: str) -> str:
    return name.rpartition("/")[2]


@contextmanager
def _opened(path: Path, limits: Limits | None, name: str) -> Iterator[IO[bytes]]:
    with ZipReader(path, limits) as archive, archive.open(name) as stream:
        yield stream
