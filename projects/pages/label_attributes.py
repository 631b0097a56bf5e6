"""The form of a label's attributes: rows of name, kind and choices; a row without a name goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects.models import Label
from projects.services.label_attributes import KINDS, MAX_ATTRIBUTES

SPARE_ROWS = 2


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One row; ``choices`` are lines of text."""

    place: int
    name: str = ""
    kind: str = "text"
    choices: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it may be."""
        return KINDS


def rows_of(label: Label) -> list[AttributeRow]:
    """The label's attributes and some empty rows."""
    rows = [
        AttributeRow(place, one["name"], one["kind"], "\n".join(one.get("choices", ())))
        for place, one in enumerate(label.attributes)
    ]
    last = min(len(rows) + SPARE_ROWS, MAX_ATTRIBUTES)
    return [*rows, *(AttributeRow(place) for place in range(len(rows), last))]


def read_rows(sent: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was sent, for the service to check."""
    found: list[dict[str, Any]] = []
    for place in range(MAX_ATTRIBUTES):
        name = str(sent.get(f"attribute-{place}-name", "")).strip()
        if not name:
            continue
        kind = str(sent.get(f"attribute-{place}-kind", ""))
        lines = str(sent.get(f"attribute-{place}-choices", "")).splitlines()
        choices = [line.strip() for line in lines if line.strip()]
        found.append({"name": name, "kind": kind, **({"choices": choices} if choices else {})})
    return found
