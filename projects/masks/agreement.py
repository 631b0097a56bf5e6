"""How well two masks, or two sets of masks, agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from projects.masks import rle as rle_codes
from projects.masks.types import Rle

BOUNDARY_SHARE = 0.02  # of the image's diagonal


@dataclass(frozen=True, slots=True)
class Pair:
    """Two masks taken for the same object: their places in the two sequences, and their IoU."""

    a: int
    b: int
    iou: float


def boundary_iou(a: Rle, b: Rle) -> float:
    """IoU of the two masks' inner boundaries, as wide as 2 % of the diagonal, at least 1 px.

    Source: Cheng et al., Boundary IoU, CVPR 2021, section 4; bowenc0221/boundary-iou-api:
    boundary_utils.py. The erosion is the same square, by a summed-area table instead of iterations.
    """
    width_px = max(1, round(BOUNDARY_SHARE * math.hypot(*a.size_hw)))
    return rle_codes.iou(_boundary(a, width_px), _boundary(b, width_px))


def match(a: Sequence[Rle], b: Sequence[Rle], *, minimum: float) -> list[Pair]:
    """Pair masks one to one, the best IoU first; equal ones by their place.

    Args:
        a: Masks of one size.
        b: Masks of the same size.
        minimum: The least IoU of a pair, above 0.

    Returns:
        Pairs, best first.
    """
    ious = rle_codes.iou_matrix(a, b)
    rows, columns = np.nonzero(ious >= minimum)
    order = np.argsort(-ious[rows, columns], kind="stable")
    free_a, free_b = [True] * len(a), [True] * len(b)
    pairs = []
    for i, j in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if free_a[i] and free_b[j]:
            free_a[i] = free_b[j] = False
            pairs.append(Pair(a=i, b=j, iou=float(ious[i, j])))
    return pairs


def _boundary(rle: Rle, width_px: int) -> Rle:
    bitmap = np.array(rle_codes.to_bitmap(rle), order="C")
    left, top, width, height = rle_codes.bbox_xywh(rle)
    inside = bitmap[top : top + height, left : left + width]
    inside &= ~_eroded(inside, width_px)
    return rle_codes.from_bitmap(bitmap)


def _eroded(bitmap: npt.NDArray[np.bool_], width_px: int) -> npt.NDArray[np.bool_]:
    """Keep the pixels whose square of 2 x width_px + 1 is inside; beyond the array is outside."""
    side = 2 * width_px + 1
    sums = np.pad(bitmap, width_px).astype(np.int64).cumsum(0).cumsum(1)
    sums = np.pad(sums, ((1, 0), (1, 0)))
    windows = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    kept: npt.NDArray[np.bool_] = windows == side * side
    return kept
