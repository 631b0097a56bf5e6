"""What an uploaded file is called: text for people to read, never a path.

An upload is not refused for its name; what cannot be shown is replaced so that one sees it.
"""

from __future__ import annotations

import unicodedata

LONGEST = 255  # characters; the column's width
LONGEST_ENDING = 16  # characters of an extension worth keeping when a name is cut
REPLACEMENT = "\ufffd"
NAMELESS = "image"
# Controls, formats (among them what turns the reading direction), surrogates, line separators.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
JOINERS = frozenset("\u200c\u200d")  # formats that some scripts and emoji need


def image_name(value: str) -> str:
    """The name in Unicode's composed form, without deceiving characters, cut to 255.

    Slashes stay: they tell files of one folder upload apart.
    """
    composed = unicodedata.normalize("NFC", value).strip()
    shown = "".join(character if _is_shown(character) else REPLACEMENT for character in composed)
    return _cut(shown) or NAMELESS


def _is_shown(character: str) -> bool:
    return character in JOINERS or unicodedata.category(character) not in HIDDEN


def _cut(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = dot + ending if stem and len(ending) <= LONGEST_ENDING else ""
    return name[: LONGEST - len(tail) - 1] + "…" + tail
