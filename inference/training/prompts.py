"""Where a person would click: first prompts, corrections while training, clicks to measure by.

Points are (x, y) in pixels of the view or image, boxes (x0, y0, x1, y1) with exclusive ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import torch

from inference.training.library import IdMap

Floats: TypeAlias = npt.NDArray[np.float32]
Mask: TypeAlias = npt.NDArray[np.bool_]

CENTRE_SHARE = 0.5  # of clicks that go to the middle, as people's do; the rest go anywhere
BOX_JITTER = 0.1  # standard deviation, of the box's sides (SAM, appendix A)
BOX_JITTER_PX = 20  # at most
LOOK_SIDE = 96  # distance maps are made at this size: a click needs no finer ones
HEAT_GRID, HEAT_ROUNDS = 32, 12  # cells a side, and steps: a third of the way across
TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Click:
    """A click to correct a mask with."""

    x: int
    y: int
    is_positive: bool


def first_prompts(
    ids: IdMap, chosen: npt.NDArray[np.int16], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return a jittered box (float32, P x 4) and a point inside (float32, P x 2) of instances.

    Args:
        ids: int16, S x S.
        chosen: int16, P; each one has at least a pixel in ``ids``.
        rng: The only source of chance.
    """
    boxes = np.zeros((len(chosen), 4), np.float32)
    points = np.zeros((len(chosen), 2), np.float32)
    for place, number in enumerate(chosen):
        mask = ids == number
        tight = tight_box(mask)
        boxes[place] = _jittered(tight, ids.shape[0], rng)
        points[place] = _inner_point(mask, tight, rng)
    return boxes, points


def tight_box(mask: Mask) -> tuple[int, int, int, int]:
    """Return the smallest box around a mask (bool, HxW) that is not empty."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def next_click(truth: Mask, answer: Mask, clicked: Mask) -> Click:
    """Return the click at the centre of the largest error region.

    The rule of RITM (K. Sofiiuk et al. 2021; isegm/inference/clicker.py): of the pixels missed and
    of those too many, each with a frame of zeros, the one farthest from the region's border. Among
    equals the first in reading order is taken, where RITM draws one.

    Args:
        truth: bool, HxW.
        answer: bool, HxW.
        clicked: bool, HxW; pixels that no click may repeat.
    """
    missed = _depths(truth & ~answer) * ~clicked
    excess = _depths(answer & ~truth) * ~clicked
    is_positive = bool(missed.max() > excess.max())
    depths = missed if is_positive else excess
    y, x = np.unravel_index(int(depths.argmax()), depths.shape)
    return Click(int(x), int(y), is_positive)


def correction_clicks(
    truth: torch.Tensor, logits: torch.Tensor, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw one click of each mask's error region; where nothing is wrong, inside of the truth.

    Half of them fall anywhere in the region, half near the middle of its largest part.

    Args:
        truth: float, N x h x w, share of each cell inside the instance.
        logits: float, N x h x w, above zero where the answer says inside.
        generator: Of the device that the masks are on: drawing elsewhere would take longer than
            answering.

    Returns:
        Cells (x, y) as float32, N x 2, in the grid of ``truth``, and labels, int64, N.
    """
    inside = truth > 0.5  # noqa: PLR2004  most of the cell
    wrong = inside ^ (logits > 0)
    is_right = ~wrong.flatten(1).any(dim=1)
    wrong = torch.where(is_right[:, None, None], truth >= truth.amax((1, 2), keepdim=True), wrong)
    count, height, width = truth.shape
    chance = torch.rand(count, height, width, generator=generator, device=truth.device)
    to_centre = torch.rand(count, generator=generator, device=truth.device) < CENTRE_SHARE
    weight = torch.where(to_centre[:, None, None], _middleness(wrong.float()), chance)
    best = weight.masked_fill(~wrong, -1.0).flatten(1).argmax(dim=1)
    cells = torch.stack([best % width, best // width], dim=1).float()
    return cells, inside.flatten(1).gather(1, best[:, None])[:, 0].long()


def _middleness(wrong: torch.Tensor) -> torch.Tensor:
    """Heat that is left after some time where only errors conduct, float, N x h x w.

    It is greatest in the middle of the thickest part, as a distance map is, and any device can
    compute it: on a coarse grid, by means of 3 x 3 cells.
    """
    functional = torch.nn.functional
    conducts = functional.avg_pool2d(wrong[:, None], max(1, wrong.shape[1] // HEAT_GRID))
    heat = conducts
    for _ in range(HEAT_ROUNDS):
        heat = functional.avg_pool2d(heat, 3, stride=1, padding=1) * conducts
        heat = heat / heat.amax((2, 3), keepdim=True).clamp(min=TINY)
    size_hw = (wrong.shape[1], wrong.shape[2])
    return functional.interpolate(heat, size_hw, mode="bilinear", align_corners=False)[:, 0]


def _depths(region: Mask) -> npt.NDArray[np.float32]:
    framed = np.pad(region, 1).astype(np.uint8)
    depths = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(depths[1:-1, 1:-1], np.float32)


def _jittered(
    box: tuple[int, int, int, int], side: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    width, height = box[2] - box[0], box[3] - box[1]
    spread = np.minimum(BOX_JITTER * np.array([width, height, width, height]), BOX_JITTER_PX)
    # Half a normal deviate's weight: people draw a box closer than one standard deviation of SAM's.
    moved = np.array(box) + np.clip(rng.normal(size=4) * 0.5, -1, 1) * spread
    return np.clip(moved, 0, side)


def _inner_point(
    mask: Mask, box: tuple[int, int, int, int], rng: np.random.Generator
) -> tuple[float, float]:
    x0, y0, x1, y1 = box
    part = np.pad(mask[y0:y1, x0:x1], 1).astype(np.uint8)
    if rng.random() < CENTRE_SHARE:
        step = max(1, -(-max(part.shape) // LOOK_SIDE))
        part = part[::step, ::step] if step > 1 and part[::step, ::step].any() else part
        step = round((x1 - x0 + 2) / part.shape[1])
        depths = cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_3)
        y, x = np.unravel_index(int(depths.argmax()), depths.shape)
        return float(x0 - 1 + x * step), float(y0 - 1 + y * step)
    rows, columns = np.nonzero(part)
    place = int(rng.integers(len(rows)))
    return float(x0 - 1 + columns[place]), float(y0 - 1 + rows[place])
