"""Many boxes of one image as prompts, in as few runs of the decoder as memory allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from inference.segmenters.prompts import checked_box
from inference.segmenters.protocol import Box, Candidate, Embedding, Logits, Prompt, Segmenter
from inference.segmenters.sam_everything import Answers
from inference.segmenters.sam_frame import Frame

BOXES_AT_ONCE = 16  # 0.4 GB in one run of SAM's decoder; on a CPU more take no less time each
CORNER_LABELS = (2.0, 3.0)  # of SAM's decoders: top left, bottom right


@runtime_checkable
class AnswersBoxes(Protocol):
    """A segmenter that takes many boxes in one run."""

    def predict_boxes(self, embedding: Embedding, boxes_xyxy: Sequence[Box]) -> Iterator[Candidate]:
        """Answer each box with one candidate, in their order.

        Raises:
            InvalidInput: as ``Segmenter.predict``.
        """
        ...


def predict_boxes(
    segmenter: Segmenter, embedding: Embedding, boxes_xyxy: Sequence[Box]
) -> Iterator[Candidate]:
    """Answer each box with one candidate, in their order; one after the other where need be.

    Raises:
        InvalidInput: as ``Segmenter.predict``.
    """
    if isinstance(segmenter, AnswersBoxes):
        yield from segmenter.predict_boxes(embedding, boxes_xyxy)
        return
    for box in boxes_xyxy:
        yield segmenter.predict(embedding, Prompt(box_xyxy=box))[0]


def in_batches(boxes_xyxy: Sequence[Box], size_hw: tuple[int, int]) -> Iterator[list[Box]]:
    """Give the boxes, checked and cut at the image's border, as many at once as a run takes.

    Raises:
        InvalidInput: as ``checked_box``.
    """
    checked = [checked_box(box, size_hw) for box in boxes_xyxy]
    for start in range(0, len(checked), BOXES_AT_ONCE):
        yield checked[start : start + BOXES_AT_ONCE]


def sam_answers(
    ask: Answers, embedding: Embedding, frame: Frame, boxes_xyxy: Sequence[Box]
) -> Iterator[tuple[Box, Logits, np.float32]]:
    """Ask a decoder of SAM's kind; give each box, its logits (h x w) and its predicted IoU.

    Raises:
        InvalidInput: as ``checked_box``.
    """
    for boxes in in_batches(boxes_xyxy, embedding.size_hw):
        corners = frame.scaled_points(np.array(boxes).reshape(-1, 2)).reshape(-1, 2, 2)
        scores, low = ask(embedding, corners, np.tile(CORNER_LABELS, (len(boxes), 1)))
        for place, box in enumerate(boxes):
            yield box, low[place, 0].copy(), scores[place, 0]
