"""The slim decoder says what segment-anything's ONNX wrapper says, several prompts at once."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from inference.segmenters import sam_export
from inference.segmenters.bundled import DECODER_NAME, NAME
from inference.segmenters.sam_slim import SlimDecoder
from inference.segmenters.torch_door import SamOnnxModel, torch

PROMPTS, POINTS = 4, 6


@pytest.fixture(scope="module")
def inputs(small_sam) -> dict:
    torch.manual_seed(3)
    side, width = 256, 64
    return {
        "image_embeddings": torch.randn(1, width, side // 16, side // 16),
        "point_coords": torch.rand(PROMPTS, POINTS, 2) * side,
        "point_labels": torch.randint(-1, 4, (PROMPTS, POINTS)).float(),
        "mask_input": torch.randn(1, 1, side // 4, side // 4) * 5,
        "has_mask_input": torch.ones(1),
    }


@pytest.mark.parametrize("has_mask", [0.0, 1.0])
def test_answers_are_those_of_the_library(small_sam, inputs, has_mask: float) -> None:
    inputs = {**inputs, "has_mask_input": torch.tensor([has_mask])}
    theirs = SamOnnxModel(small_sam._model, return_single_mask=False)
    with torch.no_grad():
        scores, low = SlimDecoder(small_sam._model)(**inputs)

        for place in range(PROMPTS):
            one = {
                **inputs,
                "point_coords": inputs["point_coords"][place : place + 1],
                "point_labels": inputs["point_labels"][place : place + 1],
            }
            _, expected_scores, expected = theirs(**one, orig_im_size=torch.tensor([9.0, 9.0]))

            spread = float(expected.std())
            assert spread > 0.1
            assert torch.allclose(scores[place], expected_scores[0], atol=1e-4)
            assert torch.allclose(low[place], expected[0], atol=1e-4 * max(1.0, spread))


@pytest.mark.parametrize("count", [1, 5])
def test_file_answers_several_prompts_as_one_by_one(nano_dir, count: int) -> None:
    session = onnxruntime.InferenceSession(
        str(nano_dir / NAME / DECODER_NAME), providers=["CPUExecutionProvider"]
    )
    chance = np.random.default_rng(0)
    shape = session.get_inputs()[0].shape
    together = {
        "image_embeddings": chance.normal(size=shape).astype(np.float32),
        "point_coords": chance.uniform(0, 64, (count, 3, 2)).astype(np.float32),
        "point_labels": chance.integers(-1, 2, (count, 3)).astype(np.float32),
        "mask_input": np.zeros((1, 1, 4 * shape[2], 4 * shape[3]), np.float32),
        "has_mask_input": np.zeros(1, np.float32),
        "orig_im_size": np.ones(2, np.float32),
    }

    scores, low = session.run(["iou_predictions", "low_res_masks"], together)

    assert low.shape == (count, 4, 4 * shape[2], 4 * shape[3])
    for place in range(count):
        alone = {
            **together,
            "point_coords": together["point_coords"][place : place + 1],
            "point_labels": together["point_labels"][place : place + 1],
        }
        one_score, one_low = session.run(["iou_predictions", "low_res_masks"], alone)
        assert np.allclose(scores[place], one_score[0], atol=1e-4)
        assert np.allclose(low[place], one_low[0], atol=1e-3)


def test_what_is_made_of_the_image_can_be_kept_for_other_prompts(small_sam, tmp_path) -> None:
    path = sam_export.exported(small_sam._model, "small", "1", tmp_path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    chance = np.random.default_rng(4)
    names = ["iou_predictions", "low_res_masks", "image_rows"]
    shape = session.get_inputs()[0].shape
    asked = {
        "image_embeddings": chance.normal(size=shape).astype(np.float32),
        "point_coords": chance.uniform(0, 256, (1, 2, 2)).astype(np.float32),
        "point_labels": np.array([[1, -1]], np.float32),
        "mask_input": np.zeros((1, 1, 4 * shape[2], 4 * shape[3]), np.float32),
        "has_mask_input": np.zeros(1, np.float32),
        "orig_im_size": np.ones(2, np.float32),
        "known_rows": np.zeros((0, 0, 0), np.float32),
    }
    *_, rows = session.run(names, asked)
    elsewhere = {**asked, "point_coords": asked["point_coords"] / 2}

    expected = session.run(names, elsewhere)
    came = session.run(names, {**elsewhere, "known_rows": rows})
    others = session.run(names, {**elsewhere, "known_rows": rows[:, ::-1].copy()})

    assert float(expected[1].std()) > 0.1
    for one, other in zip(came, expected, strict=True):
        assert np.array_equal(one, other)
    assert not np.allclose(others[1], expected[1])  # what is kept is used
