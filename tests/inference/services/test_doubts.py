"""The doubts of a suggestion: shaken prompts and an undecided border."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.scoring.uncertainty import shaken_boxes
from inference.segmenters import registry
from inference.segmenters.protocol import Prompt
from inference.services.doubts import doubts_of
from projects.masks.rle import bbox_xywh, from_bitmap
from tests.inference.segmenters.small_sam import NAME, write_small_sam

PHOTO = Path(__file__).parents[2] / "data" / "photos" / "cyclist.jpg"
BOX = (340.0, 140.0, 530.0, 400.0)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return np.ascontiguousarray(cv2.imread(str(PHOTO))[..., ::-1])


def iou(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.count_nonzero(one & other) / np.count_nonzero(one | other))


def test_a_model_with_logits_tells_both(photo: np.ndarray, tmp_path: Path) -> None:
    write_small_sam(tmp_path)
    segmenter = registry.load(NAME, tmp_path)
    embedding = segmenter.embed(photo)
    candidate = segmenter.predict(embedding, Prompt(box_xyxy=BOX))[0]

    doubts = doubts_of(candidate, from_bitmap(candidate.mask), embedding, segmenter)

    x, y, w, h = bbox_xywh(from_bitmap(candidate.mask))
    answers = [
        segmenter.predict(embedding, Prompt(box_xyxy=box))[0]
        for box in shaken_boxes((x, y, x + w, y + h), embedding.size_hw)
    ]
    ious = [iou(one.mask, other.mask) for one, other in combinations([candidate, *answers], 2)]
    assert len(answers) == 3
    assert doubts.disagreement == pytest.approx(1 - np.mean(ious))
    assert doubts.disagreement != pytest.approx(1 - candidate.stability)
    assert 0 < doubts.disagreement < 1
    assert doubts.boundary_entropy is not None
    assert 0 < doubts.boundary_entropy <= 1


def test_a_model_without_logits_leaves_the_border_unknown(photo: np.ndarray) -> None:
    segmenter = registry.load("classic", Path("/nonexistent"))
    embedding = segmenter.embed(photo)
    candidate = segmenter.predict(embedding, Prompt(box_xyxy=BOX))[0]

    doubts = doubts_of(candidate, from_bitmap(candidate.mask), embedding, segmenter)

    assert doubts.boundary_entropy is None
    assert doubts.disagreement == pytest.approx(1 - candidate.stability)
