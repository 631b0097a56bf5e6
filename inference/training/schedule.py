"""Rates, averages and means of a run: the small arithmetic around a step."""

from __future__ import annotations

import math

import numpy as np

from inference.segmenters.torch_door import Sam, torch
from inference.training.recipe import Stage
from inference.training.steps import DenseHeads

WARM_SHARE = 0.03  # of a stage in which the rate rises
LAST_SHARE = 0.02  # of the highest rate that is left at the end
WEIGHT_DECAY = 0.05
AVERAGE_DECAY = 0.998
SECONDS = 60


class Meter:
    """Means of facts since they were last taken; nothing waits for a device before that."""

    def __init__(self) -> None:
        self._sums: dict[str, torch.Tensor] = {}
        self._count = 0

    def add(self, facts: dict[str, torch.Tensor]) -> None:
        """Add the facts of a step."""
        for name, number in facts.items():
            self._sums[name] = self._sums.get(name, torch.zeros_like(number)) + number
        self._count += 1

    def take(self) -> dict[str, float]:
        """Return the means, and begin anew."""
        means = {name: float(total) / self._count for name, total in self._sums.items()}
        self._sums, self._count = {}, 0
        return means


def optimiser_for(stage: Stage, sam: Sam, heads: DenseHeads) -> torch.optim.Optimizer:
    """Return AdamW over what a stage teaches; vectors are not decayed."""
    pyramid = ("laterals", "fine", "smooth", "neck")
    encoder = [("backbone", getattr(sam.image_encoder, name)) for name in ("stem", "stages")]
    encoder += [("pyramid", getattr(sam.image_encoder, name)) for name in pyramid]
    painter = ("painter", sam.painter)
    decoder = [("prompts", sam.prompt_encoder), ("decoder", sam.mask_decoder), painter]
    parts = {
        "dense": [*encoder, ("heads", heads), painter],
        "decoder": decoder,
        "joint": [*encoder, *decoder],
    }[stage.kind]
    groups = []
    for name, module in parts:
        factor = stage.encoder_rate if name == "backbone" else 1.0
        for is_matrix in (True, False):
            learned = [p for p in module.parameters() if p.requires_grad]
            held = [p for p in learned if (p.ndim > 1) is is_matrix]
            decay = WEIGHT_DECAY if is_matrix else 0.0
            groups.append({"params": held, "weight_decay": decay, "factor": factor})
    return torch.optim.AdamW(groups, lr=stage.rate)


def set_rate(optimiser: torch.optim.Optimizer, stage: Stage, progress: float) -> float:
    """Set the learning rate for a place in a stage, 0..1, and return it."""
    rate = stage.rate * rate_share(progress)
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]
    return rate


def rate_share(progress: float) -> float:
    """Return the share of the highest rate: a straight rise, then half a cosine."""
    if progress < WARM_SHARE:
        return 0.02 + 0.98 * progress / WARM_SHARE
    along = (progress - WARM_SHARE) / (1 - WARM_SHARE)
    return LAST_SHARE + (1 - LAST_SHARE) * (1 + math.cos(math.pi * min(1.0, along))) / 2


@torch.no_grad()
def move_average(average: Sam, sam: Sam, step: int) -> None:
    """Move a running average of weights and statistics; fast at first, slow later."""
    decay = min(AVERAGE_DECAY, (1 + step) / (10 + step))
    ours, theirs = list(average.state_dict().values()), list(sam.state_dict().values())
    numbers = [place for place, tensor in enumerate(ours) if tensor.is_floating_point()]
    # All at once: a loop over 300 tensors would keep a GPU waiting.
    torch._foreach_lerp_([ours[i] for i in numbers], [theirs[i] for i in numbers], 1 - decay)
    for place in set(range(len(ours))) - set(numbers):
        ours[place].copy_(theirs[place])


def chance_of(
    seed: int, stage: int, step: int, stream: int, device: torch.device
) -> torch.Generator:
    """Return the source of chance of one step; each device draws its own numbers from it."""
    state = np.random.SeedSequence([seed, stage, step, stream]).generate_state(1, np.uint64)
    return torch.Generator(device).manual_seed(int(state[0]) >> 1)


def is_over(seconds: float, minutes: float | None) -> bool:
    """Say whether a limit of time is reached; None never is."""
    return minutes is not None and seconds >= minutes * SECONDS
