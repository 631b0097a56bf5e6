"""How good answers are, by source: mean IoU after prompts, and clicks needed (NoC).

The prompts are a simulated person's: the first click in the middle of the object, a box as drawn
around it, each further click in the middle of the largest error. Every segmenter gets its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inference.segmenters.protocol import Embedding, Prompt, Segmenter
from inference.training.answering import segmenter_named
from inference.training.library import FileLibrary, Library, chosen_numbers
from inference.training.prompts import Mask, next_click, tight_box
from inference.training.report import Tally, as_table, summarise

MAX_CLICKS = 20
READ_AT = (1, 3, 5)  # clicks after which IoU is read
TARGETS = (0.85, 0.90)
MIN_AREA_PX = 64
PER_PICTURE = 3
SEED = 20


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
    """

    source: str
    box_iou: float
    click_ious: tuple[float, ...]

    def tally(self) -> Tally:
        """Return it as the numbers that are averaged."""
        after = {k: self.click_ious[min(k, len(self.click_ious)) - 1] for k in READ_AT}
        reached = {t: _clicks_to(self.click_ious, t) for t in TARGETS}
        numbers = {f"iou_{k}": iou for k, iou in after.items()} | {"iou_box": self.box_iou}
        for target, clicks in reached.items():
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
    max_clicks: int = MAX_CLICKS,
    say: Callable[[str], None] = lambda _line: None,
) -> list[Outcome]:
    """Prompt a segmenter for every case; pictures are embedded once each."""
    outcomes = []
    by_picture = sorted(cases, key=lambda case: case.number)
    embedding: Embedding | None = None
    shown = -1
    for place, case in enumerate(by_picture):
        if case.number != shown or embedding is None:
            embedding = segmenter.embed(library.decode(case.number).rgb)
            shown = case.number
        outcomes.append(judge_case(segmenter, embedding, case, max_clicks))
        say(f"{segmenter.name}: {place + 1} of {len(cases)}")
    return outcomes


def judge_case(segmenter: Segmenter, embedding: Embedding, case: Case, max_clicks: int) -> Outcome:
    """Prompt with the box, then anew with clicks, until the highest target is met."""
    x0, y0, x1, y1 = tight_box(case.mask)
    boxed = segmenter.predict(embedding, Prompt(box_xyxy=(x0, y0, x1, y1)))[0]
    answer = np.zeros_like(case.mask)
    clicked = np.zeros_like(case.mask)
    points: list[tuple[int, int]] = []
    labels: list[int] = []
    ious: list[float] = []
    logits: npt.NDArray[np.float32] | None = None
    while len(points) < max_clicks and (not ious or ious[-1] < max(TARGETS)):
        click = next_click(case.mask, answer, clicked)
        clicked[click.y, click.x] = True
        points.append((click.x, click.y))
        labels.append(int(click.is_positive))
        prompt = Prompt(
            points_xy=np.array(points, np.float32),
            point_labels=np.array(labels, np.int64),
            logits=None if logits is None else logits[None],
            multimask=len(points) == 1,
        )
        best = segmenter.predict(embedding, prompt)[0]
        answer, logits = best.mask, best.logits
        ious.append(iou_of(answer, case.mask))
    return Outcome(case.source, iou_of(boxed.mask, case.mask), tuple(ious))


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
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")


def _run(options: argparse.Namespace) -> None:
    library = FileLibrary(options.data)
    wanted = options.sources or sorted({picture.source for picture in library.pictures})
    others = {picture.source for picture in library.pictures} - set(wanted)
    numbers = chosen_numbers(library, options.splits, others)
    cases = choose_cases(library, numbers, options.per_source)
    figures: dict[str, object] = {}
    for model in options.models:
        began = time.monotonic()
        outcomes = judge(segmenter_named(model, options.device), library, cases, options.clicks)
        summary = summarise([outcome.tally() for outcome in outcomes])
        figures[model] = {
            "by_source": summary,
            "seconds": round(time.monotonic() - began, 1),
            "cases": [asdict(outcome) for outcome in outcomes],
        }
        sys.stdout.write(f"{model}\n{as_table(summary)}\n")
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _clicks_to(ious: Sequence[float], target: float) -> int | None:
    return next((k for k, iou in enumerate(ious, 1) if iou >= target), None)
