"""What a model says by class, as candidates: class maps, class probabilities, and instances.

Everything here is numpy in, ``Candidate`` out, whatever library ran the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.coded import CodedCandidate, coded
from inference.segmenters.protocol import Candidate, Mask, ModelClass
from inference.segmenters.sam_frame import best_first
from projects.errors import Unavailable
from projects.masks.rle import area, from_bitmap

Floats = npt.NDArray[np.float32]
ClassMap = npt.NDArray[np.integer]
Scalar = TypeVar("Scalar", bound=np.generic)

HALF = 0.5
MARGIN = 0.1  # by which the threshold moves up and down for stability
STRIP_ROWS = 8  # what stays in a processor's cache at 10,000 columns
LEAST_PART_PX = 16  # smaller parts of a region are noise, not objects


class ClassesDiffer(Unavailable):
    """A model gives another number of classes than its description names."""

    default_code = "class_count"


def refuse_other_count(found: int, classes: Sequence[ModelClass], name: str) -> None:
    """Refuse a model whose classes are not those that were described.

    Raises:
        ClassesDiffer: naming both counts.
    """
    if found != len(classes):
        raise ClassesDiffer(
            f"{name} gives {found} classes, its description names {len(classes)}: "
            f"{', '.join(one.name for one in classes[:5])}{', ...' if len(classes) > 5 else ''}.",  # noqa: PLR2004 a taste
            found=found,
            described=len(classes),
        )


def softmax(logits: Floats) -> Floats:
    """Return probabilities over the first axis."""
    shifted = np.exp(logits - logits.max(axis=0, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=0, keepdims=True), np.float32)


def sigmoid(logits: Floats) -> Floats:
    """Return a probability for each number."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)


def best_classes(logits: Floats, size_hw: tuple[int, int]) -> ClassMap:
    """Return the best class of each pixel, HxW, from C x h x w logits drawn out bilinearly.

    Some rows after the other and one class after the other, so that no number of a large picture
    takes more than a byte or two: logits at full size would take gigabytes.
    """
    classes: ClassMap = np.zeros(size_hw, np.min_scalar_type(len(logits)))
    for top in range(0, size_hw[0], STRIP_ROWS):
        strip = classes[top : top + STRIP_ROWS]
        rows = _Rows.of(top, len(strip), logits.shape[1], size_hw[0])
        best = np.full(strip.shape, -np.inf, np.float32)
        for place, low in enumerate(logits):
            drawn = rows.drawn(low, size_hw[1])
            is_better = drawn > best
            np.copyto(best, drawn, where=is_better)
            strip[is_better] = place
    return classes


@dataclass(frozen=True, eq=False)
class _Rows:
    """Which rows some rows of a larger picture lie between, as cv2.resize has it.

    Attributes:
        first: The first row that is needed.
        above: For each row the one above it, counted from ``first``.
        below: The one below it.
        share: float32, n x 1, of the one below.
    """

    first: int
    above: npt.NDArray[np.intp]
    below: npt.NDArray[np.intp]
    share: Floats

    @classmethod
    def of(cls, top: int, count: int, height: int, whole_height: int) -> _Rows:
        places = (np.arange(top, top + count) + 0.5) * (height / whole_height) - 0.5
        above = np.floor(places).astype(np.intp)
        share = np.where((above < 0) | (above >= height - 1), 0, places - above).astype(np.float32)
        above, below = (np.clip(rows, 0, height - 1) for rows in (above, above + 1))
        return cls(int(above[0]), above - above[0], below - above[0], share[:, None])

    def drawn(self, low: Floats, width: int) -> Floats:
        """Return these rows of an image, h x w, drawn out to the width."""
        needed = low[self.first : self.first + int(self.below[-1]) + 1]
        wide = cv2.resize(needed, (width, len(needed)), interpolation=cv2.INTER_LINEAR)
        return np.asarray(wide[self.above] * (1 - self.share) + wide[self.below] * self.share)


def narrowed(numbers: npt.NDArray[np.integer], count: int) -> ClassMap:
    """Return numbers of classes in as few bytes as they need; what is none becomes ``count``."""
    is_known = (numbers >= 0) & (numbers < count)
    return np.where(is_known, numbers, count).astype(np.min_scalar_type(count))


def from_class_map(
    class_map: ClassMap, shares: Floats | None, classes: Sequence[ModelClass]
) -> list[Candidate]:
    """Return a candidate for each class that is there, best first.

    Args:
        class_map: HxW, numbers of classes; others than those of ``classes`` mean none.
        shares: float32, C x h x w at any size, probabilities that add up to 1; None if unknown.
        classes: By number; ignored ones are left out.
    """
    present = np.unique(class_map)
    wanted = [
        int(place)
        for place in present
        if 0 <= place < len(classes) and not classes[place].is_ignored
    ]
    return _coded(
        Candidate(
            mask=class_map == place,
            score=_confidence(shares, place),
            stability=_margin_stability(shares, place),
            class_name=classes[place].name,
            is_region=True,
        )
        for place in wanted
    )


