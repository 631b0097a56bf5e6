"""The sentences that services, formats and models speak in English, found where they stand.

What is refused, reported or stored is said in English and put into the reader's language when it is
shown (``projects.sentences``). A sentence is the message of an error, the words of a finding, or
what ``sentence(...)`` marks; values stand in braces: "There is no label {name}."
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("annotator", "projects", "inference")
# What only the command line says, to whoever runs the server.
UNHEARD = ("annotator/backups", "annotator/management", "inference/training")
ERROR = "ApplicationError"
# Which arguments of a call are words for people.
SPEAKING = {
    "sentence": (0,),
    "Finding": (2, 3),
    "_warn": (2, 3),
    "_refuse": (2, 3),
    "report_object": (2, 3),
    "OptionInfo": (1,),
    "clear_when_full": (1,),
    "_malformed": (0,),
    "_refuse_twins": (1,),
}
# Keywords of a call that are words for people.
NAMED = {
    "clean_name": ("what",),
    "clean_text": ("what",),
    "spend": ("message",),
    "memory_errors": ("doing",),
    "FormatInfo": ("title", "description"),
    "Entry": ("title", "missing"),
    "Described": ("missing",),
    "replace": ("missing",),
}
BLAND = {"name", "value", "values", "title", "label"}  # as a placeholder says less than its owner


def sentences() -> set[str]:
    """All sentences of the sources."""
    sources = [path.read_text() for path in _modules()]
    errors = error_names(sources)
    return {found for source in sources for found in in_module(source, errors)}


def _modules() -> Iterator[Path]:
    for house in HOUSES:
        for path in sorted((ROOT / house).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(UNHEARD) and "/management/" not in name:
                yield path


def error_names(sources: Iterable[str]) -> set[str]:
    """The classes of errors that people are told of, by name."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    }
    found = {ERROR}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found


def in_module(source: str, errors: Iterable[str]) -> Iterator[str]:
    """The sentences of a module."""
    speaking = {**dict.fromkeys(errors, (0,)), **SPEAKING}
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        said = [node.args[at] for at in speaking.get(name, ()) if at < len(node.args)]
        said += [one.value for one in node.keywords if one.arg in NAMED.get(name, ())]
        for words in (words for one in said for words in _branches(one)):
            if re.search(r"[A-Za-z]{2}", re.sub(r"\{\w+\}", "", words)):
                yield words


def _branches(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _branches(node.body)
        yield from _branches(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _branches(value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield _with_placeholders(node)


def _with_placeholders(node: ast.JoinedStr) -> str:
    words, taken = "", dict[str, int]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            words += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = _placeholder(part.value)
            taken[name] = taken.get(name, 0) + 1
            words += "{" + name + (str(taken[name]) if taken[name] > 1 else "") + "}"
    return words


def _placeholder(node: ast.expr) -> str:
    """What a value is called: the last plain name in its expression."""
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        owner = _placeholder(node.value)
        return owner if node.attr in BLAND and owner != "self" else node.attr.strip("_").lower()
    if isinstance(node, ast.Subscript):
        return _placeholder(node.value)
    if isinstance(node, ast.BinOp):
        return _placeholder(node.left)
    if isinstance(node, ast.Call):
        of_method = isinstance(node.func, ast.Attribute) and not isinstance(
            node.func.value, ast.Constant
        )
        inner = node.func.value if of_method else node.args[-1] if node.args else node.func  # type: ignore[attr-defined]  # seen above
        return _placeholder(inner)
    return "what"
