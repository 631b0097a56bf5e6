"""A model's answer as the suggestion that is stored of it."""

from __future__ import annotations

import numpy as np

from inference.segmenters.protocol import Candidate, Segmenter
from inference.services.doubts import Doubts
from projects.masks.types import Rle
from projects.models import AnnotationState, Source
from projects.services.revisions import ObjectState


def suggested_state(
    *, candidate: Candidate, rle: Rle, doubts: Doubts, segmenter: Segmenter, label: int | None
) -> ObjectState:
    """The suggestion of a candidate, with the model's own doubts.

    Args:
        candidate: What the segmenter found.
        rle: Its mask, not empty.
        doubts: Of it.
        segmenter: Who found it.
        label: The id of a label, or None.
    """
    return ObjectState(
        rle=rle,
        label_id=label,
        state=AnnotationState.SUGGESTED,
        source=Source.MODEL,
        score=_share(candidate.score),
        stability=_share(candidate.stability),
        disagreement=doubts.disagreement,
        boundary_entropy=doubts.boundary_entropy,
        model=f"{segmenter.name}@{segmenter.version}"[:128],
    )


def _share(value: float) -> float:
    return float(np.clip(value, 0.0, 1.0))
