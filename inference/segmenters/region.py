"""A part of an image, segmented for itself at a finer scale and merged without a seam.

Near the part's border its mask gives way to the whole image's: between the two the distances to
both outlines are mixed, so that the outline runs from one to the other and is cut nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.protocol import Box, ImageRgb, Mask, Prompt
from projects.errors import InvalidInput

LEAST_SIDE = 16  # px; what is smaller is no picture to a model
FADE_SHARE = 8  # the part's shorter side through this is the width of the way from one to the other

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Region:
    """Whole pixels of an image: columns from x0 to before x1, rows from y0 to before y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width."""
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def place(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array of the image with."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def numbers(self) -> list[int]:
        """The corners, as they travel."""
        return [self.x0, self.y0, self.x1, self.y1]

    def crop(self, image_rgb: ImageRgb) -> ImageRgb:
        """The part's pixels, uint8 HxWx3."""
        return np.ascontiguousarray(image_rgb[self.place])


def region_of(corners: Box, size_hw: tuple[int, int]) -> Region:
    """The whole pixels that a box touches, cut at the image's border.

    Raises:
        InvalidInput: If the corners are no finite numbers, or too little of the image remains.
    """
    if not np.isfinite(corners).all():
        raise InvalidInput("the corners of a region must be finite numbers", "region_not_finite")
    height, width = size_hw
    x0, y0 = (max(0, int(np.floor(corner))) for corner in corners[:2])
    region = Region(
        x0, y0, min(width, int(np.ceil(corners[2]))), min(height, int(np.ceil(corners[3])))
    )
    if min(region.size_hw) < LEAST_SIDE:
        raise InvalidInput(
            f"the region keeps {region.size_hw[1]}x{region.size_hw[0]} pixels of the image of "
            f"{width}x{height}; it needs {LEAST_SIDE}x{LEAST_SIDE}",
            "region_too_small",
        )
    return region


def prompt_within(prompt: Prompt, region: Region) -> Prompt:
    """What of a prompt on the image lies in the region, in the region's own pixels.

    Args:
        prompt: Valid on the image; logits are taken as the region's.
        region: Of that image.
    """
    points = prompt.points_xy - np.array([region.x0, region.y0], np.float32)
    height, width = region.size_hw
    is_in = (points >= 0).all(axis=1) & (points[:, 0] < width) & (points[:, 1] < height)
    return replace(
        prompt,
        points_xy=points[is_in],
        point_labels=prompt.point_labels[is_in],
        box_xyxy=None if prompt.box_xyxy is None else box_within(prompt.box_xyxy, region),
        mask=None if prompt.mask is None else prompt.mask[region.place].copy(),
        exemplars=tuple(
            (seen, is_like)
            for box, is_like in prompt.exemplars
            if (seen := box_within(box, region)) is not None
        ),
    )


def box_within(box: Box, region: Region) -> Box | None:
    """What of a box on the image lies in the region, in its own pixels; None if nothing does."""
    height, width = region.size_hw
    x0, x1 = (min(max(x - region.x0, 0.0), float(width)) for x in (box[0], box[2]))
    y0, y1 = (min(max(y - region.y0, 0.0), float(height)) for y in (box[1], box[3]))
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def placed(part: Mask, region: Region, size_hw: tuple[int, int]) -> Mask:
    """The region's mask, bool, as one of the whole image with nothing around it."""
    mask = np.zeros(size_hw, np.bool_)
    mask[region.place] = part
    return mask


def merged(whole: Mask, part: Mask, region: Region) -> Mask:
    """The whole image's mask with the region's in its place.

    Args:
        whole: bool, HxW of the image.
        part: bool, HxW of the region.
        region: Of the image.
    """
    weight = _weights(region, whole.shape)
    around = whole[region.place]
    reach = max(1.0, min(region.size_hw) / FADE_SHARE)
    mixed = weight * _distances(part, reach) + (1 - weight) * _distances(around, reach)
    result = whole.copy()
    result[region.place] = mixed > 0
    return result


def likest(candidates: list[Mask], part: Mask, region: Region) -> Mask:
    """The mask of the image that is most like the region's own there."""
    return max(candidates, key=lambda mask: _iou(mask[region.place], part))


def _weights(region: Region, size_hw: tuple[int, ...]) -> Floats:
    """How much the region's own mask counts, 0 at its border to 1; the image's border is none."""
    height, width = region.size_hw
    fade = max(1.0, min(height, width) / FADE_SHARE)
    rows = _ramp(height, fade, at_start=region.y0 > 0, at_end=region.y1 < size_hw[0])
    columns = _ramp(width, fade, at_start=region.x0 > 0, at_end=region.x1 < size_hw[1])
    return np.minimum(rows[:, None], columns[None])


def _ramp(length: int, fade: float, *, at_start: bool, at_end: bool) -> Floats:
    place = np.arange(length, dtype=np.float32)
    ramp = np.ones(length, np.float32)
    if at_start:
        ramp = np.minimum(ramp, place / fade)
    if at_end:
        ramp = np.minimum(ramp, (length - 1 - place) / fade)
    return ramp


def _distances(mask: Mask, reach: float) -> Floats:
    """Distance to the outline in pixels, positive inside; beyond ``reach`` it says no more."""
    inside, outside = (
        cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5) for side in (mask, ~mask)
    )
    signed = np.where(mask, inside - 0.5, 0.5 - outside)
    return np.clip(signed, -reach, reach).astype(np.float32)


def _iou(first: Mask, second: Mask) -> float:
    either = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / either if either else 1.0
