from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.torch_door import torch
from inference.training.guided import GUIDE_CHANNELS, GuidedEncoder, follow
from inference.training.model import build_nano
from inference.training.recipe import recipe_named

SIDE = 64


def step(at: int, side: int = SIDE) -> torch.Tensor:
    """A picture that is dark at the left of a column and bright from it on."""
    return (torch.arange(side) >= at).float().expand(1, 1, side, side) * 0.6 + 0.2


def test_boundary_moves_to_the_edge_of_the_picture() -> None:
    columns = torch.arange(SIDE).float()
    rough = ((columns - 29.5) * 1.0).expand(1, 2, SIDE, SIDE)
    guide = torch.nn.functional.avg_pool2d(step(32), 2)

    drawn = follow(rough, guide)

    off = {
        name: ((logits > 0) != (columns >= 32)).sum().item()
        for name, logits in (("rough", rough), ("drawn", drawn))
    }
    assert off["drawn"] <= 0.5 * off["rough"]
    assert drawn.shape == rough.shape


def test_a_flat_picture_and_clear_pixels_change_nothing() -> None:
    columns = torch.arange(SIDE).float()
    rough = ((columns - 31.5) * 3.0).expand(3, 4, SIDE, SIDE)

    drawn = follow(rough, torch.full((1, 1, SIDE // 2, SIDE // 2), 0.5))

    assert torch.equal(drawn > 0, rough > 0)
    assert torch.equal(drawn[..., :20], rough[..., :20])


@pytest.mark.parametrize("gray", [0, 90, 255])
def test_the_guide_is_the_picture_s_gray(gray: int) -> None:
    sam = build_nano(recipe_named("smoke").shape).eval()
    encoder = GuidedEncoder(sam).eval()
    pixels = (torch.full((1, 3, SIDE, SIDE), float(gray)) - sam.pixel_mean) / sam.pixel_std
    pixels[:, :, : SIDE // 2] = (255.0 - sam.pixel_mean) / sam.pixel_std

    with torch.no_grad():
        embedding = encoder(pixels)

    guide = torch.nn.functional.pixel_shuffle(embedding[:, -GUIDE_CHANNELS:], 2)[0, 0].numpy()
    assert guide.shape == (SIDE // 4, SIDE // 4)
    assert np.allclose(guide[: SIDE // 8], 1.0, atol=1e-5)
    assert np.allclose(guide[SIDE // 8 :], gray / 255, atol=1e-5)
    assert torch.equal(embedding[:, :-GUIDE_CHANNELS], sam.image_encoder(pixels).detach())
