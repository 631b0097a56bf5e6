"""Files that are either whole or absent: written beside their place, synced, then moved there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_temporary(folder: Path, chunks: Iterable[bytes]) -> Path:
    """Writes a new file in ``folder``, synced to disk, and removes it if that fails."""
    handle, name = tempfile.mkstemp(dir=folder, prefix="new-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def publish(temporary: Path, target: Path) -> None:
    """Moves a synced file to its place in the same file system; whoever looks sees it whole."""
    make_folder(target.parent)
    temporary.replace(target)
    sync_folder(target.parent)


def write_atomically(target: Path, chunks: Iterable[bytes]) -> None:
    """Puts a file in its place so that a crash leaves the old one, the new one or none."""
    make_folder(target.parent)
    publish(write_temporary(target.parent, chunks), target)


def make_folder(folder: Path) -> None:
    """Makes a folder that is still there after a power cut."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Makes the folder's list of names durable, without which a rename may be forgotten."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
