"""Damaged weights give numbers that are none: they are refused, and never become masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.segmenters.checkpoints import CheckpointRefused
from projects.errors import sentence

MEND = sentence("Put its files into the folder of models anew.")


def refuse_unsound_numbers(numbers: npt.NDArray[Any], name: str, mend: str = MEND) -> None:
    """Refuse what a model gives unless all of it are finite numbers.

    Args:
        numbers: Floats, of any shape.
        name: The model's.
        mend: What to do about it.

    Raises:
        CheckpointRefused: naming the model.
    """
    if not np.isfinite(numbers).all():
        raise CheckpointRefused(
            f"{name} gives numbers that are not finite; its weights are damaged. {mend}"
        )


def refuse_unsound_weights(weights: Mapping[str, Any], name: str) -> None:
    """Refuse weights, tensors of torch by their names, unless all of them are finite.

    Raises:
        CheckpointRefused: naming the model and the first weight that is not.
    """
    for weight, numbers in weights.items():
        if numbers.is_floating_point() and not bool(numbers.isfinite().all()):
            raise CheckpointRefused(
                f"{name} is damaged: its weight {weight} holds numbers that are not finite. {MEND}"
            )
