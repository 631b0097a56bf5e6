"""Where files live: pictures under the hash of their bytes, and what can be made again from them.

Keys hold nothing of a user's. Pictures go through Django's default storage (a folder, or S3);
``cache/`` always lies in the data folder and may be removed at any time.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from projects.errors import InsufficientStorage, NotFound
from projects.pictures.files import publish, write_atomically

SHA256 = re.compile(r"[0-9a-f]{64}")
RESERVE_SHARE = 0.05  # of the disk; small disks keep this, large ones DISK_RESERVE_BYTES
ASIDE = "removed-"  # begins the name of a blob on its way out


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A file among the blobs: its key, and its hash if it is named as blobs are."""

    key: str
    sha256: str | None


def blob_key(sha256: str) -> str:
    """The key of a picture in the storage.

    Raises:
        ValueError: If this is no lower-case hex SHA-256; nothing else may become a path.
    """
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return f"blobs/{sha256[:2]}/{sha256}"


def put_blob(temporary: Path, sha256: str) -> None:
    """Moves a synced temporary file to its place; a file that is there already is replaced.

    Replacing renews the file's time, so that a collection of orphans under way leaves it alone.
    """
    target = local_path(blob_key(sha256))
    if target:
        publish(temporary, target)
        return
    key = blob_key(sha256)
    replaces = getattr(default_storage, "file_overwrite", False)  # S3 does; others choose a name
    if replaces or not default_storage.exists(key):
        with temporary.open("rb") as file:
            default_storage.save(key, File(file))
    temporary.unlink()


def blob_size(sha256: str) -> int | None:
    """The stored file's size in bytes; None if there is none."""
    key = blob_key(sha256)
    return default_storage.size(key) if default_storage.exists(key) else None


def open_blob(sha256: str) -> File[bytes]:
    """The picture's bytes, to be closed by the caller.

    Raises:
        NotFound: If they are not stored.
    """
    try:
        return default_storage.open(blob_key(sha256))
    except FileNotFoundError as error:
        raise _missing(sha256) from error


def blob_path(sha256: str) -> Path:
    """A local file with the picture's bytes, to be read only; fetched once if they lie elsewhere.

    Raises:
        NotFound: If they are not stored.
    """
    key = blob_key(sha256)
    local = local_path(key) or cache_path("blobs", sha256[:2], sha256)
    if not local.exists():
        if local_path(key):
            raise _missing(sha256)
        with open_blob(sha256) as file:
            write_atomically(local, file.chunks())
    return local


def stored_blobs() -> Iterator[StoredBlob]:
    """Every file among the blobs, also those that do not belong there."""
    folders, files = _listing("blobs")
    yield from (StoredBlob(f"blobs/{name}", None) for name in files)
    for folder in folders:
        for name in _listing(f"blobs/{folder}")[1]:
            key = f"blobs/{folder}/{name}"
            is_ours = SHA256.fullmatch(name) and key == blob_key(name)
            yield StoredBlob(key, name if is_ours else None)


def remove_old_blob(key: str, *, older_than_seconds: float) -> bool:
    """Removes a file among the blobs unless it is young or already gone.

    The file is first moved aside, and moved back if it turns out to have been written anew in
    between: an upload of the same bytes that ends meanwhile keeps its picture.
    """
    try:
        if _age(key) < older_than_seconds:
            return False
        path = local_path(key)
        if path is None:
            default_storage.delete(key)
            return True
        aside = Path(settings.TEMP_DIR) / f"{ASIDE}{path.name}"
        path.replace(aside)
        if time.time() - aside.stat().st_mtime < older_than_seconds:
            aside.replace(path)
            return False
        aside.unlink()
    except FileNotFoundError:  # another collection was first
        return False
    return True


def put_back_interrupted() -> None:
    """Undoes removals that a crash left half done; what is an orphan will be found again."""
    for aside in Path(settings.TEMP_DIR).glob(f"{ASIDE}*"):
        target = local_path(blob_key(aside.name.removeprefix(ASIDE)))
        if target and not target.exists():
            publish(aside, target)


def cache_path(*parts: str) -> Path:
    """A place for something that can be made again."""
    return Path(settings.DATA_DIR, "cache", *parts)


def free_bytes() -> int:
    """How much may still be written before the reserve is touched; may be negative."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    reserve = min(settings.DISK_RESERVE_BYTES, int(usage.total * RESERVE_SHARE))
    return usage.free - reserve


def check_room(needed_bytes: int) -> None:
    """Refuses large writes early, so that the small ones (saves, logins) always fit.

    Raises:
        InsufficientStorage: If writing this much would touch the reserve.
    """
    free = free_bytes()
    if needed_bytes > free:
        raise InsufficientStorage(
            f"The server's disk is nearly full: {needed_bytes:,} bytes are needed, "
            f"{max(0, free):,} are free beside the reserve.",
            needed_bytes=needed_bytes,
            free_bytes=max(0, free),
        )


def local_path(key: str) -> Path | None:
    """The key's place in a folder; None if the storage is elsewhere."""
    try:
        return Path(default_storage.path(key))
    except NotImplementedError:
        return None


def _listing(folder: str) -> tuple[list[str], list[str]]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
    return sorted(folders), sorted(files)


def _age(key: str) -> float:
    return time.time() - default_storage.get_modified_time(key).timestamp()


def _missing(sha256: str) -> NotFound:
    return NotFound(f"The picture's file ({sha256}) is missing.", "blob_missing", sha256=sha256)
