"""Archives written deterministically, and archives from strangers refused or read."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from projects.formats.archive import ZipWriter, append
from projects.formats.archive_reader import BadArchive, Limits, ZipReader


def test_members_come_back_with_fixed_times(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"

    with ZipWriter(path) as out:
        out.add("a/b.txt", b"text")
        out.copy("c.bin", io.BytesIO(b"\x00" * 100_000))
    append(path, "last.json", b"{}")

    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a/b.txt", "c.bin", "last.json"]
        assert archive.read("c.bin") == b"\x00" * 100_000
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {stat.S_IMODE(entry.external_attr >> 16) for entry in archive.infolist()} == {0o644}
    assert out.members["a/b.txt"].size == 4
    # sha256sum of the four letters
    assert out.members["a/b.txt"].sha256.startswith("982d9e3eb996f559")


def test_a_name_is_written_once(tmp_path: Path) -> None:
    with ZipWriter(tmp_path / "out.zip") as out:
        out.add("a", b"1")
        with pytest.raises(ValueError, match="already"):
            out.add("a", b"2")


def test_an_honest_archive_is_read(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("folder")
        archive.writestr("folder/caf\u00e9.json", b"{}")
        archive.writestr("big.json", b"[1, 2, 3]" * 100_000)

    with ZipReader(path) as reader:
        assert reader.names() == ["folder/caf\u00e9.json", "big.json"]
        assert reader.read("folder/caf\u00e9.json") == b"{}"
        with reader.open("big.json") as stream:
            assert stream.read(9) == b"[1, 2, 3]"
        with pytest.raises(BadArchive, match=r"no none\.json"):
            reader.read("none.json")


def packed(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def link() -> bytes:
    entry = zipfile.ZipInfo("link")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return packed((entry, b"/etc/passwd"))


def encrypted() -> bytes:
    data = bytearray(packed(("a.json", b"{}")))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """Two entries of the directory that point to one member."""
    data = bytearray(packed(("a.json", b"[1]"), ("b.json", b"[2]")))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def twice(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(name, b"2")
    return out.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "out of the folder": lambda: packed(("../x.json", b"{}")),
    "out of the folder, further in": lambda: packed(("a/../../x.json", b"{}")),
    "absolute": lambda: packed(("/etc/x.json", b"{}")),
    "drive letter": lambda: packed(("C:x.json", b"{}")),
    "backslashes": lambda: packed(("..\\x.json", b"{}")),
    "control character": lambda: packed(("a\nb.json", b"{}")),
    "link": link,
    "archive in the archive": lambda: packed(("inner.zip", packed(("a", b"")))),
    "zeros": lambda: packed(("zeros.json", bytes(8 << 20))),
    "encrypted": encrypted,
    "overlapping": overlapping,
    "name twice": lambda: twice("a.json"),
    "name twice but for case": lambda: packed(("a.json", b"1"), ("A.json", b"2")),
    "bzip2": lambda: packed_with(zipfile.ZIP_BZIP2),
    "lzma": lambda: packed_with(zipfile.ZIP_LZMA),
    "more members than allowed": lambda: packed(*((f"{i}.json", b"{}") for i in range(51))),
    "no archive": lambda: b"hello",
    "nothing": lambda: b"",
    "cut off": lambda: packed(("a.json", b"{}" * 1000))[:-30],
    "beginning cut off": lambda: packed(("a.json", b"{}" * 1000))[40:],
}


def packed_with(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a.json", b"{}" * 100)
    return out.getvalue()


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_archives_are_refused_before_a_member_is_read(
    tmp_path: Path, make: Callable[[], bytes]
) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    path = folder / "in.zip"
    path.write_bytes(make())

    with pytest.raises(BadArchive) as refusal:
        ZipReader(path, Limits(members=50))

    assert refusal.value.message
    assert [each.name for each in folder.iterdir()] == ["in.zip"]


def test_a_million_entries_are_refused_by_the_size_of_the_directory(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    path.write_bytes(packed(*((f"{i:060}.json", b"") for i in range(1000))))

    with pytest.raises(BadArchive, match="directory takes"):
        ZipReader(path, Limits(directory_bytes=100_000))


def test_the_total_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    path.write_bytes(packed(("a.json", b"12345"), ("b.json", b"12345")))

    ZipReader(path, Limits(total_bytes=10))
    with pytest.raises(BadArchive, match="more than 9"):
        ZipReader(path, Limits(total_bytes=9))


def test_a_wrong_checksum_is_found_while_reading(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    data = bytearray(packed(("a.json", b"{}")))
    for magic, offset in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        data[data.index(magic) + offset] ^= 0xFF
    path.write_bytes(data)

    with ZipReader(path) as reader, pytest.raises(BadArchive, match="damaged"):
        reader.read("a.json")


def test_a_member_larger_than_it_says_is_not_read_further(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    data = bytearray(packed(("a.json", b"x" * 50_000)))
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(magic) + offset, 10)
    path.write_bytes(data)

    with ZipReader(path) as reader, pytest.raises(BadArchive, match="damaged"):
        reader.read("a.json")


def test_damaged_data_is_found_while_reading(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    data = bytearray(packed(("a.json", bytes(range(256)) * 40)))
    data[60:80] = b"\xff" * 20
    path.write_bytes(data)

    with ZipReader(path) as reader, pytest.raises(BadArchive, match="damaged"):
        reader.read("a.json")


def test_a_member_whose_own_name_differs_from_the_directorys_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    data = bytearray(packed(("\u00e9.json", b"{}")))
    data[30] ^= 0x81  # the first byte of the name in the member's own header
    path.write_bytes(data)

    with ZipReader(path) as reader, pytest.raises(BadArchive, match="cannot be opened"):
        reader.read("\u00e9.json")
