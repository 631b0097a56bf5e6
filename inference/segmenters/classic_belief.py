"""How likely each superpixel belongs to the object: logistic models over the evidence.

A small model for each step: ``box`` and ``first`` (the first clicks) begin; ``add`` and ``cut``
take in one more click; ``settle`` makes colours and regions agree. In a box, ``add_in_box`` and
``cut_in_box`` still hear what the box says. Their weights were fitted once
on photographs with known masks (tests/bench/fit_classic.py) and are all that was learnt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict

import numpy as np

from inference.segmenters.classic_evidence import (
    Evidence,
    Scene,
    SmallBox,
    box_evidence,
    click_evidence,
    correction_evidence,
    settling_evidence,
)
from inference.segmenters.classic_superpixels import Floats

WEIGHTS_FILE = Path(__file__).with_name("classic_weights.json")
REPLAYED_CLICKS = 10  # older ones are taken together, so that a long session does not get slower

Point = tuple[float, float]


class Weights(TypedDict):
    """One logistic model: ``bias + sum(weight * value)``."""

    bias: float
    weights: dict[str, float]


Weigh = Callable[[str, Scene, Evidence], Floats]


@cache
def fitted_weights() -> dict[str, Weights]:
    """Return the models by step, read once."""
    stored: dict[str, Weights] = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return stored


def weigh(step: str, _scene: Scene, evidence: Evidence) -> Floats:
    """Return the belief of a step in each superpixel, float64, leaves, 0..1."""
    return weigh_rows(step, evidence)


def weigh_rows(step: str, evidence: Evidence) -> Floats:
    """Return what the model of a step says of each row of evidence, float64, 0..1."""
    model = fitted_weights()[step]
    odds = model["bias"] + sum(weight * evidence[name] for name, weight in model["weights"].items())
    belief: Floats = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return belief


def believe(
    scene: Scene,
    points_xy: Sequence[Point],
    labels: Sequence[int],
    *,
    box: SmallBox | None = None,
    prior: Floats | None = None,
    weigh: Weigh = weigh,
) -> Floats:
    """Return how likely each superpixel is inside, after all that the prompt says.

    Args:
        scene: The window.
        points_xy: Clicks in small pixels, oldest first.
        labels: 1 for inside, 0 for outside.
        box: In small pixels.
        prior: What is believed already (a mask to refine); without it box or clicks begin.
        weigh: Applies a model; the fitting script listens in here.
    """
    begun = _first_clicks(labels) if box is None and prior is None else 0
    begun = max(begun, len(labels) - REPLAYED_CLICKS)
    of_box = box_evidence(scene, box) if box is not None and prior is None else {}
    kind = "_in_box" if of_box else ""
    if prior is not None:
        belief = np.clip(prior, 0.03, 0.97)
    elif of_box:
        belief = weigh("box", scene, of_box)
    else:
        belief = weigh("first", scene, click_evidence(scene, points_xy[:begun], labels[:begun]))
        belief = settle(scene, belief, points_xy[:begun], labels[:begun], weigh)
    for count in range(begun + 1, len(labels) + 1):
        so_far, said = points_xy[:count], labels[:count]
        step = ("add" if said[-1] else "cut") + kind
        belief = weigh(step, scene, correction_evidence(scene, belief, so_far, said) | of_box)
        if not of_box:
            belief = settle(scene, belief, so_far, said, weigh)
    return belief


def settle(
    scene: Scene,
    belief: Floats,
    points_xy: Sequence[Point],
    labels: Sequence[int],
    weigh: Weigh = weigh,
) -> Floats:
    """Return a belief after its own colours, neighbours and regions were heard."""
    return weigh("settle", scene, settling_evidence(scene, belief, points_xy, labels))


def _first_clicks(labels: Sequence[int]) -> int:
    """How many clicks it takes until one of them says what is inside."""
    return list(labels).index(1) + 1


def best_cut(belief: Floats, area: Floats) -> tuple[float, float]:
    """Return the threshold of greatest expected IoU, and that IoU.

    The superpixels above a threshold are expected to share ``sum(belief * area)`` with the object;
    the ratio of the expected intersection and union stands for the IoU.
    """
    order = np.argsort(-belief, kind="stable")
    covered = np.cumsum((belief * area)[order])
    taken = np.cumsum(area[order])
    expected = covered / (taken + covered[-1] - covered)
    best = int(expected.argmax())
    return float(belief[order][best]), float(expected[best])
