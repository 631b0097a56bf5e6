"""How unsure a model is of its suggestions, and which images a person should look at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Protocol

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]

DOUBTFUL = 0.3  # from this doubt on a suggestion counts as one to look at
WORST = 3  # a few bad masks make an image worth a look, however many good ones surround them
NOTHING_FOUND = 0.5  # an image without suggestions: empty, or beyond the model


@dataclass(frozen=True, slots=True)
class SuggestionScore:
    """What is known about one suggestion, all 0..1.

    Attributes:
        score: The IoU with the truth that the model expects.
        stability: IoU of the masks at a moved threshold.
        disagreement: Of the model's candidates for it; see ``suggestion_disagreement``.
        area_share: Its share of the image's pixels.
    """

    score: float
    stability: float
    disagreement: float
    area_share: float

    @property
    def doubt(self) -> float:
        """The mean of the three ways in which the model may be unsure, 0..1."""
        return fmean((1 - self.score, 1 - self.stability, self.disagreement))


@dataclass(frozen=True, slots=True)
class Priority:
    """How much a look would teach, 0..1, and why in words."""

    value: float
    reason: str


class HasMask(Protocol):
    """A candidate, as far as it matters here: its mask is bool, HxW."""

    @property
    def mask(self) -> Mask:
        """The pixels that the candidate means."""
        ...


def suggestion_disagreement(candidates: Sequence[HasMask]) -> float:
    """How much the candidates for one object differ: 1 - mean IoU of their pairs, 0..1."""
    if len(candidates) < 2:  # noqa: PLR2004 - a pair
        return 0.0
    pairs = combinations([candidate.mask for candidate in candidates], 2)
    return 1.0 - fmean(_iou(a, b) for a, b in pairs)


def image_priority(suggestions: Sequence[SuggestionScore]) -> Priority:
    """The image's place in the order of work: its mean doubt and that of its worst masks.

    Large masks count more in the mean, by the root of their area, since they cost more to draw.
    """
    if not suggestions:
        return Priority(NOTHING_FOUND, "the model suggests nothing here")
    doubts = np.array([suggestion.doubt for suggestion in suggestions])
    weights = np.sqrt([max(suggestion.area_share, 1e-6) for suggestion in suggestions])
    mean = float(np.average(doubts, weights=weights))
    worst = float(np.sort(doubts)[-WORST:].mean())
    value = float(np.clip((mean + worst) / 2, 0.0, 1.0))
    return Priority(value, _reason(suggestions))


def _reason(suggestions: Sequence[SuggestionScore]) -> str:
    doubtful = [each for each in suggestions if each.doubt >= DOUBTFUL]
    count = f"{len(doubtful)} of {len(suggestions)} suggestions uncertain"
    if not doubtful:
        return f"the model is sure of its {len(suggestions)} suggestions"
    causes = {
        "low expected IoU": fmean(1 - each.score for each in doubtful),
        "unstable outlines": fmean(1 - each.stability for each in doubtful),
        "candidates disagree": fmean(each.disagreement for each in doubtful),
    }
    return f"{count}: {max(causes, key=lambda cause: causes[cause])}"


def _iou(a: Mask, b: Mask) -> float:
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0
