"""Polygons to masks as pycocotools fills them, and outlines that give the mask back exactly."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco_mask

from projects.masks import polygon, rle
from projects.masks.types import InvalidMask

CASES = json.loads((Path(__file__).parents[2] / "data/polygon_cases.json").read_text())["cases"]

sizes = st.tuples(st.integers(1, 24), st.integers(1, 24))


def bitmap_of(*rows: str) -> np.ndarray:
    return np.array([[cell == "#" for cell in row] for row in rows])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_table_of_polygons(case: dict) -> None:
    mask = polygon.rasterise(case["polygons"], tuple(case["size"]))

    assert mask.counts == case["counts"]
    assert rle.area(mask) == case["area"]


def test_two_thousand_random_shapes_equal_pycocotools() -> None:
    rng = np.random.default_rng(95)
    for _ in range(2000):
        height, width = (int(side) for side in rng.integers(1, 60, 2))
        corners = int(rng.integers(3, 12))
        span = np.tile([width, height], corners)
        rings = [
            (rng.random(2 * corners) * span * 3 - span).round(int(rng.integers(0, 4))).tolist()
            for _ in range(rng.integers(1, 4))
        ]

        theirs = coco_mask.merge(coco_mask.frPyObjects(rings, height, width))

        ours = polygon.rasterise(rings, (height, width))
        assert np.array_equal(rle.to_bitmap(ours), coco_mask.decode(theirs).astype(bool))


SQUARE = [0.0, 0.0, 5.0, 0.0, 5.0, 5.0, 0.0, 5.0]
HOSTILE = {
    "no list": "polygon",
    "no polygon": [],
    "flat list": SQUARE,
    "a polygon of text": ["0,0,5,5"],
    "odd count": [[*SQUARE, 1.0]],
    "two corners": [[0, 0, 5, 5]],
    "no corners": [[]],
    "one bad among good": [SQUARE, [1, 1]],
    "1e7": [[0, 0, 1e7, 0, 5, 5]],
    "1e9": [[0, 0, 1e9, 0, 5, 5]],
    "-1e9": [[0, 0, -1e9, 0, 5, 5]],
    "infinite": [[0, 0, math.inf, 0, 5, 5]],
    "minus infinite": [[0, 0, -math.inf, 0, 5, 5]],
    "not a number": [[0, 0, math.nan, 0, 5, 5]],
    "a number as text": [[0, 0, "nan", 0, 5, 5]],
    "null": [[0, 0, None, 0, 5, 5]],
    "truth": [[0, 0, True, 0, 5, 5]],
    "1e400 as a whole number": [[0, 0, 10**400, 0, 5, 5]],
    "just beyond twice the width": [[0, 0, 20.01, 0, 5, 5]],
    "just beyond twice the height": [[0, 0, 5, 16.01, 5, 5]],
    "too many corners": [[1.0, 1.0] * (polygon.MAX_VERTICES + 1)],
    "too many corners in all": [SQUARE] * (polygon.MAX_VERTICES // 4 + 1),
}


@pytest.mark.parametrize("segmentation", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_polygons_are_refused_with_a_reason(segmentation: object) -> None:
    with pytest.raises(InvalidMask) as refusal:
        polygon.rasterise(segmentation, (8, 10))

    assert refusal.value.message
    assert refusal.value.code.startswith("polygon_")


def test_limits_hold_at_the_limit() -> None:
    at_edge = polygon.rasterise([[-20, -16, 20, -16, 20, 16, -20, 16]], (8, 10))
    most = polygon.rasterise([[1.0, 1.0] * polygon.MAX_VERTICES], (8, 10))

    assert rle.area(at_edge) == 80
    assert rle.area(most) == 0


def test_zigzags_that_would_take_gigabytes_are_refused() -> None:
    zigzag = [0.0 if i % 4 < 2 else 8000.0 for i in range(1000)]

    with pytest.raises(InvalidMask, match="px long"):
        polygon.rasterise([zigzag], (8000, 8000))


TRACED = {
    "square": (("....", ".##.", ".##.", "...."), 1),
    "one pixel": (("...", ".#.", "..."), 1),
    "whole": (("###", "###"), 1),
    "touching every border": ((".#.", "###", ".#."), 1),
    "two parts": (("##...", "....#"), 2),
    "falling diagonal": (("#..", ".#.", "..#"), 3),
    "rising diagonal": (("..#", ".#.", "#.."), 3),
    "checkerboard": (("#.#", ".#.", "#.#"), 5),
    "closed only at a corner": (("####", "#..#", "#.#.", "###."), 1),
    "stairs": (("#...", "##..", "###.", "####"), 1),
}


@pytest.mark.parametrize(("rows", "rings"), TRACED.values(), ids=TRACED.keys())
def test_traced_rings_fill_to_the_same_mask(rows: tuple[str, ...], rings: int) -> None:
    mask = rle.from_bitmap(bitmap_of(*rows))

    traced = polygon.trace(mask)

    assert traced is not None
    assert len(traced) == rings
    assert polygon.rasterise(traced, mask.size_hw) == mask
    assert all(len(ring) >= 8 for ring in traced)


HELD_BY_NO_POLYGON = {
    "empty": ("...", "..."),
    "hole": ("###", "#.#", "###"),
    "hole beside a part": ("###..", "#.#.#", "###.."),
    "part in a hole": ("#####", "#...#", "#.#.#", "#...#", "#####"),
}


@pytest.mark.parametrize("rows", HELD_BY_NO_POLYGON.values(), ids=HELD_BY_NO_POLYGON.keys())
def test_what_no_polygon_holds_is_said(rows: tuple[str, ...]) -> None:
    assert polygon.trace(rle.from_bitmap(bitmap_of(*rows))) is None


@settings(max_examples=300, deadline=None)
@given(sizes.flatmap(lambda size: hnp.arrays(np.bool_, size)))
def test_trace_is_exact_or_none(bitmap: np.ndarray) -> None:
    mask = rle.from_bitmap(bitmap)

    traced = polygon.trace(mask)

    if traced is not None:
        theirs = coco_mask.merge(coco_mask.frPyObjects(traced, *bitmap.shape))
        assert np.array_equal(coco_mask.decode(theirs).astype(bool), bitmap)
    else:
        assert not bitmap.any() or has_hole(bitmap)


def has_hole(bitmap: np.ndarray) -> bool:
    """Flood the outside, also through diagonals; what stays dry is a hole."""
    wet = np.zeros(np.add(bitmap.shape, 2), bool)
    wet[0, 0] = True
    dry_land = np.pad(bitmap, 1)
    while True:
        spread = np.pad(wet, 1)
        around = [
            spread[1 + dy : spread.shape[0] - 1 + dy, 1 + dx : spread.shape[1] - 1 + dx]
            for dy in (-1, 0, 1)
            for dx in (-1, 0, 1)
        ]
        wider = np.logical_or.reduce(around) & ~dry_land
        if np.array_equal(wider, wet):
            return bool((~wet & ~dry_land).any())
        wet = wider


def test_a_mask_of_too_many_corners_is_left_to_rle() -> None:
    checkerboard = np.add.outer(np.arange(200), np.arange(200)) % 2 == 0

    assert polygon.trace(rle.from_bitmap(checkerboard)) is None


@pytest.mark.parametrize(
    "segmentation",
    [
        [[1, 1, 4, 1, 4, 3, 1, 3]],
        {"size": [4, 6], "counts": [5, 2, 2, 2, 2, 2, 9]},
        {"size": [4, 6], "counts": "5220007"},
    ],
    ids=["polygon", "uncompressed", "compressed"],
)
def test_three_forms_of_one_segmentation(segmentation: object) -> None:
    mask = polygon.from_segmentation(segmentation, (4, 6))

    assert rle.area(mask) == 6
    assert rle.bbox_xywh(mask) == (1, 1, 3, 2)
