from __future__ import annotations

import numpy as np
import pytest

from inference.training.compose import (
    paste_objects,
    random_shape,
    scatter_shapes,
    synthesise,
    texture,
)


def flat(colour: int, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.full((*ids.shape, 3), colour, np.uint8), ids


def test_pasting_gives_new_ids_and_takes_what_is_covered() -> None:
    below = np.zeros((40, 40), np.int16)
    below[:, :20] = 7
    above = np.zeros((40, 40), np.int16)
    above[10:30, 10:30] = 7

    rgb, ids = paste_objects(flat(10, below), flat(200, above), np.random.default_rng(0), 4)

    assert set(np.unique(ids)) == {0, 7, 8}
    assert np.array_equal(ids == 8, above == 7)
    assert np.array_equal(ids == 7, (below == 7) & (above == 0))
    assert (rgb[12:28, 12:28] == 200).all()
    assert (rgb[:8] == 10).all()
    assert below[20, 15] == 7


@pytest.mark.parametrize("above", [np.zeros((8, 8), np.int16), np.ones((8, 8), np.int16)])
def test_nothing_is_pasted_that_is_absent_or_fills_the_view(above: np.ndarray) -> None:
    base = flat(5, np.zeros((8, 8), np.int16))

    rgb, ids = paste_objects(base, flat(9, above), np.random.default_rng(0), 1)

    assert not ids.any()
    assert (rgb == 5).all()


def test_later_shapes_lie_on_top_and_ids_follow() -> None:
    base = flat(0, np.full((64, 64), 3, np.int16))

    _, ids = scatter_shapes(base, np.random.default_rng(1), 5)

    assert set(np.unique(ids)) <= {3, 4, 5, 6, 7, 8}
    assert 8 in ids
    assert (base[1] == 3).all()


@pytest.mark.parametrize("seed", range(20))
def test_shapes_are_never_empty(seed: int) -> None:
    shape = random_shape(32, np.random.default_rng(seed))

    assert shape.dtype == bool
    assert shape.any()


def test_scenes_follow_from_chance_alone() -> None:
    one, two = (synthesise(48, np.random.default_rng(5)) for _ in range(2))

    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    assert one[1].max() >= 3
    assert texture(33, np.random.default_rng(0)).shape == (33, 33, 3)
