"""Collects the texts that people read and brings the catalogs up to date: python -m tests.texts

Texts are marked where they stand: gettext in Python, translate and blocktranslate in templates, t
and tn in scripts; what services say in English is found by tests/sentences.py. Catalogs are
locale/<language>/LC_MESSAGES/django.po (pages), djangojs.po (scripts) and sentences.po (services);
new texts are added empty, gone ones are taken out, and .mo files are written beside.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tests.sentences import sentences

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("de",)
DOMAINS = ("django", "djangojs", "sentences")
HOUSES = ("annotator", "projects", "inference")
MARKS = {
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "_": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
}

Text = str | tuple[str, str]  # the second one is the plural

STRING = r'"(?:[^"\\]|\\.)*"'
IN_SCRIPT = re.compile(rf"(?<![\w.$])(tn?)\(\s*(?:({STRING})(?:,\s*({STRING}))?)?")
# What templatize leaves of a template: gettext(u'...'), ngettext(u'...', u'...', count), _("...").
IN_TEMPLATE = re.compile(
    r"""(?<!\w)(n?gettext|_)\(\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""(?:,\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))?"""
)


class NotWrittenOut(ValueError):
    """A text is not a literal where it is marked, so it cannot be collected."""


def catalog_path(language: str, domain: str) -> Path:
    """The catalog of a language and domain as people edit it."""
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def catalog_of(language: str, domain: str) -> Catalog:
    """Read a catalog."""
    with catalog_path(language, domain).open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def texts_of(domain: str) -> set[Text]:
    """All texts of the sources of a domain."""
    if domain == "sentences":
        return set(sentences())
    if domain == "djangojs":
        return set(_each(in_script, sorted((ROOT / "frontend/src").rglob("*.js"))))
    python = [path for house in HOUSES for path in sorted((ROOT / house).rglob("*.py"))]
    templates = sorted((ROOT / "frontend/templates").rglob("*.html"))
    return set(_each(in_python, python)) | set(_each(in_template, templates))


def _each(read: object, paths: Iterable[Path]) -> Iterator[Text]:
    assert callable(read)
    for path in paths:
        try:
            yield from read(path.read_text())
        except NotWrittenOut as error:
            raise NotWrittenOut(f"{path.relative_to(ROOT)}: {error}") from None


def in_python(source: str) -> Iterator[Text]:
    """The texts of a module."""
    for node in ast.walk(ast.parse(source)):
        name = _called(node)
        if name not in MARKS or not isinstance(node, ast.Call):
            continue
        values = [arg.value for arg in node.args[: MARKS[name]] if isinstance(arg, ast.Constant)]
        if len(values) != MARKS[name] or not all(isinstance(value, str) for value in values):
            raise NotWrittenOut(f"line {node.lineno}: {name} wants {MARKS[name]} literal text(s)")
        yield values[0] if len(values) == 1 else (values[0], values[1])


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def in_template(source: str) -> Iterator[Text]:
    """The texts of a Django template."""
    for found in IN_TEMPLATE.finditer(templatize(source)):
        one = str(ast.literal_eval(found[2]))  # Django looks % up as %%, and gives % back
        if found[1] != "ngettext":
            yield one
        else:
            yield (one, str(ast.literal_eval(found[3])))


def in_script(source: str) -> Iterator[Text]:
    """The texts of an ES module."""
    code = re.sub(r"^\s*(?:/?\*.*|//.*|export function tn?\(.*)$", "", source, flags=re.MULTILINE)
    for found in IN_SCRIPT.finditer(code):
        mark, one, many = found.groups()
        if one is None or (mark == "tn" and many is None):
            raise NotWrittenOut(f"{mark} wants literal text(s): {code[found.start() :][:60]!r}")
        yield _plain(one) if mark == "t" else (_plain(one), _plain(many))


def _plain(literal: str) -> str:
    return str(ast.literal_eval(literal))


def compiled(catalog: Catalog) -> bytes:
    """The catalog as gettext reads it."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def updated(old: Catalog | None, texts: Iterable[Text], language: str, domain: str) -> Catalog:
    """A catalog with exactly these texts; translations that are known are kept."""
    catalog = Catalog(
        locale=language,
        domain=domain,
        project="Maskwright",
        version="1.0.0",
        msgid_bugs_address="-",
        fuzzy=False,
        header_comment="# Texts of Maskwright; python -m tests.texts brings this file up to date.",
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),
        revision_date=datetime(2026, 1, 1, tzinfo=UTC),
        last_translator="Maskwright",
        language_team=language,
    )
    for text in sorted(texts, key=str):
        known = old.get(text if isinstance(text, str) else text[0]) if old else None
        translation = known.string if known and _same_kind(known, text) else None
        catalog.add(text, translation)
    return catalog


def _same_kind(message: Message, text: Text) -> bool:
    return message.id == text


def main() -> int:
    """Bring all catalogs up to date; 1 if translations are missing."""
    missing = 0
    for language in LANGUAGES:
        for domain in DOMAINS:
            path = catalog_path(language, domain)
            old = catalog_of(language, domain) if path.exists() else None
            catalog = updated(old, texts_of(domain), language, domain)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalog, width=0, sort_output=True, no_location=True)
            path.with_suffix(".mo").write_bytes(compiled(catalog_of(language, domain)))
            empty = [message.id for message in catalog if message.id and not is_full(message)]
            missing += len(empty)
            for text in empty:
                sys.stdout.write(f"{path.relative_to(ROOT)}: no translation of {text!r}\n")
    return 1 if missing else 0


def is_full(message: Message) -> bool:
    """Whether every form of a message is translated."""
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(forms) and not message.fuzzy


if __name__ == "__main__":
    sys.exit(main())
