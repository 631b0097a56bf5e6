"""What services, formats and models say in English, put into the reader's language.

They know no reader: a job's error is stored and read by many, and a refusal may reach a program.
So a sentence stays as it was said, and is recognised when it is shown, with its values, among those
of the catalog ``locale/<language>/LC_MESSAGES/sentences.po``: "There is no label {name}."
"""

from __future__ import annotations

import gettext as catalogs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as word_in_catalog

from projects.errors import ApplicationError

DOMAIN = "sentences"
LONGEST = 2000  # a longer text is data rather than a sentence
PLACE = re.compile(r"\{(\w+)\}")
GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
SHARE = re.compile(r"[01]\.\d+")
# Values that are words of the domain by these names, e.g. "sent_back", "reviewer or lead".
OF_WORDS = frozenset({"status", "state", "found", "role", "action", "able"})


@dataclass(frozen=True, slots=True)
class _Pattern:
    begins: str
    matches: re.Pattern[str]
    said: str


@dataclass(frozen=True, slots=True)
class _Sentences:
    """A language's sentences: those without values, and the others, the most telling first."""

    plain: dict[str, str]
    patterns: tuple[_Pattern, ...]


def translated(text: str) -> str:
    """A sentence in the language of the reader; as it is where it is none that is known."""
    if not text or len(text) > LONGEST:
        return text
    return _said(text, _sentences(get_language() or ""))


def said(error: ApplicationError) -> str:
    """What an error says, in the language of the reader."""
    return translated(error.message)


def _said(text: str, known: _Sentences) -> str:
    if text in known.plain:
        return known.plain[text]
    for pattern in known.patterns:
        if text.startswith(pattern.begins) and (found := pattern.matches.fullmatch(text)):
            values = {name: _value(name, came, known) for name, came in found.groupdict().items()}
            return _filled(pattern.said, values)
    return text


def _filled(text: str, values: dict[str, str]) -> str:
    return PLACE.sub(lambda place: values[place[1]], text)


def _value(name: str, came: str, known: _Sentences) -> str:
    """A value as the reader writes it: numbers, words, and sentences within sentences."""
    if GROUPED.fullmatch(came):
        return number_format(int(came.replace(",", "")), force_grouping=True)
    if SHARE.fullmatch(came):
        return number_format(came)
    if name in OF_WORDS:
        return " ".join(word_in_catalog(word.replace("_", " ")) for word in came.split(" "))
    return "; ".join(_listed(came.split("; "), known))


def _listed(parts: list[str], known: _Sentences) -> Iterator[str]:
    """Sentences that stand one after the other; some have such a mark of their own inside."""
    while parts:
        for count in range(len(parts), 0, -1):
            words = "; ".join(parts[:count])
            found = _named(words, known)
            if found != words or count == 1:
                yield found
                parts = parts[count:]
                break


def _named(words: str, known: _Sentences) -> str:
    """A sentence, perhaps behind the name of what it is about."""
    whole = _said(words, known)
    name, colon, rest = words.partition(": ")
    return whole if whole != words or not colon else f"{name}: {_said(rest, known)}"


@cache
def _sentences(language: str) -> _Sentences:
    found = catalogs.translation(
        DOMAIN, str(settings.LOCALE_PATHS[0]), [language] if language else [], fallback=True
    )
    texts: dict[str, str] = getattr(found, "_catalog", {})  # as Django itself lists a catalog
    plain = {text: words for text, words in texts.items() if text and not PLACE.search(text)}
    others = sorted(texts.keys() - plain.keys() - {""}, key=_telling, reverse=True)
    return _Sentences(plain, tuple(_pattern(text, texts[text]) for text in others))


def _telling(text: str) -> tuple[int, str]:
    """How many letters of a sentence are its own."""
    return len(PLACE.sub("", text)), text


def _pattern(text: str, words: str) -> _Pattern:
    parts = PLACE.split(text)  # literal, name, literal, ...
    source = "".join(
        f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return _Pattern(parts[0], re.compile(source, re.DOTALL), words)
