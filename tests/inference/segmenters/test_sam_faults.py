"""What can go wrong with a SAM is said clearly, and harms nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from inference.segmenters import registry
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.protocol import Prompt
from inference.segmenters.sam_memory import OutOfMemory, clear_when_full
from inference.segmenters.torch_door import torch
from tests.inference.segmenters.small_sam import ARCHITECTURE, NAME, write_small_sam

ENDLESS = 1 << 50  # bytes that no machine has


def rewritten(folder: Path, state: object, architecture: object = None) -> None:
    """Save other weights under the same name, with the hash that they have."""
    path = folder / f"{NAME}.pth"
    torch.save(state, path)
    told = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "architecture": architecture or ARCHITECTURE,
    }
    (folder / f"{NAME}.json").write_text(json.dumps(told), encoding="utf-8")


def weights(folder: Path) -> dict:
    write_small_sam(folder)
    return dict(torch.load(folder / f"{NAME}.pth", weights_only=True))


@pytest.mark.parametrize("taken", [torch.empty, np.empty], ids=["torch", "numpy"])
def test_a_full_memory_is_said_with_what_helps(taken) -> None:
    with pytest.raises(OutOfMemory) as caught, clear_when_full("sam_vit_h", "encode a picture"):
        taken(ENDLESS)

    assert caught.value.code == "out_of_memory"
    assert "sam_vit_h to encode a picture" in caught.value.message
    assert caught.value.facts == {"segmenter": "sam_vit_h"}


@pytest.mark.parametrize(
    "words",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
)
def test_a_full_graphics_card_is_said_too(words: str) -> None:
    with pytest.raises(OutOfMemory), clear_when_full("sam", "encode a picture"):
        raise torch.AcceleratorError(words) if "error" in words else torch.OutOfMemoryError(words)


def test_another_failure_is_not_called_a_full_memory() -> None:
    with pytest.raises(RuntimeError, match="shape"), clear_when_full("sam", "do"):
        torch.zeros(2).view(3)


def test_a_model_goes_on_after_a_picture_that_did_not_fit(small_sam, photo) -> None:
    before = small_sam.embed(photo)
    with pytest.raises(OutOfMemory), clear_when_full(NAME, "encode a picture"):
        torch.empty(ENDLESS)

    assert np.array_equal(small_sam.embed(photo).array, before.array)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda state: {**state, "mask_decoder.iou_token.weight": torch.zeros(1, 9)}, "size"),
        (lambda state: {k: v for k, v in state.items() if "neck" not in k}, "neck"),
        (lambda state: {"model": state}, "Missing key"),
        (lambda state: list(state.values()), "dict"),
    ],
    ids=["wrong shape", "missing tensors", "nested", "a list"],
)
def test_weights_of_another_model_are_refused_by_name(tmp_path: Path, harm, words: str) -> None:
    rewritten(tmp_path, harm(weights(tmp_path)))

    with pytest.raises(CheckpointRefused, match=words) as caught:
        registry.load(NAME, tmp_path)
    assert f"{NAME}.pth" in caught.value.message


def test_weights_that_the_sidecar_does_not_describe_are_refused(tmp_path: Path) -> None:
    rewritten(tmp_path, weights(tmp_path), {**ARCHITECTURE, "width": 96})

    with pytest.raises(CheckpointRefused, match="size mismatch"):
        registry.load(NAME, tmp_path)


def test_a_torn_file_is_refused(tmp_path: Path) -> None:
    path = write_small_sam(tmp_path)
    torn = path.read_bytes()[:-4000]
    path.write_bytes(torn)
    told = {"sha256": hashlib.sha256(torn).hexdigest(), "architecture": ARCHITECTURE}
    (tmp_path / f"{NAME}.json").write_text(json.dumps(told), encoding="utf-8")

    with pytest.raises(CheckpointRefused, match="cannot be loaded"):
        registry.load(NAME, tmp_path)


def test_weights_that_are_not_numbers_are_found_out(tmp_path: Path, photo) -> None:
    state = weights(tmp_path)
    state["image_encoder.neck.0.weight"].fill_(float("nan"))
    rewritten(tmp_path, state)
    segmenter = registry.load(NAME, tmp_path)

    with pytest.raises(CheckpointRefused, match="not finite"):
        segmenter.embed(photo)


@pytest.mark.parametrize("size_hw", [(6000, 8000), (1, 8000)])
def test_a_very_large_picture_gets_a_mask_of_its_size(small_sam, size_hw) -> None:
    image = np.zeros((*size_hw, 3), np.uint8)
    image[size_hw[0] // 3 :, size_hw[1] // 3 :] = 200

    embedding = small_sam.embed(image)
    answer = small_sam.predict(embedding, Prompt(box_xyxy=(0.0, 0.0, 900.0, 1.0)))[0]

    assert answer.mask.shape == size_hw


def test_everything_in_a_very_large_picture_is_searched_small(sam_dir) -> None:
    options = {"points_per_side": 1, "pred_iou_thresh": 0.0, "stability_score_thresh": 0.0}
    segmenter = registry.load(NAME, sam_dir, options=options)
    image = np.zeros((6000, 8000, 3), np.uint8)

    found = segmenter.propose(image, segmenter.embed(image))

    assert all(one.rle.size_hw == (6000, 8000) for one in found)
