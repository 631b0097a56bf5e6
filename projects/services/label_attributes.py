"""Attributes of objects: what a label's schema may say, and whether values keep to it.

A schema is a list of ``{name, kind, choices}``; kinds are text, number, choice and checkbox.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from projects.errors import InvalidInput
from projects.models import Label
from projects.services.names import clean_name, clean_text

KINDS = ("text", "number", "choice", "checkbox")
MAX_ATTRIBUTES = 50  # of one label
MAX_CHOICES = 200  # of one attribute
MAX_TEXT = 2000  # characters of a value
_MEMBERS = {"name", "kind", "choices"}
_ABSENT = object()

Schema = Sequence[Mapping[str, Any]]


def clean_attributes(value: object) -> list[dict[str, Any]]:
    """Give a label's schema in its one form.

    Raises:
        InvalidInput: It is not a list of named attributes of known kinds; the code is
            ``label_attributes`` unless a name is at fault.
    """
    if not isinstance(value, list):
        raise _malformed(f"expected a list of attributes, got {type(value).__name__}")
    if len(value) > MAX_ATTRIBUTES:
        raise _malformed(f"{len(value)} attributes; at most {MAX_ATTRIBUTES} are kept")
    cleaned = [_clean_attribute(one) for one in value]
    _refuse_twins([one["name"] for one in cleaned], "attributes")
    return cleaned


def check_values(
    *, label: Label | None, wanted: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    """Refuse values that the label's schema does not allow.

    A label without a schema takes anything. What an object carries already it may keep, so that no
    change of a schema or of a label makes its objects impossible to save.

    Raises:
        InvalidInput: A value is not of its kind, or the schema has no such attribute.
    """
    if label is None or not label.attributes:
        return
    kinds = {one["name"]: one for one in label.attributes}
    for name, value in wanted.items():
        if _same(before.get(name, _ABSENT), value):
            continue
        attribute = kinds.get(name)
        if attribute is None:
            raise InvalidInput(
                f"{label.name} has no attribute {name[:60]!r}; it has {', '.join(kinds)}.",
                "attribute_unknown",
                attribute=name[:100],
            )
        fits, expected = _VALUES[attribute["kind"]]
        if value is not None and not fits(value, attribute):
            raise InvalidInput(
                f"The attribute {name} of {label.name} is {_shown(value)}; "
                f"expected {expected(attribute)}.",
                "attribute_value",
                attribute=name,
            )


def _clean_attribute(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise _malformed("each attribute is an object with a name and a kind")
    name = clean_name(value["name"], what="The attribute's name")
    unknown = sorted(str(key) for key in set(value) - _MEMBERS)
    if unknown:
        raise _malformed(f"{name} has {unknown[0][:40]!r}; expected name, kind and choices")
    kind = value.get("kind")
    if kind not in KINDS:
        raise _malformed(
            f"the kind of {name} is {_shown(kind)}; expected one of {', '.join(KINDS)}"
        )
    cleaned: dict[str, Any] = {"name": name, "kind": kind}
    if kind == "choice":
        cleaned["choices"] = _clean_choices(name, value.get("choices"))
    elif value.get("choices"):
        raise _malformed(f"{name} is a {kind}; only a choice has choices")
    return cleaned


def _clean_choices(name: str, value: object) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise _malformed(f"the choices of {name} are {_shown(value)}; expected a list of words")
    if len(value) > MAX_CHOICES:
        raise _malformed(f"{name} has {len(value)} choices; at most {MAX_CHOICES} are kept")
    choices = [clean_name(one, what=f"A choice of {name}") for one in value]
    _refuse_twins(choices, f"choices of {name}")
    return choices


def _refuse_twins(names: Sequence[str], what: str) -> None:
    if len(set(names)) != len(names):
        twin = next(name for name in names if names.count(name) > 1)
        raise _malformed(f"two {what} are called {twin}")


def _malformed(said: str) -> InvalidInput:
    return InvalidInput(f"The attributes of a label: {said}.", "label_attributes")


def _shown(value: object) -> str:
    plain = isinstance(value, str | int | float | bool | None)
    return repr(value)[:60] if plain else f"a {type(value).__name__}"


def _same(before: object, value: object) -> bool:
    return type(before) is type(value) and before == value


def _is_text(value: object, _attribute: Mapping[str, Any]) -> bool:
    if not isinstance(value, str):
        return False
    try:
        clean_text(value, what="The value", longest=MAX_TEXT)
    except InvalidInput:
        return False
    return True


def _is_number(value: object, _attribute: Mapping[str, Any]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


_VALUES: Mapping[
    str, tuple[Callable[[object, Mapping[str, Any]], bool], Callable[[Mapping[str, Any]], str]]
] = {
    "text": (_is_text, lambda _: f"text of at most {MAX_TEXT} characters"),
    "number": (_is_number, lambda _: "a number"),
    "choice": (
        lambda value, attribute: isinstance(value, str) and value in attribute["choices"],
        lambda attribute: f"one of {', '.join(attribute['choices'])}",
    ),
    "checkbox": (lambda value, _: isinstance(value, bool), lambda _: "true or false"),
}
