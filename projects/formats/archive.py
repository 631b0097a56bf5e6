"""ZIP archives written so that the same members give the same bytes."""

from __future__ import annotations

import hashlib
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can hold; the same in every export
_FILE_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_TEXT_LEVEL = 1  # run lengths hardly shrink further, and level 6 takes four times as long
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """What was written under a name."""

    size: int
    sha256: str


class ZipWriter:
    """Writes members one after the other; same members in the same order, same bytes.

    Args:
        path: The file to write; it is replaced.
    """

    def __init__(self, path: Path) -> None:
        self.members: dict[str, Member] = {}
        self._folder = path.parent
        self._zip = zipfile.ZipFile(path, "w", allowZip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def add(self, name: str, data: bytes, *, compress: bool = True) -> None:
        """Write a whole member; ``compress=False`` for what is compressed already."""
        with self.member(name, compress=compress) as out:
            out.write(data)

    def copy(self, name: str, source: IO[bytes]) -> None:
        """Stream a member from ``source`` as it is."""
        with self.member(name, compress=False) as out:
            shutil.copyfileobj(source, out, _BLOCK)

    @contextmanager
    def member(self, name: str, *, compress: bool = True) -> Iterator[MemberWriter]:
        """Open a member for writing; one at a time."""
        if name in self.members:
            raise ValueError(f"{name} is in the archive already")
        with self._zip.open(_entry(name, compress=compress), "w", force_zip64=True) as raw:
            out = MemberWriter(raw)
            yield out
        self.members[name] = out.member()

    def spool(self) -> IO[bytes]:
        """Open a nameless temporary file beside the archive, for members written side by side."""
        return tempfile.TemporaryFile(dir=self._folder)


class MemberWriter:
    """A member being written, and its hash."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        """Append to the member."""
        self._hash.update(data)
        self._size += len(data)
        return self._raw.write(data)

    def member(self) -> Member:
        """Say what was written so far."""
        return Member(self._size, self._hash.hexdigest())


def append(path: Path, name: str, data: bytes) -> None:
    """Add a last member to a finished archive."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(_entry(name, compress=True), data)


def _entry(name: str, *, compress: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = _UNIX
    entry.external_attr = _FILE_MODE
    entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    # ZipFile.open takes the level of a prepared entry from here alone.
    entry._compresslevel = _TEXT_LEVEL  # type: ignore[attr-defined]  # noqa: SLF001
    return entry
