"""Layers flattened to one map: who owns a pixel, what is reported, and the PNG."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from projects.masks import panoptic, rle
from projects.masks.panoptic import Layer, OverlapPolicy, SegmentsOverlap
from projects.masks.types import InvalidMask

SIZE_HW = (4, 6)


def layer(key: str, rows: slice, columns: slice, **facts: object) -> Layer:
    bitmap = np.zeros(SIZE_HW, bool)
    bitmap[rows, columns] = True
    values = {"is_thing": True, "category_id": 1, "number": 1} | facts
    return Layer(segment_key=key, rle=rle.from_bitmap(bitmap), **values)


ALL = slice(None)


def test_the_higher_layer_owns_the_pixel() -> None:
    low = layer("low", ALL, slice(0, 4), number=9, z=0)
    high = layer("high", ALL, slice(2, 6), number=5, z=1)

    flat = panoptic.flatten([high, low], SIZE_HW)

    assert flat.ids[0].tolist() == [9, 9, 5, 5, 5, 5]
    assert [(segment.id, segment.area) for segment in flat.segments] == [(5, 16), (9, 8)]
    assert flat.segments[1].bbox_xywh == (0, 0, 2, 4)
    assert flat.void == 0


def test_of_equal_height_the_younger_owns_the_pixel() -> None:
    old, young = layer("old", ALL, ALL, number=3), layer("young", ALL, slice(0, 2), number=4)

    flat = panoptic.flatten([young, old], SIZE_HW)

    assert flat.ids[0].tolist() == [4, 4, 3, 3, 3, 3]


def test_label_priority_goes_before_height() -> None:
    first = layer("first", ALL, slice(0, 4), number=1, z=0, priority=0)
    second = layer("second", ALL, slice(2, 6), number=2, z=9, priority=1)

    flat = panoptic.flatten([first, second], SIZE_HW, OverlapPolicy.LABEL_PRIORITY)

    assert flat.ids[0].tolist() == [1, 1, 1, 1, 2, 2]


def test_fail_refuses_overlap_and_counts_it() -> None:
    layers = [layer("a", ALL, slice(0, 4), number=1), layer("b", ALL, slice(3, 6), number=2)]

    with pytest.raises(SegmentsOverlap, match="4 px"):
        panoptic.flatten(layers, SIZE_HW, OverlapPolicy.FAIL)


def test_fail_accepts_stuff_of_one_category_that_overlaps_itself() -> None:
    layers = [
        layer("a", ALL, slice(0, 4), number=1, is_thing=False),
        layer("b", ALL, slice(3, 6), number=2, is_thing=False),
    ]

    flat = panoptic.flatten(layers, SIZE_HW, OverlapPolicy.FAIL)

    assert flat.segments[0].area == 24


def test_stuff_of_one_category_is_one_segment() -> None:
    layers = [
        layer("left", ALL, slice(0, 1), number=7, is_thing=False, category_id=3, iscrowd=True),
        layer("right", ALL, slice(5, 6), number=4, is_thing=False, category_id=3),
        layer("other", ALL, slice(2, 3), number=5, is_thing=False, category_id=8),
    ]

    flat = panoptic.flatten(layers, SIZE_HW)

    merged, other = flat.segments
    assert (merged.id, merged.category_id, merged.area) == (4, 3, 8)
    assert merged.bbox_xywh == (0, 0, 6, 4)
    assert merged.keys == ("right", "left")
    assert not merged.iscrowd
    assert other.id == 5


def test_a_covered_thing_is_reported_not_written() -> None:
    below, above = layer("below", ALL, slice(1, 2), number=1), layer("above", ALL, ALL, number=2)

    flat = panoptic.flatten([below, above], SIZE_HW)

    assert flat.covered == ("below",)
    assert [segment.id for segment in flat.segments] == [2]


def test_an_empty_layer_is_reported() -> None:
    flat = panoptic.flatten([layer("empty", slice(0, 0), ALL)], SIZE_HW)

    assert flat.covered == ("empty",)
    assert flat.segments == ()


def test_no_layers_leave_only_void() -> None:
    flat = panoptic.flatten([], SIZE_HW)

    assert not flat.ids.any()
    assert flat.void == 24


def test_a_mask_of_another_size_is_refused() -> None:
    other = Layer("x", rle.from_bitmap(np.ones((6, 4), bool)), True, 1, number=1)

    with pytest.raises(InvalidMask, match=r"\(6, 4\)"):
        panoptic.flatten([other], SIZE_HW)


def test_the_order_of_the_sequence_changes_nothing() -> None:
    layers = [
        layer("a", ALL, slice(0, 3), number=1, z=1),
        layer("b", ALL, slice(1, 4), number=2, z=1, is_thing=False),
        layer("c", slice(1, 3), ALL, number=3, z=0, is_thing=False),
    ]
    pictures = {
        panoptic.encode_png(panoptic.flatten(order, SIZE_HW).ids)
        for order in itertools.permutations(layers)
    }

    assert len(pictures) == 1


def test_numbers_beyond_24_bits_are_counted_anew() -> None:
    layers = [
        layer("a", ALL, slice(0, 2), number=2**24 + 5),
        layer("b", ALL, slice(2, 4), number=12),
    ]

    flat = panoptic.flatten(layers, SIZE_HW)

    assert [segment.id for segment in flat.segments] == [1, 2]


def test_segments_describe_the_map_whatever_lies_on_what() -> None:
    rng = np.random.default_rng(98)
    for _ in range(300):
        size_hw = (int(rng.integers(1, 20)), int(rng.integers(1, 20)))
        layers = [random_layer(rng, size_hw, number) for number in range(1, rng.integers(2, 7))]

        flat = panoptic.flatten(layers, size_hw)

        found = {segment.id for segment in flat.segments}
        assert found == set(np.unique(flat.ids).tolist()) - {0}
        assert flat.void + sum(segment.area for segment in flat.segments) == flat.ids.size
        for segment in flat.segments:
            region = rle.from_bitmap(flat.ids == segment.id)
            assert segment.area == rle.area(region)
            assert segment.bbox_xywh == rle.bbox_xywh(region)


def random_layer(rng: np.random.Generator, size_hw: tuple[int, int], number: int) -> Layer:
    top, left = rng.integers(0, size_hw[0]), rng.integers(0, size_hw[1])
    bitmap = np.zeros(size_hw, bool)
    bitmap[top : top + rng.integers(1, 9), left : left + rng.integers(1, 9)] = True
    category_id = int(rng.integers(1, 3))
    z = int(rng.integers(0, 3))
    return Layer(
        str(number), rle.from_bitmap(bitmap), bool(rng.random() < 0.5), category_id, number, z
    )


@pytest.mark.parametrize("order", ["C", "F"])
def test_png_holds_24_bit_ids(order: str) -> None:
    ids = np.array([[0, 255, 256], [65535, 65536, panoptic.MAX_ID]], np.int32, order=order)

    picture = Image.open(io.BytesIO(panoptic.encode_png(ids)))

    assert picture.mode == "RGB"
    pixels = np.array(picture).astype(int)
    assert (pixels @ [1, 256, 65536]).tolist() == ids.tolist()
    assert panoptic.decode_ids(np.array(picture)).tolist() == ids.tolist()


def test_png_of_a_picture_wider_than_a_block() -> None:
    ids = np.arange(70 * 130, dtype=np.int32).reshape(70, 130)

    picture = Image.open(io.BytesIO(panoptic.encode_png(ids)))

    assert np.array_equal(panoptic.decode_ids(np.array(picture)), ids)
