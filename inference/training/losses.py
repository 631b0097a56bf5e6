"""What training minimises: masks against soft truths, predicted against true IoU.

Truths are the share of each cell of a coarse grid that belongs to the instance, 0..1. Losses are
given per mask; the caller averages.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

EPSILON = 1e-6
FOCAL_GAMMA = 2.0


@dataclass(frozen=True)
class MaskWeights:
    """How the parts of a mask's loss are weighed.

    SAM takes focal 20 : dice 1. From scratch that collapses to empty masks, and plain cross entropy
    stays with them for long: an object is a few percent of a view. With both sides of equal weight
    the same steps reach three times the IoU (docs/training.md), so recipes start with that.
    """

    cross_entropy: float = 1.0
    balanced: float = 1.0
    focal: float = 0.0
    dice: float = 1.0


def mask_loss(logits: torch.Tensor, truth: torch.Tensor, weights: MaskWeights) -> torch.Tensor:
    """Return the loss of each mask, float32, N, for logits and truth of N x h x w."""
    logits, truth = logits.float(), truth.float()
    loss = weights.dice * dice_loss(logits, truth)
    if weights.cross_entropy:
        entropy = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, truth, reduction="none"
        )
        loss = loss + weights.cross_entropy * entropy.mean((1, 2))
    if weights.balanced:
        loss = loss + weights.balanced * balanced_entropy(logits, truth)
    if weights.focal:
        loss = loss + weights.focal * focal_loss(logits, truth)
    return loss


def dice_loss(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return one minus the Dice coefficient of each mask, N, for N x h x w.

    Squares in the denominator (F. Milletari et al., "V-Net", 2016), so that the loss is zero where
    the probabilities equal a soft truth.
    """
    chance = logits.sigmoid()
    shared = (chance * truth).sum((1, 2))
    total = chance.square().sum((1, 2)) + truth.square().sum((1, 2))
    return 1 - (2 * shared + EPSILON) / (total + EPSILON)


def focal_loss(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return the mean focal loss of each mask, N (T.-Y. Lin et al. 2017), unweighed by class."""
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    wrongness = (logits.sigmoid() - truth).abs()
    return (wrongness**FOCAL_GAMMA * entropy).mean((1, 2))


def balanced_entropy(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return cross entropy with inside and outside of equal weight, of each mask, N."""
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    inside = (entropy * truth).sum((1, 2)) / truth.sum((1, 2)).clamp(min=1)
    outside = (entropy * (1 - truth)).sum((1, 2)) / (1 - truth).sum((1, 2)).clamp(min=1)
    return (inside + outside) / 2


def hard_iou(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return the IoU of masks and truths after thresholds, float32, ..., for ... x h x w."""
    answer, real = logits > 0, truth > 0.5  # noqa: PLR2004  most of the cell
    shared = (answer & real).sum((-2, -1)).float()
    return shared / (answer | real).sum((-2, -1)).clamp(min=1)


def answers_loss(
    masks: torch.Tensor,
    ious: torch.Tensor,
    truth: torch.Tensor,
    weights: MaskWeights,
    *,
    is_ambiguous: bool,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the loss of a round of answers and the IoU of all four answers, N x 4.

    The single answer is always learned. The three are learned from a first prompt alone, and only
    the best of them, so that each may stand for another reading of the prompt (SAM, section 3).

    Args:
        masks: float, N x 4 x h x w, the single answer first.
        ious: float, N x 4, as predicted.
        truth: float, N x h x w.
        weights: Of the parts.
        is_ambiguous: Whether this is the first prompt.
    """
    true_iou = hard_iou(masks.detach(), truth[:, None])
    loss = mask_loss(masks[:, 0], truth, weights).mean()
    error = (ious.float() - true_iou).square()
    if not is_ambiguous:
        return loss + error[:, 0].mean(), true_iou
    each = torch.stack([mask_loss(masks[:, k], truth, weights) for k in range(1, masks.shape[1])])
    return loss + each.min(dim=0).values.mean() + error.mean(), true_iou
