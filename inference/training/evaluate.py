"""How good answers are, by source: mean IoU after prompts, and clicks needed (NoC).

The prompts are a simulated person's: the first click in the middle of the object, a box as drawn
around it, each further click in the middle of the largest error. Every segmenter gets its own
clicks on the same objects. The first model is compared with ``classic`` if that is among them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from inference.segmenters.closer_look import predict_closer
from inference.segmenters.protocol import Embedding, ImageRgb, Prompt, Segmenter
from inference.training.answering import segmenter_named
from inference.training.clicking import Clicking
from inference.training.library import FileLibrary, Library, chosen_numbers
from inference.training.progress import Bar
from inference.training.prompts import Mask, next_click, tight_box
from inference.training.report import (
    Summary,
    Tally,
    as_comparison,
    as_table,
    gate,
    summarise,
)

MAX_CLICKS = 20
READ_AT = (1, 3, 5)  # clicks after which IoU is read
TARGETS = (0.85, 0.90)
MIN_AREA_PX = 64
PER_PICTURE = 3
SEED = 20
BASELINE = "classic"
HELD_OUT = ("feral_cats",)  # the shipped weights have never seen it


@dataclass(frozen=True, eq=False)
class Case:
    """An instance to be found.

    Attributes:
        source: Source, and level where it is not the object.
        number: Of its picture.
        mask: bool, HxW.
    """

    source: str
    number: int
    mask: Mask


@dataclass(frozen=True)
class Outcome:
    """What became of a case.

    Attributes:
        box_iou: After its box alone.
        click_ious: After each click, until the highest target or the limit is reached.
        is_counted: Whether the limit was high enough to count clicks needed.
    """

    source: str
    box_iou: float
    click_ious: tuple[float, ...]
    is_counted: bool = True

    def tally(self) -> Tally:
        """Return it as the numbers that are averaged."""
        after = {k: self.click_ious[min(k, len(self.click_ious)) - 1] for k in READ_AT}
        reached = {t: _clicks_to(self.click_ious, t) for t in TARGETS}
        numbers = {f"iou_{k}": iou for k, iou in after.items()} | {"iou_box": self.box_iou}
        for target, clicks in reached.items() if self.is_counted else ():
            numbers[f"noc_{target:.2f}"] = float(clicks or MAX_CLICKS)
            numbers[f"failed_{target:.2f}"] = float(clicks is None)
        return Tally(self.source, numbers)


def choose_cases(
    library: Library, numbers: Iterable[int], per_source: int, seed: int = SEED
) -> list[Case]:
    """Draw instances: of each source and level as many, of each picture at most three."""
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[Case]] = {}
    for number in rng.permutation(list(numbers)).tolist():
        source = library.pictures[number].source
        levels = [level for level, _ in library.pictures[number].maps]
        names = [source if level == "object" else f"{source} {level}s" for level in levels]
        if all(len(drawn.get(name, [])) >= per_source for name in names):
            continue
        decoded = library.decode(number)
        for name, ids in zip(names, decoded.maps, strict=True):
            areas = np.bincount(ids.ravel())
            areas[0] = 0
            fit = np.flatnonzero(areas >= MIN_AREA_PX)
            kept = rng.choice(fit, min(PER_PICTURE, len(fit)), replace=False)
            drawn.setdefault(name, []).extend(Case(name, number, ids == i) for i in kept)
    return [case for cases in drawn.values() for case in cases[:per_source]]


def judge(
    segmenter: Segmenter,
    library: Library,
    cases: Sequence[Case],
    *,
    max_clicks: int = MAX_CLICKS,
    counted: int | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> list[Outcome]:
    """Prompt a segmenter for every case; pictures are embedded once each.

    Args:
        segmenter: Whom to ask.
        library: Whose pictures the cases are of.
        cases: What to find.
        max_clicks: On each.
        counted: How many cases of each source get so many clicks; the others no more than are
            read, for most of the time goes into those that never succeed. None for all.
        say: Told how far it is.
    """
    outcomes = []
    by_picture = sorted(cases, key=lambda case: case.number)
    full = _first_of_each(cases, len(cases) if counted is None else counted)
    rgb: ImageRgb | None = None
    embedding: Embedding | None = None
    shown = -1
    for place, case in enumerate(by_picture):
        if case.number != shown or rgb is None or embedding is None:
            rgb = library.decode(case.number).rgb
            embedding = segmenter.embed(rgb)
            shown = case.number
        is_counted = id(case) in full
        most = max_clicks if is_counted else min(max_clicks, max(READ_AT))
        outcome = judge_case(segmenter, rgb, embedding, case, most)
        outcomes.append(replace(outcome, is_counted=is_counted))
        say(f"{segmenter.name}: {place + 1} of {len(cases)}")
    return outcomes


def judge_case(
    segmenter: Segmenter, rgb: ImageRgb, embedding: Embedding, case: Case, max_clicks: int
) -> Outcome:
    """Prompt with the box, then anew with clicks, until the highest target is met.

    Both are asked as the product asks them: with a closer look, where the segmenter takes one.
    """
    x0, y0, x1, y1 = tight_box(case.mask)
    boxed = predict_closer(segmenter, rgb, embedding, Prompt(box_xyxy=(x0, y0, x1, y1)))[0]
    clicking = Clicking(segmenter, rgb, embedding)
    clicked = np.zeros_like(case.mask)
    ious: list[float] = []
    while len(ious) < max_clicks and (not ious or ious[-1] < max(TARGETS)):
        click = next_click(case.mask, clicking.answer, clicked)
        clicked[click.y, click.x] = True
        answer = clicking.click(click.x, click.y, is_positive=click.is_positive)
        ious.append(iou_of(answer, case.mask))
    return Outcome(case.source, iou_of(boxed.mask, case.mask), tuple(ious))


def _first_of_each(cases: Iterable[Case], count: int) -> set[int]:
    by_source: dict[str, list[int]] = {}
    for case in cases:
        by_source.setdefault(case.source, []).append(id(case))
    return {place for places in by_source.values() for place in places[:count]}


def iou_of(one: Mask, other: Mask) -> float:
    """Return the IoU of two masks, 1 for two empty ones."""
    whole = int((one | other).sum())
    return float((one & other).sum() / whole) if whole else 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line of ``evaluate``."""
    parser.set_defaults(run=_run)
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv, or pack")
    parser.add_argument("--models", nargs="+", required=True, help="weights.pt files, or classic")
    parser.add_argument("--splits", nargs="+", default=("val", "test"))
    parser.add_argument("--sources", nargs="*", help="only these")
    parser.add_argument("--per-source", type=int, default=60, help="instances of each source")
    parser.add_argument("--clicks", type=int, default=MAX_CLICKS)
    parser.add_argument(
        "--counted", type=int, help="instances of each source that get so many clicks, not just 5"
    )
    parser.add_argument("--held-out", nargs="*", default=HELD_OUT, help="sources to mark as such")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="JSON file for the figures; .md goes beside it")


