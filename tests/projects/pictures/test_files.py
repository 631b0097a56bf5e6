"""Files that are whole or absent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projects.pictures.files import write_atomically, write_temporary


def breaking() -> Iterator[bytes]:
    yield b"half"
    raise OSError(28, "No space left on device")


def test_file_appears_with_its_folders(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "file"

    write_atomically(target, [b"one", b"two"])

    assert target.read_bytes() == b"onetwo"
    assert list(target.parent.iterdir()) == [target]


def test_broken_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a" / "file"
    write_atomically(target, [b"old"])

    with pytest.raises(OSError, match="No space"):
        write_atomically(target, breaking())

    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


def test_temporary_files_never_share_a_name(tmp_path: Path) -> None:
    names = {write_temporary(tmp_path, [b"x"]) for _ in range(10)}

    assert len(names) == 10
