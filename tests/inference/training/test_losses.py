from __future__ import annotations

import pytest

from inference.segmenters.torch_door import torch
from inference.training.losses import (
    MaskWeights,
    answers_loss,
    balanced_entropy,
    dice_loss,
    focal_loss,
    hard_iou,
    mask_loss,
)

SURE = 30.0


def square() -> torch.Tensor:
    truth = torch.zeros(1, 8, 8)
    truth[:, 2:6, 2:6] = 1
    return truth


@pytest.mark.parametrize("loss", [dice_loss, focal_loss, balanced_entropy])
def test_sure_and_right_costs_nothing_and_wrong_costs_most(loss) -> None:  # type: ignore[no-untyped-def]
    truth = square()
    right = loss(SURE * (2 * truth - 1), truth)
    unsure = loss(torch.zeros_like(truth), truth)
    wrong = loss(-SURE * (2 * truth - 1), truth)

    assert right.item() == pytest.approx(0, abs=1e-4)
    assert right < unsure < wrong


@pytest.mark.parametrize("truth", [torch.zeros(1, 4, 4), torch.ones(1, 4, 4)])
def test_empty_and_full_truths_are_finite(truth: torch.Tensor) -> None:
    logits = torch.zeros(1, 4, 4, requires_grad=True)

    loss = mask_loss(logits, truth, MaskWeights(1, 1, 1, 1))
    loss.sum().backward()

    assert torch.isfinite(loss).all()
    assert torch.isfinite(logits.grad).all()


def test_gradient_points_towards_the_truth() -> None:
    truth = square()
    logits = torch.zeros(1, 8, 8, requires_grad=True)

    mask_loss(logits, truth, MaskWeights(1, 0, 20, 1)).sum().backward()

    assert (logits.grad[truth > 0] < 0).all()
    assert (logits.grad[truth == 0] > 0).all()


def test_balance_makes_a_missed_dot_as_dear_as_a_filled_ground() -> None:
    truth = torch.zeros(1, 32, 32)
    truth[:, 0, 0] = 1
    missed, filled = torch.full((1, 32, 32), -4.0), torch.full((1, 32, 32), 4.0)

    assert balanced_entropy(missed, truth).item() == pytest.approx(
        balanced_entropy(filled, truth).item(), rel=0.05
    )


def test_focal_forgives_what_is_nearly_right() -> None:
    truth = torch.ones(1, 4, 4)
    near, far = torch.full((1, 4, 4), 2.0), torch.full((1, 4, 4), -2.0)
    entropy = MaskWeights(1, 0, 0, 0)

    assert focal_loss(near, truth) < 0.05 * mask_loss(near, truth, entropy)
    assert focal_loss(far, truth) > 0.5 * mask_loss(far, truth, entropy)


def test_only_the_best_of_three_learns_from_an_ambiguous_prompt() -> None:
    truth = square()
    masks = torch.zeros(1, 4, 8, 8)
    masks[:, 2] = 2 * truth - 1
    masks.requires_grad_()
    ious = torch.zeros(1, 4, requires_grad=True)

    loss, true_iou = answers_loss(masks, ious, truth, MaskWeights(), is_ambiguous=True)
    loss.backward()

    learns = masks.grad.abs().sum((0, 2, 3)) > 0
    assert learns.tolist() == [True, False, True, False]
    assert true_iou.tolist() == [[0, 0, 1, 0]]
    assert ious.grad[0, 2] < 0


def test_only_the_single_answer_learns_from_a_correction() -> None:
    truth = square()
    masks = torch.zeros(1, 4, 8, 8, requires_grad=True)
    ious = torch.full((1, 4), 0.5, requires_grad=True)

    loss, _ = answers_loss(masks, ious, truth, MaskWeights(), is_ambiguous=False)
    loss.backward()

    assert (masks.grad.abs().sum((0, 2, 3)) > 0).tolist() == [True, False, False, False]
    assert (ious.grad != 0).tolist() == [[True, False, False, False]]


@pytest.mark.parametrize(
    ("rows", "expected"), [(slice(2, 6), 1.0), (slice(2, 4), 0.5), (slice(0, 2), 0.0)]
)
def test_iou_counts_pixels(rows: slice, expected: float) -> None:
    logits = torch.full((1, 8, 8), -1.0)
    logits[:, rows, 2:6] = 1

    assert hard_iou(logits, square()).item() == pytest.approx(expected)
