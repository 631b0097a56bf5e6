from __future__ import annotations

import cv2
import numpy as np
import pytest

from inference.training.augment import MEAN_RGB, ViewRange, fitted, recolour, view, warp


def tiled() -> tuple[np.ndarray, np.ndarray]:
    """Twelve tiles, each in a colour that tells its id: red is twenty times the id."""
    ids = np.repeat(np.repeat(np.arange(1, 13, dtype=np.int16).reshape(3, 4), 20, 0), 20, 1)
    rgb = np.stack([ids * 20, ids * 0, ids * 0], axis=2).astype(np.uint8)
    return rgb, ids


@pytest.mark.parametrize("seed", range(12))
def test_picture_and_ids_are_moved_alike(seed: int) -> None:
    rgb, ids = tiled()

    seen, labels = view(rgb, ids, 96, np.random.default_rng(seed), ViewRange())

    assert seen.shape == (96, 96, 3)
    assert labels.dtype == np.int16
    for number in np.unique(labels[labels > 0]):
        framed = np.pad(labels == number, 3).astype(np.uint8)
        inner = cv2.erode(framed, np.ones((7, 7), np.uint8))[3:-3, 3:-3] > 0
        assert (seen[inner][:, 0] == number * 20).all()


def test_whole_view_fits_at_the_top_left_and_pads_with_the_mean() -> None:
    rgb, ids = tiled()

    seen, labels = warp(rgb, ids, fitted((60, 80), 160), 160)

    assert np.array_equal(labels[:120:2, ::2], ids)
    assert not labels[120:].any()
    assert (seen[121:] == MEAN_RGB).all()


def test_colours_change_but_not_sizes() -> None:
    rgb, _ = tiled()

    changed = [recolour(rgb, np.random.default_rng(seed)) for seed in range(20)]

    assert all(c.shape == rgb.shape and c.dtype == np.uint8 for c in changed)
    assert len({c.tobytes() for c in changed}) == 20


def test_same_chance_gives_the_same_view() -> None:
    rgb, ids = tiled()

    one = view(rgb, ids, 64, np.random.default_rng(3), ViewRange())
    two = view(rgb, ids, 64, np.random.default_rng(3), ViewRange())

    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
