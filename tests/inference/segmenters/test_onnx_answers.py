"""What an ONNX model gives is looked at before it becomes masks: its shape, and its numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.class_masks import ClassesDiffer
from projects.errors import Unavailable
from tests.inference.segmenters.test_onnx_classes import (
    SIDE,
    describe,
    find,
    halves,
    write_constant,
)


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def test_half_precision_is_fed_and_read(tmp_path: Path, image) -> None:
    write_constant(tmp_path, "half", mask=halves().astype(np.float16), pixels=np.float16)
    describe(tmp_path, "half")

    assert {one.class_name for one in find(tmp_path, "half", image)} == {"bear", "sky"}


@pytest.mark.parametrize(
    ("stated", "mask"),
    [
        ({}, np.full((1, 4, 8, 8), np.nan, np.float32)),
        ({}, np.where(np.arange(8) == 3, np.nan, halves()).astype(np.float32)),
        ({}, np.where(np.arange(8) == 3, np.inf, halves()).astype(np.float32)),
        ({"activation": "sigmoid"}, np.full((1, 4, 8, 8), np.nan, np.float32)),
    ],
)
def test_numbers_that_are_none_become_no_mask(tmp_path: Path, image, stated, mask) -> None:
    write_constant(tmp_path, "torn", mask=mask)
    describe(tmp_path, "torn", **stated)

    with pytest.raises(CheckpointRefused, match=r"torn gives numbers that are not finite"):
        find(tmp_path, "torn", image)


def test_a_class_that_is_impossible_somewhere_is_no_fault(tmp_path: Path, image) -> None:
    logits = halves()
    logits[0, 2] = -np.inf
    write_constant(tmp_path, "log", mask=logits)
    describe(tmp_path, "log")

    found = find(tmp_path, "log", image)

    assert {one.class_name for one in found} == {"bear", "sky"}
    assert all(0.9 < one.score <= 1 for one in found)


@pytest.mark.parametrize(
    "mask",
    [
        np.zeros(5, np.float32),
        np.zeros((2, 8, 8), np.int64),
        np.zeros((1, 4, 0, 8), np.float32),
        np.zeros((1, 4, 1, 8, 8), np.float32),
    ],
)
def test_an_answer_of_another_shape_is_said(tmp_path: Path, image, mask) -> None:
    write_constant(tmp_path, "odd", mask=mask)
    describe(tmp_path, "odd")

    shape = "x".join(map(str, mask.shape))
    with pytest.raises(Unavailable, match=rf"odd must give 1 x C x h x w .* arrays of {shape}\."):
        find(tmp_path, "odd", image)


@pytest.mark.parametrize(
    ("scores", "labels", "masks"),
    [((1, 2), (1, 2), (1, 2, 8, 8)), ((2,), (1,), (2, 8, 8)), ((2,), (2,), (3, 8, 8))],
)
def test_objects_of_another_shape_are_said(tmp_path: Path, image, scores, labels, masks) -> None:
    write_constant(
        tmp_path,
        "odd",
        scores=np.ones(scores, np.float32),
        labels=np.ones(labels, np.int64),
        masks=np.ones(masks, np.float32),
    )
    describe(tmp_path, "odd", family="onnx_instance")

    with pytest.raises(Unavailable, match="odd must give N scores, N labels and N x h x w masks"):
        find(tmp_path, "odd", image)


@pytest.mark.parametrize(("score", "share"), [(np.nan, 1.0), (1.0, np.nan)])
def test_objects_that_are_no_numbers_become_no_mask(tmp_path: Path, image, score, share) -> None:
    write_constant(
        tmp_path,
        "torn",
        scores=np.full(2, score, np.float32),
        labels=np.array([1, 2]),
        masks=np.full((2, 8, 8), share, np.float32),
    )
    describe(tmp_path, "torn", family="onnx_instance")

    with pytest.raises(CheckpointRefused, match=r"torn gives numbers that are not finite"):
        find(tmp_path, "torn", image)


def test_a_class_below_zero_is_not_counted_from_the_end(tmp_path: Path, image) -> None:
    write_constant(
        tmp_path,
        "odd",
        scores=np.ones(2, np.float32),
        labels=np.array([-1, 2]),
        masks=np.ones((2, 8, 8), np.float32),
    )
    describe(tmp_path, "odd", family="onnx_instance")

    with pytest.raises(ClassesDiffer, match="numbers a class -1"):
        find(tmp_path, "odd", image)