def from_probabilities(
    shares: Floats, classes: Sequence[ModelClass], threshold: float, size_hw: tuple[int, int]
) -> list[Candidate]:
    """Return a candidate for each class with pixels above the threshold; they may overlap.

    Args:
        shares: float32, C x h x w, a probability for each class of its own.
        classes: By number; ignored ones are left out.
        threshold: Of probabilities.
        size_hw: Of the image.
    """
    found = (
        _drawn(share, threshold, size_hw, score=None, class_name=known.name, is_region=True)
        for share, known in zip(shares, classes, strict=True)
        if not known.is_ignored and share.max() > threshold
    )
    return _coded(found)


@dataclass(frozen=True, eq=False)
class Instances:
    """Objects that a model found.

    Attributes:
        scores: float32, N.
        numbers: N, the class of each.
        masks: float32, N x h x w, probabilities.
    """

    scores: Floats
    numbers: npt.NDArray[np.integer]
    masks: Floats


def from_instances(
    objects: Instances, classes: Sequence[ModelClass], threshold: float, size_hw: tuple[int, int]
) -> list[Candidate]:
    """Return a candidate for each object above the threshold, best first.

    Args:
        objects: What was found.
        classes: By number; ignored ones are left out.
        threshold: Of scores.
        size_hw: Of the image.

    Raises:
        ClassesDiffer: if a number is none of the classes'.
    """
    scores, numbers = objects.scores, objects.numbers
    if numbers.size and int(numbers.max()) >= len(classes):
        refuse_other_count(int(numbers.max()) + 1, classes, "The model")
    if numbers.size and int(numbers.min()) < 0:
        raise ClassesDiffer(
            f"The model numbers a class {int(numbers.min())}; classes are numbered from 0."
        )
    found = (
        _drawn(
            objects.masks[place],
            HALF,
            size_hw,
            score=float(scores[place]),
            class_name=classes[numbers[place]].name,
            is_region=False,
        )
        for place in np.argsort(-scores, kind="stable")
        if scores[place] >= threshold and not classes[numbers[place]].is_ignored
    )
    return _coded(found)


def parts(candidate: Candidate) -> Iterator[Candidate]:
    """Yield the connected parts of a region as objects of their own, the largest first."""
    _, numbers, facts, _ = cv2.connectedComponentsWithStats(candidate.mask.astype(np.uint8))
    areas = facts[1:, cv2.CC_STAT_AREA]
    for place in np.argsort(-areas, kind="stable"):
        if areas[place] < LEAST_PART_PX:
            return
        yield CodedCandidate(
            from_bitmap(numbers == place + 1),
            score=candidate.score,
            stability=candidate.stability,
            class_name=candidate.class_name,
        )


def nearest(numbers: npt.NDArray[Scalar], size_hw: tuple[int, int]) -> npt.NDArray[Scalar]:
    """Return what is h x w at another size, each pixel the nearest one's."""
    if numbers.shape == size_hw:
        return numbers
    rows = np.arange(size_hw[0]) * numbers.shape[0] // size_hw[0]
    columns = np.arange(size_hw[1]) * numbers.shape[1] // size_hw[1]
    return np.asarray(numbers[rows[:, None], columns])


def threshold_stability(share: Floats, threshold: float = HALF) -> float:
    """Return the IoU of the masks at a higher and a lower threshold, 0..1."""
    low = np.count_nonzero(share > threshold - MARGIN)
    return float(np.count_nonzero(share > threshold + MARGIN) / low) if low else 0.0


def _drawn(
    share: Floats,
    threshold: float,
    size_hw: tuple[int, int],
    *,
    score: float | None,
    class_name: str,
    is_region: bool,
) -> Candidate:
    whole = share
    if share.shape != size_hw:
        whole = np.asarray(cv2.resize(share, size_hw[::-1], interpolation=cv2.INTER_LINEAR))
    mask: Mask = whole > threshold
    sure = float(whole[mask].mean()) if mask.any() else 0.0
    return Candidate(
        mask=mask,
        score=min(max(sure if score is None else score, 0.0), 1.0),
        stability=threshold_stability(whole, threshold),
        class_name=class_name,
        is_region=is_region,
    )


def _confidence(shares: Floats | None, place: int) -> float:
    """The mean probability of a class where it is the best one."""
    if shares is None:
        return HALF
    own = shares[place]
    inside = own >= shares.max(axis=0)
    return float(own[inside].mean()) if inside.any() else float(own.max())


def _margin_stability(shares: Floats | None, place: int) -> float:
    """The IoU of a class's masks if it had to win by a margin, or were allowed to lose by it."""
    if shares is None or len(shares) == 1:
        return HALF
    others = np.delete(shares, place, axis=0).max(axis=0)
    return threshold_stability((shares[place] - others) / 2 + HALF)


def _coded(found: Iterable[Candidate]) -> list[Candidate]:
    """Return what has a pixel as run lengths, best first; one at a time is pixels."""
    return best_first([one for one in map(coded, found) if area(one.rle)])
