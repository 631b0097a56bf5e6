"""What people may call things: text only, of a bounded length, without marks that deceive."""

from __future__ import annotations

import unicodedata

from projects.errors import InvalidInput

_BANNED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Overrides and isolates turn the reading direction around and make one name look like another.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(value: str, *, what: str, longest: int = 100) -> str:
    """The name without surrounding blanks, in Unicode's composed form.

    Raises:
        InvalidInput: If it is empty, longer than ``longest`` characters, or holds control
            characters; the message begins with ``what``.
    """
    name = unicodedata.normalize("NFC", value).strip()
    if not name:
        raise InvalidInput(f"{what} is empty; give 1 to {longest} characters.", "name_empty")
    return _checked(name, what=what, longest=longest, code="name")


def clean_text(value: str, *, what: str, longest: int) -> str:
    """Free text, possibly empty, with line breaks and tabs allowed.

    Raises:
        InvalidInput: If it is too long or holds other control characters.
    """
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
    _checked(text.replace("\n", " ").replace("\t", " "), what=what, longest=longest, code="text")
    return text


def _checked(text: str, *, what: str, longest: int, code: str) -> str:
    if len(text) > longest:
        raise InvalidInput(
            f"{what} has {len(text)} characters; at most {longest} are kept.",
            f"{code}_too_long",
            limit=longest,
        )
    for character in text:
        if unicodedata.category(character) in _BANNED_CATEGORIES or character in _BIDI_CONTROLS:
            raise InvalidInput(
                f"{what} holds the character U+{ord(character):04X}, which cannot be shown.",
                f"{code}_character",
            )
    return text