def _run(options: argparse.Namespace) -> None:
    library = FileLibrary(options.data)
    wanted = options.sources or sorted({picture.source for picture in library.pictures})
    others = {picture.source for picture in library.pictures} - set(wanted)
    numbers = chosen_numbers(library, options.splits, others)
    cases = choose_cases(library, numbers, options.per_source)
    bar = Bar(sys.stderr)
    models: dict[str, dict[str, object]] = {}
    summaries: dict[str, Summary] = {}
    for model in options.models:
        began = time.monotonic()
        segmenter = segmenter_named(model, options.threads)
        outcomes = judge(
            segmenter,
            library,
            cases,
            max_clicks=options.clicks,
            counted=options.counted,
            say=lambda line: bar.say(line, False),
        )
        summaries[model] = summarise([outcome.tally() for outcome in outcomes])
        models[model] = {
            "version": segmenter.version,
            "by_source": summaries[model],
            "seconds": round(time.monotonic() - began, 1),
            "cases": [asdict(outcome) for outcome in outcomes],
        }
    text = _as_text(summaries, options.held_out)
    sys.stdout.write(f"{text}\n")
    if options.out:
        facts = {
            "splits": list(options.splits),
            "held_out": list(options.held_out),
            "per_source": options.per_source,
            "clicks": options.clicks,
            "counted": options.counted,
            "models": models,
            "gate": _gate(summaries),
        }
        options.out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        options.out.with_suffix(".md").write_text(f"{text}\n", encoding="utf-8")


def _compared(summaries: Mapping[str, Summary]) -> str | None:
    """The model that is compared with the baseline, if both were asked."""
    others = [model for model in summaries if model != BASELINE]
    return others[0] if others and BASELINE in summaries else None


def _gate(summaries: Mapping[str, Summary]) -> dict[str, list[str]]:
    model = _compared(summaries)
    return {} if model is None else gate(summaries[model], summaries[BASELINE])


def _as_text(summaries: Mapping[str, Summary], held_out: Sequence[str]) -> str:
    tables = [f"{model}\n\n{as_table(summary)}" for model, summary in summaries.items()]
    model = _compared(summaries)
    if model is not None and summaries[model]:
        pair = summaries[model], summaries[BASELINE]
        tables.append(as_comparison((Path(model).name, BASELINE), *pair, held_out))
    return "\n\n".join(tables)


def _clicks_to(ious: Sequence[float], target: float) -> int | None:
    return next((k for k, iou in enumerate(ious, 1) if iou >= target), None)
