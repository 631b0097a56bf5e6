"""Catalogs hold every text that people read, in every language, and are compiled as they stand."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tests.texts import (
    DOMAINS,
    LANGUAGES,
    NotWrittenOut,
    catalog_of,
    catalog_path,
    compiled,
    in_python,
    in_script,
    in_template,
    is_full,
    texts_of,
)

CATALOGS = [(language, domain) for language in LANGUAGES for domain in DOMAINS]
PLACEHOLDERS = {"django": r"%\(\w+\)s", "djangojs": r"\{\w+\}", "sentences": r"\{\w+\}"}
HELP = "run python -m tests.texts, then translate what it names"


def messages(language: str, domain: str) -> list[Message]:
    return [message for message in catalog_of(language, domain) if message.id]


def forms(text: object) -> list[str]:
    return [str(one) for one in text] if isinstance(text, tuple | list) else [str(text)]


@pytest.mark.parametrize(("language", "domain"), CATALOGS)
def test_the_catalog_holds_exactly_the_texts_of_the_sources(language: str, domain: str) -> None:
    held = {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in messages(language, domain)
    }
    wanted = texts_of(domain)
    assert not wanted - held, HELP
    assert not held - wanted, HELP


@pytest.mark.parametrize(("language", "domain"), CATALOGS)
def test_every_text_is_translated(language: str, domain: str) -> None:
    assert not [message.id for message in messages(language, domain) if not is_full(message)], HELP


@pytest.mark.parametrize(("language", "domain"), CATALOGS)
def test_translations_have_the_placeholders_of_their_texts(language: str, domain: str) -> None:
    pattern = PLACEHOLDERS[domain]
    differing = [
        message.id
        for message in messages(language, domain)
        for place, form in enumerate(forms(message.string))
        if Counter(re.findall(pattern, form))
        != Counter(re.findall(pattern, forms(message.id)[min(place, len(forms(message.id)) - 1)]))
    ]
    assert not differing


@pytest.mark.parametrize(("language", "domain"), CATALOGS)
def test_what_is_compiled_is_what_is_written(language: str, domain: str) -> None:
    catalog = catalog_of(language, domain)
    assert catalog_path(language, domain).with_suffix(".mo").read_bytes() == compiled(catalog), HELP


def test_texts_are_found_where_they_are_marked() -> None:
    python = 'gettext("a") + ngettext("b", "c", n)\ngettext_lazy("d" "e")'
    assert set(in_python(python)) == {"a", ("b", "c"), "de"}
    assert list(in_script('// t("no")\nt("a {b}", { b }); tn("x", "{count} y", 2); at("no")')) == [
        "a {b}",
        ("x", "{count} y"),
    ]
    template = (
        '{% load i18n %}{% translate "a" %}{% blocktranslate count n=x %}{{ n }} b{% plural %}'
        '{{ n }} c{% endblocktranslate %}{% include "p" with w=_("d") %}'
    )
    assert list(in_template(template)) == ["a", ("%(n)s b", "%(n)s c"), "d"]


@pytest.mark.parametrize(
    ("read", "source"),
    [(in_python, "gettext(words)"), (in_script, "t(words)"), (in_script, 'tn("one", many, 1)')],
)
def test_a_text_that_is_not_written_out_is_refused(read: object, source: str) -> None:
    assert callable(read)
    with pytest.raises(NotWrittenOut):
        list(read(source))


def test_templates_say_nothing_that_is_not_marked() -> None:
    """Between tags stand only marks, values, and what is the same in every language."""
    bare = []
    for path in sorted(Path("frontend/templates").rglob("*.html")):
        source = re.sub(
            r"(?s)\{% blocktranslate.*?endblocktranslate %\}|<(code|pre|svg|kbd)\b.*?</\1>"
            r"|\{% block (page|page_class) %\}.*?\{% endblock %\}|\{[%{#].*?[%}#]\}",
            "",
            path.read_text(),
        )
        text = re.sub(r"(?s)<!--.*?-->|<[^>]*>", "\n", source)
        bare += [f"{path.name}: {line.strip()}" for line in text.split("\n") if _says(line)]
    assert not bare


def _says(line: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2}", re.sub(r"&\w+;|Maskwright|/api/v1/projects/", "", line)))
