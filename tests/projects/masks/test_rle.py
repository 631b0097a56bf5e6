"""The codec and the algebra of run-length codes, against pycocotools and against bitmaps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco_mask

from projects.masks import rle
from projects.masks.types import InvalidMask

CASES = json.loads((Path(__file__).parents[2] / "data/rle_cases.json").read_text())["cases"]
DRAWN = [case for case in CASES if "rows" in case]

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))


@st.composite
def bitmaps(draw: st.DrawFn, shape: tuple[int, int] | None = None) -> np.ndarray:
    """Noise of any density, and flat areas: long runs and short ones."""
    size = shape or draw(shapes)
    fill = st.sampled_from([True, False])
    return draw(hnp.arrays(np.bool_, size, elements=st.booleans(), fill=fill))


@st.composite
def bitmap_pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size = draw(shapes)
    return draw(bitmaps(size)), draw(bitmaps(size))


def by_pycocotools(bitmap: np.ndarray) -> dict:
    return coco_mask.encode(np.asfortranarray(bitmap.astype(np.uint8)))


def drawn(case: dict) -> np.ndarray:
    return np.array([[cell == "#" for cell in row] for row in case["rows"]])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
class TestTable:
    def test_compressed_and_listed_counts_are_the_same_mask(self, case: dict) -> None:
        size_hw = tuple(case["size"])

        compressed = rle.parse({"size": case["size"], "counts": case["counts"]}, size_hw)
        listed = rle.parse({"size": case["size"], "counts": case["runs"]}, size_hw)

        assert compressed == listed
        assert compressed.counts == case["counts"]
        assert rle.runs(compressed).tolist() == case["runs"]

    def test_area_and_box_are_those_of_the_pixels(self, case: dict) -> None:
        mask = rle.from_runs(case["runs"], tuple(case["size"]))

        assert rle.area(mask) == case["area"]
        assert list(rle.bbox_xywh(mask)) == case["bbox_xywh"]

    def test_wire_forms_parse_back(self, case: dict) -> None:
        size_hw = tuple(case["size"])
        mask = rle.from_runs(case["runs"], size_hw)

        assert rle.parse(json.loads(json.dumps(rle.to_wire(mask))), size_hw) == mask
        assert rle.parse(json.loads(json.dumps(rle.to_uncompressed(mask))), size_hw) == mask


@pytest.mark.parametrize("case", DRAWN, ids=lambda case: case["name"])
def test_drawn_cases_encode_to_their_counts(case: dict) -> None:
    bitmap = drawn(case)

    assert rle.from_bitmap(bitmap).counts == case["counts"]
    assert np.array_equal(rle.to_bitmap(rle.from_bitmap(bitmap)), bitmap)


@settings(max_examples=400, deadline=None)
@given(bitmaps())
def test_codec_equals_pycocotools_bit_for_bit(bitmap: np.ndarray) -> None:
    theirs = by_pycocotools(bitmap)

    ours = rle.from_bitmap(bitmap)

    assert ours.counts.encode() == theirs["counts"]
    assert rle.from_bitmap(np.asfortranarray(bitmap)) == ours
    assert np.array_equal(rle.to_bitmap(ours), coco_mask.decode(theirs).astype(bool))


def test_ten_thousand_random_masks_equal_pycocotools() -> None:
    rng = np.random.default_rng(94)
    for _ in range(10_000):
        height, width = rng.integers(1, 24, 2)
        bitmap = rng.random((height, width)) < rng.choice([0, 0.03, 0.5, 0.97, 1])

        assert rle.from_bitmap(bitmap).counts.encode() == by_pycocotools(bitmap)["counts"]


def test_large_runs_take_several_characters() -> None:
    bitmap = np.zeros((4000, 3000), bool)
    bitmap[17:3990, 5:2990] = True
    bitmap[2000, 1500] = False

    ours = rle.from_bitmap(bitmap)

    assert ours.counts.encode() == by_pycocotools(bitmap)["counts"]
    assert np.array_equal(rle.to_bitmap(ours), bitmap)


@settings(max_examples=200, deadline=None)
@given(bitmap_pairs())
def test_algebra_on_runs_equals_algebra_on_pixels(pair: tuple[np.ndarray, np.ndarray]) -> None:
    left, right = pair
    a, b = rle.from_bitmap(left), rle.from_bitmap(right)
    both, either = int((left & right).sum()), int((left | right).sum())

    assert rle.union([a, b], a.size_hw) == rle.from_bitmap(left | right)
    assert rle.intersect(a, b) == rle.from_bitmap(left & right)
    assert rle.subtract(a, b) == rle.from_bitmap(left & ~right)
    assert rle.intersection_area(a, b) == both
    assert rle.iou(a, b) == (both / either if either else 0.0)
    assert rle.contained(a, b) == (both / left.sum() if left.any() else 0.0)
    each_pair = np.array([[rle.iou(a, b)], [rle.iou(b, b)]])
    assert rle.iou_matrix([a, b], [b]) == pytest.approx(each_pair)


def test_union_of_nothing_is_empty() -> None:
    assert rle.area(rle.union([], (3, 4))) == 0


def test_union_of_many_masks() -> None:
    bitmaps_ = [np.arange(35).reshape(5, 7) % k == 0 for k in (3, 5, 7, 11)]

    joined = rle.union([rle.from_bitmap(bitmap) for bitmap in bitmaps_], (5, 7))

    assert joined == rle.from_bitmap(np.logical_or.reduce(bitmaps_))


def test_iou_matrix_without_masks_keeps_its_shape() -> None:
    mask = rle.from_bitmap(np.ones((2, 2), bool))

    assert rle.iou_matrix([], [mask]).shape == (0, 1)
    assert rle.iou_matrix([mask], []).shape == (1, 0)


def test_masks_of_two_sizes_are_refused() -> None:
    a, b = rle.from_bitmap(np.ones((2, 3), bool)), rle.from_bitmap(np.ones((3, 2), bool))

    for combine in (rle.intersect, rle.subtract, rle.iou, rle.contained):
        with pytest.raises(InvalidMask, match="3x2"):
            combine(a, b)
    with pytest.raises(InvalidMask, match="3x2"):
        rle.iou_matrix([a], [b])


def test_empty_runs_inside_are_joined() -> None:
    untidy = [0, 0, 2, 0, 1, 4, 0, 0, 5, 0]

    mask = rle.parse({"size": [3, 4], "counts": untidy}, (3, 4))

    assert rle.runs(mask).tolist() == [3, 4, 5]
    assert mask == rle.from_runs([3, 4, 5], (3, 4))


def test_one_mask_has_one_name() -> None:
    mask = rle.from_runs([3, 4, 5], (3, 4))

    assert rle.sha256(mask) == rle.sha256(rle.from_runs([3, 2, 0, 2, 5], (3, 4)))
    assert rle.sha256(mask) != rle.sha256(rle.from_runs([3, 4, 5], (4, 3)))
    assert rle.sha256(mask) != rle.sha256(rle.from_runs([4, 3, 5], (3, 4)))


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), (0, 4)])
def test_what_is_not_a_bitmap_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidMask, match="height x width"):
        rle.from_bitmap(np.zeros(shape, bool))


HOSTILE = {
    "null": None,
    "text": "52",
    "no size": {"counts": "52"},
    "no counts": {"size": [3, 4]},
    "size of another image": {"size": [4, 3], "counts": [12]},
    "enormous size": {"size": [200_000, 200_000], "counts": [40_000_000_000]},
    "size of three": {"size": [3, 4, 1], "counts": [12]},
    "size of decimals": {"size": [3.0, 4.0], "counts": [12]},
    "size of truths": {"size": [True, 4], "counts": [12]},
    "size as text": {"size": "34", "counts": [12]},
    "counts too long": {"size": [3, 4], "counts": [6, 7]},
    "counts too short": {"size": [3, 4], "counts": [6, 5]},
    "counts empty": {"size": [3, 4], "counts": []},
    "counts empty text": {"size": [3, 4], "counts": ""},
    "counts negative": {"size": [3, 4], "counts": [14, -2]},
    "counts of decimals": {"size": [3, 4], "counts": [6.0, 6.0]},
    "counts of truths": {"size": [3, 4], "counts": [11, True]},
    "counts of text": {"size": [3, 4], "counts": ["12"]},
    "counts nested": {"size": [3, 4], "counts": [[12]]},
    "counts of 65 bits": {"size": [3, 4], "counts": [2**64 + 12]},
    "counts that wrap around 64 bits": {"size": [3, 4], "counts": [2**62] * 4 + [12]},
    "counts an object": {"size": [3, 4], "counts": {"12": 1}},
    "more runs than pixels allow": {"size": [3, 4], "counts": [0] * 1000 + [12]},
    "garbage": {"size": [3, 4], "counts": "hello, world"},
    "below the code": {"size": [3, 4], "counts": "/"},
    "above the code": {"size": [3, 4], "counts": "p"},
    "outside ASCII": {"size": [3, 4], "counts": "\uff152"},
    "a lone surrogate": {"size": [3, 4], "counts": "\ud800"},
    "bytes above 127": {"size": [3, 4], "counts": b"\xff\x80"},
    "cut off in a number": {"size": [3, 4], "counts": "o"},
    "a number without end": {"size": [3, 4], "counts": "oooooooooooo0"},
    "compressed negative": {"size": [3, 4], "counts": "O="},
    "compressed too long": {"size": [3, 4], "counts": "67"},
    "ten megabytes": {"size": [3, 4], "counts": "0" * 10_000_000},
}


@pytest.mark.parametrize("segmentation", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_codes_are_refused_with_a_reason(segmentation: object) -> None:
    with pytest.raises(InvalidMask) as refusal:
        rle.parse(segmentation, (3, 4))

    assert refusal.value.message
    assert refusal.value.code.startswith("mask_")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60) | st.lists(st.integers(-3, 30), max_size=20))
def test_any_counts_are_refused_or_read_as_whole_masks(counts: object) -> None:
    try:
        mask = rle.parse({"size": [5, 6], "counts": counts}, (5, 6))
    except InvalidMask:
        return

    runs = rle.runs(mask)
    assert runs.sum() == 30
    assert (runs[1:] > 0).all()
    assert rle.from_bitmap(rle.to_bitmap(mask)) == mask


def test_refusals_say_what_was_expected_and_what_came() -> None:
    with pytest.raises(InvalidMask, match="mask is 4x3, image is 3x4"):
        rle.parse({"size": [4, 3], "counts": [12]}, (3, 4))
    with pytest.raises(InvalidMask, match="counts sum to 11, expected 12"):
        rle.parse({"size": [3, 4], "counts": [11]}, (3, 4))
