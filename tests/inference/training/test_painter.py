from __future__ import annotations

import pytest

from inference.segmenters.torch_door import torch
from inference.training.library import LEVELS
from inference.training.painter import (
    CORNER_1,
    CORNER_2,
    MAPS,
    NEGATIVE,
    POSITIVE,
    PromptPainter,
    _maps,
)

PAD = -1
LIKE = slice(2, 2 + len(LEVELS))  # of what was clicked, after its two spots
BOX = 4 + 2 * len(LEVELS)


def halves() -> torch.Tensor:
    """Looks of a picture whose left half is unlike its right half, 1 x levels x 2 x 8 x 8."""
    looks = torch.zeros(1, len(LEVELS), 2, 8, 8)
    looks[:, :, 0, :, :4], looks[:, :, 1, :, 4:] = 1, 1
    return looks


def painted(points: list[list[float]], labels: list[int]) -> torch.Tensor:
    return _maps(halves(), torch.tensor([points]), torch.tensor([labels]))[0]


def test_click_is_brightest_where_it_is() -> None:
    maps = painted([[12.0, 20.0], [0.0, 0.0]], [POSITIVE, PAD])

    assert maps.shape == (MAPS, 8, 8)
    assert divmod(int(maps[0].argmax()), 8) == (2, 1)
    assert maps[0, 2, 1] > 0.9
    assert (maps[2 + len(LEVELS) :] == 0).all()  # nothing else was given


def test_likeness_finds_the_half_that_was_clicked() -> None:
    maps = painted([[12.0, 20.0], [0.0, 0.0]], [POSITIVE, PAD])

    assert (maps[LIKE, :, :4] > 1.9).all()
    assert (maps[LIKE, :, 5:] < 1.2).all()


def test_negative_click_has_maps_of_its_own() -> None:
    maps = painted([[12.0, 20.0], [52.0, 20.0]], [POSITIVE, NEGATIVE])

    other = 2 + len(LEVELS)
    assert divmod(int(maps[other].argmax()), 8) == (2, 6)
    assert (maps[other + 2 : other + 2 + len(LEVELS), :, 5:] > 1.9).all()


def test_box_covers_cells_by_their_share() -> None:
    maps = painted([[8.0, 16.0], [28.0, 48.0]], [CORNER_1, CORNER_2])

    inside = maps[BOX]
    assert inside[2:6, 1:3].min() == 1
    assert inside[2:6, 3].tolist() == [0.5] * 4
    assert inside.sum() == pytest.approx(10)
    assert (maps[BOX + 3 : BOX + 3 + len(LEVELS), :, :3] > 0.9).all()  # like its middle


def test_one_embedding_serves_all_prompts_alike() -> None:
    torch.manual_seed(0)
    painter = PromptPainter(32).eval()
    embedding = torch.randn(1, 32, 8, 8)
    points = torch.rand(3, 2, 2) * 64
    labels = torch.tensor([[POSITIVE, PAD], [CORNER_1, CORNER_2], [POSITIVE, NEGATIVE]])

    with torch.no_grad():
        together = painter(embedding, points, labels)
        repeated = painter(embedding.repeat(3, 1, 1, 1), points, labels)
        alone = painter(embedding, points[1:2], labels[1:2])

    assert torch.allclose(together, repeated, atol=1e-5)
    assert torch.allclose(together[1], alone[0], atol=1e-5)


def test_order_of_clicks_and_padding_change_nothing() -> None:
    torch.manual_seed(0)
    painter = PromptPainter(32).eval()
    embedding, points = torch.randn(1, 32, 8, 8), torch.rand(1, 3, 2) * 64
    labels = torch.tensor([[POSITIVE, NEGATIVE, PAD]])

    with torch.no_grad():
        one = painter(embedding, points, labels)
        other = painter(embedding, points[:, [1, 0]], labels[:, [1, 0]])

    assert torch.allclose(one, other, atol=1e-5)
