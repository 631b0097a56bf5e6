"""File names inside archives: readable, portable, and never the same twice."""

from __future__ import annotations

import unicodedata

from projects.formats.records import ImageRecord

_EXTENSIONS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
}
_MAX_STEM_BYTES = 120  # with extension and number below the 255 of every file system
_FORBIDDEN = frozenset('<>:"|?*')
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10))]
)


class FileNames:
    """Gives each image of an archive a name of its own.

    Names are NFC, without folders and without what some system cannot hold; two images whose names
    differ only in folder, case or extension get their number as well, since readers know images by
    the stem.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, image: ImageRecord) -> tuple[str, str]:
        """Give the image's stem and extension."""
        stem, extension = _split(image.file_name)
        allowed = _EXTENSIONS.get(image.mime)
        if allowed and extension.lower() not in allowed:
            extension = allowed[0]
        stem = _portable(stem)
        name = stem
        while name.casefold() in self._taken:
            name = f"{stem}-{image.id}" if name == stem else f"{name}-{image.id}"
        self._taken.add(name.casefold())
        return name, extension


def _split(file_name: str) -> tuple[str, str]:
    last = file_name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    stem, dot, suffix = last.rpartition(".")
    if not stem or not suffix.isascii() or not suffix.isalnum():
        return last, ""
    return stem, dot + suffix


def _portable(stem: str) -> str:
    plain = unicodedata.normalize("NFC", stem)
    plain = "".join("_" if _is_unportable(character) else character for character in plain)
    plain = plain.encode("utf-8")[:_MAX_STEM_BYTES].decode("utf-8", "ignore").strip(" .")
    if not plain:
        return "image"
    return f"_{plain}" if plain.partition(".")[0].casefold() in _RESERVED else plain


def _is_unportable(character: str) -> bool:
    # Cc control, Cf format (the overrides of writing direction), Cs surrogate, Co private, Cn none
    return character in _FORBIDDEN or unicodedata.category(character).startswith("C")
