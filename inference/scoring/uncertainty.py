"""How unsure a model's suggestions are, and which image a person should look at first.

Pure functions on numbers; scores, stability, disagreement and entropy are all 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from projects.errors import sentence

SURE_SCORE = 0.6  # a lower one is not called sure, however alike the others are
UNSURE = 0.5  # of a suggestion's uncertainty: from here on a person should look
SCORE_WEIGHT, STABILITY_WEIGHT, DISAGREEMENT_WEIGHT = 0.6, 0.2, 0.2
ENTROPY_WEIGHT = 0.1  # against the others together; a model that does not tell leaves them all
SHAKE = 0.08  # of a box's sides: how far off a hand draws it
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
        disagreement: Of its answers to shaken prompts, 0..1.
        area_share: Of the image, 0..1.
        boundary_entropy: Bits of a pixel along the border, 0..1, or None if the model gives none.
    """

    score: float
    stability: float
    disagreement: float
    area_share: float
    boundary_entropy: float | None = None


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
    told = (
        SCORE_WEIGHT * (1 - _unit(suggestion.score))
        + STABILITY_WEIGHT * (1 - _unit(suggestion.stability))
        + DISAGREEMENT_WEIGHT * _unit(suggestion.disagreement)
    )
    if suggestion.boundary_entropy is None:
        return told
    return (1 - ENTROPY_WEIGHT) * told + ENTROPY_WEIGHT * _unit(suggestion.boundary_entropy)


def boundary_entropy(logits: npt.NDArray[np.floating]) -> float | None:
    """Return how undecided a mask's border is: mean entropy of a pixel near it, in bits, 0..1.

    Near are the pixels on either side of a change of sign, and their neighbours: a sharp border
    crosses zero steeply and leaves few of them undecided.

    Args:
        logits: h x w, of the mask.

    Returns:
        None if there is no border.
    """
    inside = logits > 0
    near = np.zeros(inside.shape, np.bool_)
    near[:, 1:] |= inside[:, 1:] != inside[:, :-1]
    near[:, :-1] |= inside[:, 1:] != inside[:, :-1]
    near[1:] |= inside[1:] != inside[:-1]
    near[:-1] |= inside[1:] != inside[:-1]
    if not near.any():
        return None
    wide = near.copy()
    wide[:, 1:] |= near[:, :-1]
    wide[:, :-1] |= near[:, 1:]
    wide[1:] |= near[:-1]
    wide[:-1] |= near[1:]
    depth = np.abs(logits[wide].astype(np.float64))  # entropy is the same on either side of zero
    unsure = np.exp(-depth) / (1 + np.exp(-depth))
    bits = -(unsure * np.log2(np.maximum(unsure, 1e-300)) + (1 - unsure) * np.log2(1 - unsure))
    return _unit(float(bits.mean()))


def shaken_boxes(
    box_xyxy: tuple[float, float, float, float], size_hw: tuple[int, int]
) -> list[tuple[float, float, float, float]]:
    """Return the box as three hands would draw it: too large, too far up left, down right.

    Args:
        box_xyxy: Corners in image pixels.
        size_hw: Of the image; nothing reaches beyond it, and no box is empty.
    """
    x0, y0, x1, y1 = box_xyxy
    across, down = SHAKE * (x1 - x0), SHAKE * (y1 - y0)
    moved = [
        (x0 - across, y0 - down, x1 + across, y1 + down),
        (x0 - across, y0 - down, x1 - across, y1 - down),
        (x0 + across, y0 + down, x1 + across, y1 + down),
    ]
    height, width = size_hw
    cut = [
        (max(a, 0.0), max(b, 0.0), min(c, float(width)), min(d, float(height)))
        for a, b, c, d in moved
    ]
    return [box if box[2] - box[0] >= 1 and box[3] - box[1] >= 1 else box_xyxy for box in cut]


def image_priority(suggestions: Sequence[SuggestionScore]) -> Priority:
    """Return an image's priority: mostly its least sure suggestion, else the mean by size.

    The mean counts a suggestion by the square root of its area, so that neither a speck nor the sky
    decides alone.
    """
    if not suggestions:
        return Priority(NOTHING_FOUND, sentence("the model found nothing"))
    unsure = np.array([suggestion_uncertainty(suggestion) for suggestion in suggestions])
    sizes = np.sqrt([_unit(suggestion.area_share) + 1e-6 for suggestion in suggestions])
    mean = float((unsure * sizes).sum() / sizes.sum())
    value = WORST_WEIGHT * float(unsure.max()) + (1 - WORST_WEIGHT) * mean
    return Priority(min(max(value, 0.0), 1.0), _reason(suggestions, unsure))


def _reason(suggestions: Sequence[SuggestionScore], unsure: npt.NDArray[np.float64]) -> str:
    count, total = int((unsure >= UNSURE).sum()), len(suggestions)
    lowest = f"{min(suggestion.score for suggestion in suggestions):.2f}"
    if total == 1:
        return _reason_of_one(lowest, is_unsure=count == 1)
    if not count and float(lowest) < SURE_SCORE:
        return sentence(f"{total} suggestions of low score (lowest {lowest})")
    if not count:
        return sentence(f"all {total} suggestions are sure (lowest score {lowest})")
    if count == 1:
        return sentence(f"1 of {total} suggestions is unsure (lowest score {lowest})")
    return sentence(f"{count} of {total} suggestions are unsure (lowest score {lowest})")


def _reason_of_one(score: str, *, is_unsure: bool) -> str:
    if is_unsure:
        return sentence(f"1 of 1 suggestion is unsure (lowest score {score})")
    if float(score) < SURE_SCORE:
        return sentence(f"1 suggestion of low score (lowest {score})")
    return sentence(f"the only suggestion is sure (score {score})")


def _unit(number: float) -> float:
    return min(max(number, 0.0), 1.0)


def _iou(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> float:
    either = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / either if either else 1.0
