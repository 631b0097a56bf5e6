"""File names inside archives."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.formats.names import FileNames
from projects.formats.records import ImageRecord


def named(number: int, name: str, mime: str = "image/jpeg") -> ImageRecord:
    return ImageRecord(number, name, 4, 3, mime=mime)


CASES = {
    "plain": ("a.jpg", "a.jpg"),
    "folders go": ("x/y/a.jpg", "a.jpg"),
    "Windows folders go": ("x\\y\\a.jpg", "a.jpg"),
    "parents go": ("../../a.jpg", "a.jpg"),
    "absolute": ("/etc/passwd", "passwd.jpg"),
    "decomposed becomes composed": ("cafe\u0301.jpg", "caf\u00e9.jpg"),
    "emoji stays": ("\U0001f408.jpg", "\U0001f408.jpg"),
    "control characters": ("a\x00b\nc.jpg", "a_b_c.jpg"),
    "writing direction": ("a\u202egpj.jpg", "a_gpj.jpg"),
    "lone surrogate": ("a\ud800.jpg", "a_.jpg"),
    "what Windows forbids": ('a<b>:"|?*.jpg', "a_b______.jpg"),
    "what Windows reserves": ("CON.jpg", "_CON.jpg"),
    "reserved before a dot": ("nul.tar.jpg", "_nul.tar.jpg"),
    "dots and spaces at the ends": (" ..a.. .jpg", "a.jpg"),
    "hidden": (".htaccess", "htaccess.jpg"),
    "nothing": ("", "image.jpg"),
    "only dots": ("...", "image.jpg"),
    "extension of another type": ("a.png", "a.jpg"),
    "extension in capitals stays": ("a.JPG", "a.JPG"),
    "the other extension stays": ("a.jpeg", "a.jpeg"),
    "dots inside": ("a.b.c.jpg", "a.b.c.jpg"),
}


@pytest.mark.parametrize(("given_name", "expected"), CASES.values(), ids=CASES.keys())
def test_table_of_names(given_name: str, expected: str) -> None:
    assert "".join(FileNames().unique(named(1, given_name))) == expected


def test_long_names_are_cut_between_characters() -> None:
    stem, extension = FileNames().unique(named(1, "\u72ac" * 300 + ".jpg"))

    assert (stem, extension) == ("\u72ac" * 40, ".jpg")


def test_twins_by_folder_case_extension_or_form_stay_apart() -> None:
    names = FileNames()
    records = [
        named(1, "a/cat.jpg"),
        named(2, "b/cat.jpg"),
        named(3, "CAT.jpg"),
        named(4, "cat.png", "image/png"),
        named(5, "cat-6.jpg"),
        named(6, "cat.jpg"),
    ]

    assert ["".join(names.unique(record)) for record in records] == [
        "cat.jpg",
        "cat-2.jpg",
        "CAT-3.jpg",
        "cat-4.png",
        "cat-6.jpg",
        "cat-6-6.jpg",
    ]


@given(st.lists(st.text(max_size=12), max_size=12))
def test_any_names_are_unique_portable_and_composed(texts: list[str]) -> None:
    names = FileNames()

    found = [names.unique(named(i, text)) for i, text in enumerate(texts, 1)]

    assert len({stem.casefold() for stem, _ in found}) == len(texts)
    for stem, extension in found:
        name = stem + extension
        assert name.encode()
        assert unicodedata.is_normalized("NFC", stem)
        assert not set(name) & set('/\\<>:"|?*\x00')
        assert not name.startswith((".", " "))
