"""The decoder learns from a project's own corrections; every embedding stays valid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from inference.training import checkpoint
from inference.training.batches import Mixture, Plan
from inference.training.library import Decoded, IdMap, ImageRgb, MemoryLibrary, Picture
from inference.training.loop import Run, Settings
from inference.training.recipe import Recipe, Stage
from projects.errors import InvalidInput
from projects.masks import rle
from projects.masks.types import Rle

RATE = 1e-4  # a tenth of the first training's: corrections shall add, not erase
STEPS = 300
SOURCE = "corrections"


def finetune_decoder(
    weights: Path,
    pairs: Iterable[tuple[ImageRgb, Sequence[Rle]]],
    settings: Settings,
    steps: int = STEPS,
) -> Run:
    """Teach the decoder of a weights file objects that people have confirmed.

    Args:
        weights: ``weights.pt`` of a run.
        pairs: Pictures (uint8, HxWx3) with masks of their size, which may overlap.
        settings: Where the new weights go, the seed, limits of time.
        steps: Unless ``settings.minutes`` limits them.

    Returns:
        The run; its ``average`` is the new model, saved in ``settings.out``.

    Raises:
        InvalidInput: if there is no mask to learn from, or one is of another size.
    """
    library = MemoryLibrary(_entries(pairs))
    if not library.pictures:
        raise InvalidInput("there is no mask to learn from")
    sam, shape = checkpoint.load_weights(weights)
    plan = Plan((shape.side,), 1, 8, scattered_share=0, synthetic_share=0)
    stage = Stage("decoder", steps, 1.0, RATE, plan, rounds=2, pooled=16, drawn=2)
    mixture = Mixture((tuple(range(len(library.pictures))),), (1.0,))
    settings.out.mkdir(parents=True, exist_ok=True)
    run = Run(library, mixture, Recipe(shape, (stage,)), replace(settings, workers=0))
    run.start_from(sam.state_dict())
    run.train()
    return run


def layered(masks: Sequence[Rle], size_hw: tuple[int, int]) -> tuple[IdMap, ...]:
    """Return id maps that together hold all masks: overlapping ones lie on different maps.

    Raises:
        InvalidInput: if a mask is of another size.
    """
    maps: list[IdMap] = []
    for number, mask in enumerate(masks, 1):
        if mask.size_hw != size_hw:
            raise InvalidInput(f"mask is {mask.size_hw}, image is {size_hw}")
        inside = rle.to_bitmap(mask)
        if not inside.any():
            continue
        home = next((ids for ids in maps if not ids[inside].any()), None)
        if home is None:
            home = np.zeros(size_hw, np.int16)
            maps.append(home)
        home[inside] = number
    return tuple(maps)


def _entries(
    pairs: Iterable[tuple[ImageRgb, Sequence[Rle]]],
) -> Iterable[tuple[Picture, Decoded]]:
    for number, (rgb, masks) in enumerate(pairs):
        maps = layered(masks, (rgb.shape[0], rgb.shape[1]))
        if maps:
            picture = Picture(SOURCE, "train", str(number), tuple(("object", "") for _ in maps))
            yield picture, Decoded(rgb, maps, tuple(0 for _ in maps))
