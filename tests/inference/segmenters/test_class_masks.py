"""The best class of each pixel, found some rows at a time."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inference.segmenters.class_masks import best_classes, narrowed

NEAR = 1e-5  # other arithmetic may decide otherwise between two that are as good


@pytest.mark.parametrize(
    ("low", "size_hw"),
    [((7, 9), (150, 201)), ((64, 64), (64, 200)), ((90, 80), (33, 41)), ((1, 1), (130, 3))],
)
def test_it_is_that_of_logits_drawn_out_whole(
    low: tuple[int, int], size_hw: tuple[int, int]
) -> None:
    logits = np.random.default_rng(1).normal(size=(5, *low)).astype(np.float32)
    whole = np.stack([cv2.resize(one, size_hw[::-1]) for one in logits])

    found = best_classes(logits, size_hw)

    assert (found.shape, found.dtype) == (size_hw, np.uint8)
    chosen = np.take_along_axis(whole, found[None].astype(np.int64), axis=0)[0]
    assert np.all(chosen >= whole.max(axis=0) - NEAR)


def test_more_classes_than_a_byte_can_tell_keep_their_numbers() -> None:
    logits = np.zeros((300, 2, 2), np.float32)
    logits[299] = 1

    assert np.unique(best_classes(logits, (70, 4))).tolist() == [299]


def test_numbers_of_no_class_stay_none() -> None:
    told = narrowed(np.array([[0, 2, 3], [-1, 255, 256]]), 3)

    assert told.tolist() == [[0, 2, 3], [3, 3, 3]]
    assert told.dtype == np.uint8
