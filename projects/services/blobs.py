"""Compares the files with the rows, and collects files that no row needs any more."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from projects.models import Image
from projects.storage import (
    StoredBlob,
    blob_size,
    open_blob,
    put_back_interrupted,
    remove_old_blob,
    stored_blobs,
)

ORPHAN_SECONDS = 3600.0  # an upload is far younger between its file and its row
LEFTOVER_SECONDS = 24 * 3600.0  # the longest that anything may still use a temporary file
LEFTOVERS = ("new-*", "upload-*", "*.upload*")


@dataclass(slots=True)
class Check:
    """What a comparison of files and rows found, by hash or key, in order.

    Args:
        pictures: How many different pictures the rows name.
        missing: Named by a row, but no file is there.
        damaged: The file has another size, or (when read) another hash than its name says.
        orphans: A file that no row names.
    """

    pictures: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether every row has its whole picture; orphans cost nothing but room."""
        return not self.missing and not self.damaged


def check_blobs(*, full: bool = False) -> Check:
    """Compare every row's picture with its file.

    Args:
        full: Read each file and compare its hash, not only its presence and size.
    """
    # Files are listed before rows are read, so that an upload that ends meanwhile is no orphan.
    stored = list(stored_blobs())
    sizes = dict(Image.objects.order_by().values_list("sha256", "size_bytes"))
    check = Check(pictures=len(sizes))
    for sha256, expected_bytes in sorted(sizes.items()):
        size_bytes = blob_size(sha256)
        if size_bytes is None:
            check.missing.append(sha256)
        elif size_bytes != expected_bytes or (full and _read_sha256(sha256) != sha256):
            check.damaged.append(sha256)
    check.orphans = [blob.key for blob in _unnamed(stored, sizes)]
    return check


def collect_orphans(*, older_than_seconds: float = ORPHAN_SECONDS) -> int:
    """Remove files that no row names, and temporary files that a crash left behind.

    Returns:
        How many files went.
    """
    put_back_interrupted()
    stored = list(stored_blobs())
    named = set(Image.objects.order_by().values_list("sha256", flat=True))
    gone = sum(
        remove_old_blob(blob.key, older_than_seconds=older_than_seconds)
        for blob in _unnamed(stored, named)
    )
    return gone + _remove_leftovers()


def _read_sha256(sha256: str) -> str:
    digest = hashlib.sha256()
    with open_blob(sha256) as file:
        for chunk in file.chunks():
            digest.update(chunk)
    return digest.hexdigest()


def _unnamed(stored: Iterable[StoredBlob], named: Iterable[str]) -> list[StoredBlob]:
    names = set(named)
    return [blob for blob in stored if blob.sha256 not in names]


def _remove_leftovers() -> int:
    limit = time.time() - LEFTOVER_SECONDS
    gone = 0
    for pattern in LEFTOVERS:
        for path in Path(settings.TEMP_DIR).glob(pattern):
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                gone += 1
    return gone
