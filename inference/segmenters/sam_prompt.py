"""A prompt as SAM's decoders take it, checked and complete; the same for torch and ONNX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inference.segmenters.prompts import (
    refuse_unknown_kinds,
    validate_embedding,
    validate_prompt,
)
from inference.segmenters.protocol import Box, Embedding, Labels, Logits, Points, Prompt
from inference.segmenters.sam_frame import Frame, box_of_mask
from projects.errors import InvalidInput

GRID = 5  # points a side; as many boxes around them
BOX_SHARE = 0.25  # of the picture's sides
SAM_KINDS = frozenset({"points", "box", "mask", "everything"})


@dataclass(frozen=True, eq=False)
class SamPrompt:
    """What the decoder gets, still in image pixels.

    Attributes:
        logits: float32, 1 x low x low, the last answer or a mask to refine, or None.
    """

    points_xy: Points
    point_labels: Labels
    box_xyxy: Box | None
    logits: Logits | None
    multimask: bool


def for_decoder(
    prompt: Prompt, embedding: Embedding, frame: Frame, name: str, version: str
) -> SamPrompt:
    """Check a prompt against an embedding and turn a mask to refine into logits.

    A mask alone says too little to SAM, so its box goes with it; logits win over a mask.

    Raises:
        InvalidInput: as ``validate_prompt`` and ``validate_embedding``, or if logits have another
            size than this model's.
    """
    validate_embedding(embedding, name, version)
    refuse_unknown_kinds(prompt, SAM_KINDS, name)
    checked = validate_prompt(prompt, embedding.size_hw)
    low_side = 4 * embedding.array.shape[-1]
    logits, box = checked.logits, checked.box_xyxy
    if logits is not None and logits.shape[-1] != low_side:
        raise InvalidInput(
            f"logits of {name} are 1 x {low_side} x {low_side}, got {logits.shape}",
            code="logits_shape",
        )
    if logits is None and checked.mask is not None and checked.mask.any():
        logits = frame.logits_of(checked.mask, low_side)
        if box is None and not len(checked.points_xy):
            box = box_of_mask(checked.mask)
    return SamPrompt(checked.points_xy, checked.point_labels, box, logits, checked.multimask)


def of_box(box_xyxy: Box) -> SamPrompt:
    """Return what is asked by a box alone, which is checked already."""
    bare = Prompt(box_xyxy=box_xyxy)
    return SamPrompt(bare.points_xy, bare.point_labels, box_xyxy, None, multimask=False)


def grid_prompts(size_hw: tuple[int, int]) -> Iterator[Prompt]:
    """Yield clicks on a grid, each for three masks, and boxes around the same places."""
    height, width = size_hw
    places = (np.arange(GRID) + 0.5) / GRID
    for x, y in ((x, y) for y in places for x in places):
        click = np.array([[x * width, y * height]], np.float32)
        yield Prompt(click, np.array([1]), multimask=True)
        reach = BOX_SHARE / 2
        yield Prompt(
            box_xyxy=(
                max(x - reach, 0.0) * width,
                max(y - reach, 0.0) * height,
                min(x + reach, 1.0) * width,
                min(y + reach, 1.0) * height,
            )
        )
