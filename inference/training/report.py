"""Means of figures by source, alone or beside another model's, as tables that a person reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

MEAN = "mean of sources"
HELD_OUT = "never trained on"
IOUS = {"iou_1": "1 point", "iou_box": "box", "iou_3": "3 clicks", "iou_5": "5 clicks"}
CLICKS = {"0.85": "NoC@85", "0.90": "NoC@90"}

Summary = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Tally:
    """The figures of one case.

    Attributes:
        source: It is averaged with those of the same source.
        numbers: Figures by name; a case that lacks one is left out of its mean.
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
    names = list(dict.fromkeys(name for numbers in summary.values() for name in numbers))
    head = f"| source | {' | '.join(names)} |"
    rule = "|---" * (len(names) + 1) + "|"
    rows = [
        f"| {source} | {' | '.join(_cell(numbers.get(name)) for name in names)} |"
        for source, numbers in summary.items()
    ]
    return "\n".join([head, rule, *rows])


def _cell(number: float | None) -> str:
    return "-" if number is None else f"{number:.3g}"


def gate(ours: Summary, theirs: Summary) -> dict[str, list[str]]:
    """Return for each source the prompts at which ours is not better; none means it passes."""
    return {
        source: [words for name, words in IOUS.items() if not figures[name] > theirs[source][name]]
        for source, figures in ours.items()
    }


def as_comparison(
    names: tuple[str, str], ours: Summary, theirs: Summary, held_out: Collection[str] = ()
) -> str:
    """Return a Markdown table of two models on the same prompts, "ours / theirs" in each cell.

    Args:
        names: Of the two models.
        ours: As ``summarise`` gives it.
        theirs: The same sources.
        held_out: Sources that ours has never been trained on; they are marked.
    """
    head = ["source", "cases", *IOUS.values(), *(f"{words} (failed)" for words in CLICKS.values())]
    lines = [
        f"Each cell: {names[0]} / {names[1]}. Clicks that did not suffice count as 20.",
        "",
        f"| {' | '.join(head)} | better at every prompt |",
        "|---" * (len(head) + 1) + "|",
    ]
    verdict = gate(ours, theirs)
    for source, figures in ours.items():
        is_held_out = any(source.split()[0] == name for name in held_out)
        cells = [f"{source} ({HELD_OUT})" if is_held_out else source]
        cells.append(f"{figures['cases']:.0f}" if source != MEAN else "")
        cells += [f"{figures[name]:.3f} / {theirs[source][name]:.3f}" for name in IOUS]
        cells += [
            f"{_clicks(figures, target)} / {_clicks(theirs[source], target)}" for target in CLICKS
        ]
        cells.append(f"no: {', '.join(verdict[source])}" if verdict[source] else "yes")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _clicks(figures: Mapping[str, float], target: str) -> str:
    if f"noc_{target}" not in figures:
        return "-"
    return f"{figures[f'noc_{target}']:.1f} ({figures[f'failed_{target}']:.0%})"


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    means = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        known = [row[name] for row in rows if name in row]
        means[name] = sum(known) / len(known)
    return means
