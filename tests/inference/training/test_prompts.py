from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.torch_door import torch
from inference.training.prompts import correction_clicks, first_prompts, next_click, tight_box


def block(rows: slice, columns: slice, side: int = 21) -> np.ndarray:
    mask = np.zeros((side, side), bool)
    mask[rows, columns] = True
    return mask


NOTHING = block(slice(0), slice(0))
BIG, SMALL = block(slice(1, 10), slice(1, 10)), block(slice(14, 17), slice(14, 17))


@pytest.mark.parametrize(
    ("truth", "answer", "expected"),
    [
        pytest.param(BIG, NOTHING, (5, 5, True), id="first click in the middle"),
        pytest.param(BIG | SMALL, NOTHING, (5, 5, True), id="larger part first"),
        pytest.param(BIG | SMALL, BIG, (15, 15, True), id="then the part that is missing"),
        pytest.param(SMALL, BIG | SMALL, (5, 5, False), id="excess is taken away"),
        pytest.param(BIG, SMALL, (5, 5, True), id="the deeper of the two errors"),
        pytest.param(SMALL, BIG, (5, 5, False), id="the deeper of the two errors, excess"),
        pytest.param(~NOTHING, NOTHING, (10, 10, True), id="the frame counts as a border"),
    ],
)
def test_next_click_is_in_the_middle_of_the_largest_error(
    truth: np.ndarray, answer: np.ndarray, expected: tuple[int, int, bool]
) -> None:
    click = next_click(truth, answer, NOTHING)

    assert (click.x, click.y, click.is_positive) == expected


def test_no_pixel_is_clicked_twice() -> None:
    clicked = NOTHING.copy()
    clicked[5, 5] = True

    click = next_click(BIG, NOTHING, clicked)

    assert (click.x, click.y) != (5, 5)
    assert BIG[click.y, click.x]


def test_box_is_tight_and_ends_are_exclusive() -> None:
    assert tight_box(block(slice(2, 5), slice(7, 8))) == (7, 2, 8, 5)


def test_first_prompts_of_a_pixel_and_of_all() -> None:
    ids = np.ones((64, 64), np.int16)
    ids[0, 63] = 2

    boxes, points = first_prompts(ids, np.array([1, 2], np.int16), np.random.default_rng(0))

    assert points[1].tolist() == [63, 0]
    assert ids[int(points[0, 1]), int(points[0, 0])] == 1
    assert (boxes >= 0).all()
    assert (boxes <= 64).all()


def test_corrections_hit_the_error_and_say_which_side() -> None:
    truth = torch.zeros(2, 32, 32)
    truth[:, 8:24, 8:24] = 1
    logits = torch.full((2, 32, 32), -1.0)
    logits[0, 8:24, 8:16] = 1
    logits[1, :, :24] = 1

    for seed in range(10):
        cells, labels = correction_clicks(truth, logits, torch.Generator().manual_seed(seed))

        (x0, y0), (x1, y1) = cells.long().tolist()
        assert labels.tolist() == [1, 0]
        assert 16 <= x0 < 24
        assert 8 <= y0 < 24
        assert truth[1, y1, x1] == 0
        assert logits[1, y1, x1] > 0


def test_without_an_error_the_click_confirms() -> None:
    truth = torch.zeros(1, 16, 16)
    truth[:, 3, 4] = 1

    cells, labels = correction_clicks(truth, 2 * truth - 1, torch.Generator().manual_seed(0))

    assert cells.tolist() == [[4, 3]]
    assert labels.tolist() == [1]


def test_half_of_the_corrections_go_to_the_middle() -> None:
    truth = torch.zeros(64, 33, 33)
    truth[:, 6:27, 6:27] = 1

    cells, _ = correction_clicks(truth, -torch.ones_like(truth), torch.Generator().manual_seed(0))

    near = ((cells - 16).abs().amax(dim=1) <= 2).sum().item()
    assert 20 <= near <= 48
