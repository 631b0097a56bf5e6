"""What holds for every answer, whatever a model says: clicks stick, and boxes bind.

A click's pixel ends on the click's side, later clicks winning over earlier ones on one pixel. An
answer to a box stays in the box grown by a tenth; only a click beyond it reaches further.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.protocol import FOREGROUND, Box, Labels, Logits, Mask, Points

BOX_GROWTH = 0.1  # of its sides, at each of them
DISC_SHARE = 200  # a disc's radius is the image's longer side through this: seen, but small
FAR = 1e6  # in logits: no limit

Spot = tuple[int, int, int]  # column, row, label


class Bound(Protocol):
    """What binds an answer: a prompt, validated, or what a decoder was given of it."""

    @property
    def points_xy(self) -> Points:
        """Clicks, N x 2, in image pixels."""
        ...

    @property
    def point_labels(self) -> Labels:
        """Whose they are, N."""
        ...

    @property
    def box_xyxy(self) -> Box | None:
        """The box, in image pixels."""
        ...


def hold(mask: Mask, logits: Logits | None, prompt: Bound) -> Mask:
    """Return the mask with every click on its side and nothing far outside of the box.

    Where a click disagrees with the mask, the connected pixels around it that the model believes
    in at least as much as in the click's own pixel change sides with it, and at least a disc. If
    they hold a click of the other side, the model has nothing to tell there, and the disc is all.

    Args:
        mask: bool, HxW; it is not written to.
        logits: float32, HxW, the beliefs behind it, or None for none: then discs are all.
        prompt: Validated.
    """
    clicks = zip(prompt.points_xy, prompt.point_labels, strict=True)
    last = {(int(x), int(y)): int(label) for (x, y), label in clicks}
    spots = [(x, y, label) for (x, y), label in last.items()]
    inside = None if prompt.box_xyxy is None else _grown(prompt.box_xyxy, mask.shape)
    held = mask.copy() if inside is None else _kept(mask, inside)
    for spot in spots:
        x, y, label = spot
        if held[y, x] != (label == FOREGROUND):
            _turn(held, logits, spot, spots, inside)
    for x, y, label in spots:
        held[y, x] = label == FOREGROUND
    return held


def _turn(
    held: Mask,
    logits: Logits | None,
    spot: Spot,
    spots: Sequence[Spot],
    inside: tuple[slice, slice] | None,
) -> None:
    x, y, label = spot
    is_inside = label == FOREGROUND
    disc = np.zeros(held.shape, np.uint8)
    cv2.circle(disc, (x, y), max(1, round(max(held.shape) / DISC_SHARE)), 1, -1)
    region = disc > 0
    if logits is not None:
        believed = _region(logits, x, y, is_inside=is_inside)
        if not any(believed[v, u] for u, v, other in spots if other != label):
            region |= believed
    if inside is not None and is_inside:
        region = _kept(region, inside)
    held[region] = is_inside


def _region(logits: Logits, x: int, y: int, *, is_inside: bool) -> Mask:
    """Return the pixels joined to a click whose logit is at least (or at most) the click's."""
    height, width = logits.shape
    found = np.zeros((height + 2, width + 2), np.uint8)
    cv2.floodFill(
        np.ascontiguousarray(logits, np.float32),
        found,
        (x, y),
        0,
        loDiff=0 if is_inside else FAR,
        upDiff=FAR if is_inside else 0,
        flags=4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (1 << 8),
    )
    return np.asarray(found[1:-1, 1:-1] > 0, np.bool_)


def _grown(box_xyxy: Box, size_hw: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns whose pixels touch the box grown by a tenth."""
    x0, y0, x1, y1 = box_xyxy
    aside, above = (x1 - x0) * BOX_GROWTH, (y1 - y0) * BOX_GROWTH
    left, top = max(0, int(np.floor(x0 - aside))), max(0, int(np.floor(y0 - above)))
    right, bottom = int(np.ceil(x1 + aside)), int(np.ceil(y1 + above))
    return slice(top, min(bottom, size_hw[0])), slice(left, min(right, size_hw[1]))


def _kept(mask: npt.NDArray[np.bool_], inside: tuple[slice, slice]) -> Mask:
    kept = np.zeros_like(mask)
    kept[inside] = mask[inside]
    return kept
