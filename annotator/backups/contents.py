"""What a backup holds, in which order, and how its bytes are hashed."""

from __future__ import annotations

import hashlib
from typing import IO, Any

FORMAT = "maskwright-backup-1"
TABLES = (  # in an order in which every reference is already there
    *("User", "Project", "Membership", "Label", "Tag", "Image", "ImageTag", "Comment"),
    *("Annotation", "Revision", "EffortEvent"),
    *("Job", "JobItem", "Export", "Token", "Invitation"),
)
BATCH = 2000  # rows read or written at once
CHUNK = 1 << 20  # bytes


class HashingWriter:
    """Counts and hashes what passes through to a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Pass ``data`` on."""
        self.digest.update(data)
        self.size += len(data)
        self._file.write(data)


class HashingReader:
    """Hashes what is read from a file."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes of the file."""
        data: bytes = self._file.read(size)
        self.digest.update(data)
        return data
