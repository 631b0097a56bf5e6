"""Means of figures by source, and as a table that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MEAN = "mean of sources"


@dataclass(frozen=True)
class Tally:
    """The figures of one case.

    Attributes:
        source: It is averaged with those of the same source.
        numbers: Figures by name, the same names in every case.
    """

    source: str
    numbers: Mapping[str, float]


def summarise(tallies: Sequence[Tally]) -> dict[str, dict[str, float]]:
    """Return means by source, "cases" among them, and the mean of these means."""
    by_source: dict[str, list[Mapping[str, float]]] = {}
    for tally in tallies:
        by_source.setdefault(tally.source, []).append(tally.numbers)
    summary = {
        source: {"cases": float(len(rows)), **_means(rows)}
        for source, rows in sorted(by_source.items())
    }
    if summary:
        summary[MEAN] = _means(list(summary.values()))
    return summary


def as_table(summary: Mapping[str, Mapping[str, float]]) -> str:
    """Return a Markdown table, a source a row."""
    if not summary:
        return "no cases"
    names = list(next(iter(summary.values())))
    head = f"| source | {' | '.join(names)} |"
    rule = "|---" * (len(names) + 1) + "|"
    rows = [
        f"| {source} | {' | '.join(f'{numbers[name]:.3g}' for name in names)} |"
        for source, numbers in summary.items()
    ]
    return "\n".join([head, rule, *rows])


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
