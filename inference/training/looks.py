"""Looks at validation pictures while training: whole pictures, the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence

from inference.segmenters.torch_door import Sam, torch
from inference.training.augment import ViewRange
from inference.training.batches import Batch, Batches, Plan, mix
from inference.training.library import Library
from inference.training.model import normalise
from inference.training.schedule import Meter, chance_of
from inference.training.steps import DenseHeads, DenseStep, PromptStep

ROUNDS = 3
PICTURES, PROMPTS = 8, 4
KEY = (20, 11)  # of the draw, whatever the seed of the run


class Looks:
    """Mean IoU on some batches of validation pictures, every source as often as another."""

    def __init__(
        self,
        library: Library,
        numbers: Sequence[int],
        side: int,
        batches: int,
        device: torch.device,
    ) -> None:
        sources = {library.pictures[number].source for number in numbers}
        count = {s: sum(library.pictures[n].source == s for n in numbers) for s in sources}
        evenly = {source: count[source] ** -0.5 for source in sources}
        plan = Plan(
            (side,), PICTURES, PROMPTS,
            pasted_share=0, scattered_share=0, synthetic_share=0, is_coloured=False,
            span=ViewRange(whole_share=1.0),
        )  # fmt: skip
        drawn = Batches(library, mix(library, numbers, evenly), plan, KEY)
        self._batches: list[Batch] = [drawn[step].to(device) for step in range(batches)]

    @torch.no_grad()
    def __call__(self, sam: Sam, heads: DenseHeads, kind: str) -> dict[str, float]:
        """Return facts by name, "val_" before each, for a model that is ready to answer."""
        meter = Meter()
        for number, batch in enumerate(self._batches):
            if kind == "dense":
                meter.add(DenseStep()(sam, heads, batch).facts)
                continue
            embeddings = sam.image_encoder(normalise(sam, batch.images))
            chance = chance_of(*KEY, number, 0, batch.ids.device)
            meter.add(PromptStep(ROUNDS)(sam, embeddings, batch, chance).facts)
        return {f"val_{name}": mean for name, mean in meter.take().items()}
