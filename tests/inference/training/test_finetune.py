from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.segmenters.torch_door import torch
from inference.training import checkpoint
from inference.training.finetune import finetune_decoder, layered
from inference.training.library import MemoryLibrary
from inference.training.loop import Settings
from inference.training.model import build_nano
from inference.training.recipe import recipe_named
from projects.errors import InvalidInput
from projects.masks import rle

SHAPE = recipe_named("smoke").shape


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "weights.pt"
    checkpoint.save_weights(path, build_nano(SHAPE), SHAPE)
    return path


def test_corrections_move_the_decoder_alone(
    weights: Path, scenes: MemoryLibrary, tmp_path: Path
) -> None:
    pairs = [
        (d.rgb, [rle.from_bitmap(d.maps[0] == i) for i in np.unique(d.maps[0])[1:]])
        for d in (scenes.decode(0), scenes.decode(1))
    ]

    finetune_decoder(weights, pairs, Settings(out=tmp_path / "tuned"), steps=3)

    before, _ = checkpoint.load_weights(weights)
    after, shape = checkpoint.load_weights(tmp_path / "tuned" / checkpoint.WEIGHTS_NAME)
    changed = {
        name.split(".")[0]
        for name, tensor in before.state_dict().items()
        if not torch.equal(tensor, after.state_dict()[name])
    }
    assert shape == SHAPE
    assert changed == {"prompt_encoder", "mask_decoder", "painter"}


def test_overlapping_masks_lie_on_different_maps() -> None:
    left, middle, right = (np.zeros((6, 9), bool) for _ in range(3))
    left[:, :4], middle[:, 3:6], right[:, 5:] = True, True, True
    masks = [rle.from_bitmap(m) for m in (left, middle, right, np.zeros((6, 9), bool))]

    first, second = layered(masks, (6, 9))

    assert np.array_equal(first == 1, left)
    assert np.array_equal(first == 3, right)
    assert np.array_equal(second == 2, middle)


def test_mask_of_another_size_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"\(4, 4\)"):
        layered([rle.from_bitmap(np.ones((4, 4), bool))], (6, 9))


def test_nothing_to_learn_from_is_said(weights: Path, tmp_path: Path) -> None:
    blank = np.zeros((8, 8, 3), np.uint8)

    with pytest.raises(InvalidInput, match="no mask"):
        finetune_decoder(weights, [(blank, [])], Settings(out=tmp_path / "tuned"))
