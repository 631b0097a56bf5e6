"""How unsure a model's suggestions are, and which image a person should look at first.

Pure functions on numbers; scores, stability and disagreement are all 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

SURE_SCORE = 0.6  # a lower one is not called sure, however alike the others are
UNSURE = 0.5  # of a suggestion's uncertainty: from here on a person should look
SCORE_WEIGHT, STABILITY_WEIGHT, DISAGREEMENT_WEIGHT = 0.6, 0.2, 0.2
WORST_WEIGHT = 0.6  # the least sure suggestion against the mean of all
NOTHING_FOUND = 0.5  # an image without suggestions: the model may have missed everything


class HasMask(Protocol):
    """Anything with a mask, such as a ``segmenters.protocol.Candidate``."""

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Return the mask, bool, HxW."""
        ...


@dataclass(frozen=True)
class SuggestionScore:
    """What a model said of one suggestion.

    Attributes:
        score: Predicted IoU, 0..1.
        stability: IoU of the mask with itself at another threshold, 0..1.
        disagreement: Of its candidates, 0..1.
        area_share: Of the image, 0..1.
    """

    score: float
    stability: float
    disagreement: float
    area_share: float


@dataclass(frozen=True)
class Priority:
    """How soon a person should look at an image.

    Attributes:
        value: 0 (everything is clear) to 1 (nothing is).
        reason: In words.
    """

    value: float
    reason: str


def suggestion_disagreement(candidates: Sequence[HasMask]) -> float:
    """Return 1 minus the mean IoU between each two candidates; 0 for fewer than two."""
    ious = [
        _iou(one.mask, other.mask)
        for place, one in enumerate(candidates)
        for other in candidates[place + 1 :]
    ]
    return 1.0 - sum(ious) / len(ious) if ious else 0.0


def suggestion_uncertainty(suggestion: SuggestionScore) -> float:
    """Return how unsure one suggestion is, 0..1; falls with score and stability."""
    return (
        SCORE_WEIGHT * (1 - _unit(suggestion.score))
        + STABILITY_WEIGHT * (1 - _unit(suggestion.stability))
        + DISAGREEMENT_WEIGHT * _unit(suggestion.disagreement)
    )


def image_priority(suggestions: Sequence[SuggestionScore]) -> Priority:
    """Return an image's priority: mostly its least sure suggestion, else the mean by size.

    The mean counts a suggestion by the square root of its area, so that neither a speck nor the sky
    decides alone.
    """
    if not suggestions:
        return Priority(NOTHING_FOUND, "the model found nothing")
    unsure = np.array([suggestion_uncertainty(suggestion) for suggestion in suggestions])
    sizes = np.sqrt([_unit(suggestion.area_share) + 1e-6 for suggestion in suggestions])
    mean = float((unsure * sizes).sum() / sizes.sum())
    value = WORST_WEIGHT * float(unsure.max()) + (1 - WORST_WEIGHT) * mean
    return Priority(min(max(value, 0.0), 1.0), _reason(suggestions, unsure))


def _reason(suggestions: Sequence[SuggestionScore], unsure: npt.NDArray[np.float64]) -> str:
    count, total = int((unsure >= UNSURE).sum()), len(suggestions)
    noun = "suggestion" if total == 1 else "suggestions"
    lowest = min(suggestion.score for suggestion in suggestions)
    if not count and lowest < SURE_SCORE:
        return f"{total} {noun} of low score (lowest {lowest:.2f})"
    if not count and total == 1:
        return f"the only suggestion is sure (score {lowest:.2f})"
    if not count:
        return f"all {total} suggestions are sure (lowest score {lowest:.2f})"
    verb = "is" if count == 1 else "are"
    return f"{count} of {total} {noun} {verb} unsure (lowest score {lowest:.2f})"


def _unit(number: float) -> float:
    return min(max(number, 0.0), 1.0)


def _iou(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> float:
    either = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / either if either else 1.0
