"""Agreement of masks: boundary IoU and one-to-one pairs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from projects.masks import agreement, rle
from projects.masks.types import Rle


def disc(y: float, x: float, radius: float, size_hw: tuple[int, int] = (120, 150)) -> np.ndarray:
    rows, columns = np.mgrid[: size_hw[0], : size_hw[1]]
    return (rows - y) ** 2 + (columns - x) ** 2 < radius**2


def boundary_by_iterated_erosion(bitmap: np.ndarray) -> np.ndarray:
    """As Boundary IoU's authors do it: 3x3 erosions of the mask in a frame of zeros."""
    width_px = max(1, round(0.02 * float(np.hypot(*bitmap.shape))))
    framed = np.pad(bitmap.astype(np.uint8), 1)
    eroded = cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=width_px)[1:-1, 1:-1]
    return bitmap & ~eroded.astype(bool)


PAIRS = {
    "shifted": (disc(60, 70, 30), disc(62, 74, 30)),
    "equal": (disc(60, 70, 30), disc(60, 70, 30)),
    "inside": (disc(60, 70, 30), disc(60, 70, 12)),
    "apart": (disc(30, 30, 10), disc(90, 120, 10)),
    "over the border": (disc(0, 0, 40), disc(5, 0, 40)),
    "whole": (np.ones((120, 150), bool), disc(60, 70, 30)),
    "one pixel": (disc(60, 70, 1), disc(60, 70, 2)),
}


@pytest.mark.parametrize(("a", "b"), PAIRS.values(), ids=PAIRS.keys())
def test_boundary_iou_is_that_of_the_eroded_rims(a: np.ndarray, b: np.ndarray) -> None:
    rim_a, rim_b = boundary_by_iterated_erosion(a), boundary_by_iterated_erosion(b)

    found = agreement.boundary_iou(rle.from_bitmap(a), rle.from_bitmap(b))

    assert found == (rim_a & rim_b).sum() / (rim_a | rim_b).sum()


def test_boundary_iou_of_nothing_is_zero() -> None:
    empty = rle.from_bitmap(np.zeros((5, 7), bool))

    assert agreement.boundary_iou(empty, empty) == 0.0


def test_each_mask_is_paired_once_best_first() -> None:
    a = [coded(disc(60, 70, 30)), coded(disc(60, 72, 30))]
    b = [coded(disc(60, 73, 30)), coded(disc(60, 80, 30)), coded(disc(20, 20, 5))]

    pairs = agreement.match(a, b, minimum=0.3)

    assert [(pair.a, pair.b) for pair in pairs] == [(1, 0), (0, 1)]
    assert pairs[0].iou == pytest.approx(rle.iou(a[1], b[0]))


def test_pairs_below_the_minimum_are_none() -> None:
    pairs = agreement.match([coded(disc(60, 70, 30))], [coded(disc(60, 80, 30))], minimum=0.99)

    assert pairs == []


def coded(bitmap: np.ndarray) -> Rle:
    return rle.from_bitmap(bitmap)
