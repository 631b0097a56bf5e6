"""What a model doubts of its own suggestion: its answers to shaken prompts, and its border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.scoring.uncertainty import boundary_entropy, shaken_boxes, suggestion_disagreement
from inference.segmenters.protocol import Candidate, Embedding, Prompt, Segmenter
from projects.masks.rle import bbox_xywh
from projects.masks.types import Rle


@dataclass(frozen=True, slots=True)
class Doubts:
    """A suggestion's uncertainty, each 0..1.

    Attributes:
        disagreement: Of the suggestion and the answers to shaken boxes around it.
        boundary_entropy: Bits of a pixel along its border; None where the model has no logits.
    """

    disagreement: float
    boundary_entropy: float | None


def doubts_of(candidate: Candidate, rle: Rle, embedding: Embedding, segmenter: Segmenter) -> Doubts:
    """What the segmenter doubts of a candidate.

    Where an embedding makes prompts cheap, it is asked for the object by three boxes as a hand
    would draw them. Elsewhere the disagreement is that of the two masks that stability compares.

    Args:
        candidate: With a mask that is not empty.
        rle: Its mask.
        embedding: Of the image.
        segmenter: Who found it.
    """
    if not answers_cheaply(segmenter):
        return doubts_among(candidate, ())
    x, y, w, h = bbox_xywh(rle)
    box = (float(x), float(y), float(x + w), float(y + h))
    answers = [
        segmenter.predict(embedding, Prompt(box_xyxy=shaken))[0]
        for shaken in shaken_boxes(box, embedding.size_hw)
    ]
    return doubts_among(candidate, answers)


def answers_cheaply(segmenter: Segmenter) -> bool:
    """Whether an embedding makes a prompt by a box cheap."""
    return segmenter.stores_embedding and "box" in segmenter.kinds


def doubts_among(candidate: Candidate, answers: Sequence[Candidate]) -> Doubts:
    """What a candidate and the answers to shaken boxes tell; without any, stability tells.

    Args:
        candidate: With a mask that is not empty.
        answers: To boxes around the same object.
    """
    if not answers:
        return Doubts(_share(1.0 - candidate.stability), _entropy(candidate))
    entropies = [_entropy(one) for one in (candidate, *answers)]
    told = [entropy for entropy in entropies if entropy is not None]
    return Doubts(
        _share(suggestion_disagreement([_Drawn(candidate.mask), *answers])),
        float(np.mean(told)) if told else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """A mask that was decoded once."""

    mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def _entropy(candidate: Candidate) -> float | None:
    return None if candidate.logits is None else boundary_entropy(candidate.logits)


def _share(value: float) -> float:
    return float(np.clip(value, 0.0, 1.0))
