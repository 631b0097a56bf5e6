"""A small object seen at the model's full size: what its box lies in, encoded for itself.

For models whose encoder costs little. An answer to a box stays in the box grown by a tenth
(``guarantee``), so that it lies within what was looked at, and there is no seam.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, runtime_checkable

from inference.segmenters import guarantee
from inference.segmenters.protocol import Box, Candidate, Embedding, ImageRgb, Prompt, Segmenter
from inference.segmenters.region import (
    LEAST_SIDE,
    Region,
    likest,
    merged,
    placed,
    prompt_within,
    region_of,
)

WORTH = 1.5  # times larger than in the whole image, or nothing is gained
ROOM = 1.0  # to each side of a box, in its longer sides: what lies around tells what it is
LEAST_SIDE_PX = 192  # of the part: the fewer pixels it has, the less they tell, however enlarged

Predict = Callable[[Prompt], list[Candidate]]


@runtime_checkable
class LooksCloser(Protocol):
    """A segmenter that is worth running on a part of an image.

    Attributes:
        looks_closer: Whether its encoder costs little beside the wait for an answer.
    """

    looks_closer: bool


def region_around(segmenter: Segmenter, box_xyxy: Box, size_hw: tuple[int, int]) -> Region | None:
    """The part of the image to look at for a box; None where the whole image does as well.

    Args:
        segmenter: Who is to look.
        box_xyxy: Valid on the image.
        size_hw: Of the image.
    """
    if not (isinstance(segmenter, LooksCloser) and segmenter.looks_closer):
        return None
    if max(size_hw) < WORTH * LEAST_SIDE_PX or min(size_hw) < LEAST_SIDE:
        return None
    x0, y0, x1, y1 = box_xyxy
    side = max(x1 - x0, y1 - y0)
    room = max(ROOM * side, (LEAST_SIDE_PX - side) / 2)
    region = region_of((x0 - room, y0 - room, x1 + room, y1 + room), size_hw)
    return region if WORTH * max(region.size_hw) <= max(size_hw) else None


def region_for(segmenter: Segmenter, prompt: Prompt, size_hw: tuple[int, int]) -> Region | None:
    """The part to look at for a prompt with a box; None where the whole image is meant.

    That is so with a mask or logits to go on from, which tell of the whole, and with clicks
    outside of the part.

    Args:
        segmenter: Who is to look.
        prompt: Valid on the image.
        size_hw: Of the image.
    """
    if prompt.box_xyxy is None or prompt.mask is not None or prompt.logits is not None:
        return None
    region = region_around(segmenter, prompt.box_xyxy, size_hw)
    if region is None or len(prompt_within(prompt, region).points_xy) < len(prompt.points_xy):
        return None
    return region


def predict_within(
    predict: Predict, prompt: Prompt, region: Region, size_hw: tuple[int, int]
) -> list[Candidate]:
    """Answer a prompt by what the region shows.

    Args:
        predict: Answers prompts on the region, in its pixels.
        prompt: As ``region_for`` had it.
        region: What that gave.
        size_hw: Of the image.

    Returns:
        Masks of the whole image, without logits: those of a part say nothing of the whole.
    """
    return [
        replace(one, mask=placed(one.mask, region, size_hw), logits=None)
        for one in predict(prompt_within(prompt, region))
    ]


def predict_merged(
    whole: Predict, part: Predict, prompt: Prompt, region: Region
) -> list[Candidate]:
    """Answer a prompt by what the region shows, merged into what is known of the whole image.

    Args:
        whole: Answers prompts on the image.
        part: Answers prompts on the region, in its pixels.
        prompt: Valid on the image; its logits are the region's.
        region: Of the image.

    Returns:
        The region's candidates, each in the mask to refine, or in the whole image's likest one.
    """
    found = part(prompt_within(prompt, region))
    if prompt.mask is not None:
        around = [prompt.mask]
    else:
        around = [one.mask for one in whole(replace(prompt, logits=None))]
    drawn = [merged(likest(around, one.mask, region), one.mask, region) for one in found]
    return [
        replace(one, mask=guarantee.hold(mask, None, prompt))  # near the border the old one shows
        for one, mask in zip(found, drawn, strict=True)
    ]


def predict_closer(
    segmenter: Segmenter, image_rgb: ImageRgb, embedding: Embedding, prompt: Prompt
) -> list[Candidate]:
    """Answer as ``Segmenter.predict``, and look closer where that is worth it.

    Args:
        segmenter: Who answers.
        image_rgb: uint8, HxWx3.
        embedding: The whole image's.
        prompt: Valid on the image.

    Raises:
        InvalidInput: as ``Segmenter.predict``.
    """
    region = region_for(segmenter, prompt, embedding.size_hw)
    if region is None:
        return segmenter.predict(embedding, prompt)
    part = segmenter.embed(region.crop(image_rgb))
    return predict_within(
        lambda asked: segmenter.predict(part, asked), prompt, region, embedding.size_hw
    )
