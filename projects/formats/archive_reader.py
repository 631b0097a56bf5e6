"""ZIP archives from strangers, read as if from an enemy.

Nothing is extracted to a path: members are streams, and their names are only looked up.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from types import TracebackType
from typing import IO, Self

from projects.errors import InvalidInput

_END_BYTES = 22  # the end record without its comment of up to 64 KiB
_END_MAGIC = b"PK\x05\x06"
_END64_BYTES = 56
_END64_MAGIC = b"PK\x06\x06"
_LOCATOR_BYTES = 20
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 1
_ARCHIVE_SUFFIXES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".jar")


class BadArchive(InvalidInput):
    """The archive is damaged, or of a form that is refused for safety."""

    default_code = "bad_archive"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may ask of us."""

    members: int = 250_000
    directory_bytes: int = 64 << 20  # read into memory at once; 250 bytes a member
    total_bytes: int = 64 << 30
    ratio: int = 200  # run lengths as lists reach 30; zeros reach 1000
    ratio_from_bytes: int = 1 << 20  # a small member may shrink as it likes


class ZipReader:
    """An archive that somebody sent: checked before the first member is read.

    Raises:
        BadArchive: Damaged, encrypted, beyond the limits, or with members that no honest export
            has: unsafe names, links, archives, overlaps, names twice.
    """

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        _check_directory(path, self._limits)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise BadArchive(f"not a readable ZIP archive: {error}") from error
        try:
            self._entries = self._checked_entries()
        except BadArchive:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        """Give the files' names in the order of the directory, without folders."""
        return list(self._entries)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Stream a member; damage found on the way is a BadArchive too."""
        entry = self._entries.get(name)
        if entry is None:
            raise BadArchive(f"there is no {name} in the archive")
        try:
            stream = self._zip.open(entry)
        except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError) as error:
            raise BadArchive(f"{name} cannot be opened: {error}") from error
        try:
            with stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise BadArchive(f"{name} is damaged: {error}") from error

    def read(self, name: str) -> bytes:
        """Read a whole member; for what is known to be small."""
        with self.open(name) as stream:
            return stream.read()

    def _checked_entries(self) -> dict[str, zipfile.ZipInfo]:
        entries = self._zip.infolist()
        if len(entries) > self._limits.members:
            raise BadArchive(f"{len(entries)} members, at most {self._limits.members}")
        if sum(entry.file_size for entry in entries) > self._limits.total_bytes:
            raise BadArchive(f"unpacked, more than {self._limits.total_bytes} bytes")
        checked: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            _check_entry(entry, self._limits)
            if entry.filename.casefold() in checked:
                raise BadArchive(f"{entry.filename!r} is in the archive twice")
            checked[entry.filename.casefold()] = entry
        _check_overlap(entries)
        return {entry.filename: entry for entry in entries if not entry.is_dir()}


def _check_directory(path: Path, limits: Limits) -> None:
    """Bound the central directory before zipfile reads it whole and makes an object of each entry.

    Source of the layout: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        begin = max(0, size - _END_BYTES - 65_535 - _LOCATOR_BYTES - _END64_BYTES)
        stream.seek(begin)
        tail = stream.read()
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise BadArchive("not a ZIP archive: its end record is missing")
    (directory_bytes,) = struct.unpack_from("<I", tail, at + 12)
    # The 64-bit record, where there is one, is what zipfile believes; so the larger counts.
    at64 = tail.rfind(_END64_MAGIC, 0, at)
    if at64 >= 0 and at - at64 >= _END64_BYTES:
        directory_bytes = max(directory_bytes, struct.unpack_from("<Q", tail, at64 + 40)[0])
    if min(directory_bytes, size) > limits.directory_bytes:
        raise BadArchive(
            f"its directory takes {directory_bytes} bytes, at most {limits.directory_bytes}"
        )


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    name = entry.filename
    reason = _unsafe_name(name)
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        reason = "is a link or a device"
    elif entry.flag_bits & _ENCRYPTED:
        reason = "is encrypted"
    elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        reason = "is packed in an unusual way"
    elif name.lower().endswith(_ARCHIVE_SUFFIXES):
        reason = "is an archive inside the archive"
    elif entry.file_size > limits.ratio_from_bytes:
        packed = max(1, entry.compress_size)
        if entry.file_size / packed > limits.ratio:
            reason = f"unpacks to more than {limits.ratio} times its size"
    if reason:
        raise BadArchive(f"{name[:200]!r} {reason}", code="unsafe_archive")


def _unsafe_name(name: str) -> str:
    if not name or any(ord(character) < ord(" ") for character in name):
        return "is a name with control characters"
    if "\\" in name or name.startswith("/") or PureWindowsPath(name).drive:
        return "is not a plain relative path"
    if ".." in name.split("/"):
        return "points out of the archive"
    return ""


def _check_overlap(entries: list[zipfile.ZipInfo]) -> None:
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise BadArchive(
                f"{entry.filename[:200]!r} overlaps the member before it", code="unsafe_archive"
            )
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
