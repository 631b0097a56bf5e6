"""Batches of training: which pictures, which views of them, which instances, which first prompts.

A batch is a function of (seed, stage, step) alone, so that any number of worker processes, in any
order, and a run that was stopped and taken up again see the same pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import torch

from inference.training.augment import ViewRange, recolour, view
from inference.training.compose import paste_objects, scatter_shapes, synthesise
from inference.training.library import IdMap, ImageRgb, Library
from inference.training.prompts import first_prompts

MIN_AREA_SHARE = 4e-4  # of the view; ten cells of 8x8 pixels of a 512 pixel input
DRAWS = 4  # views tried for one that shows an instance, before shapes are drawn instead
AHEAD = 3  # batches each worker prepares in advance
SOURCE_BOOST = {"coco": 4.0}  # the only source of general variety, and a small one
# Wholes are learned quickly. A click that may mean either is answered with what is met more often.
LEVEL_WEIGHTS = (1.0, 3.0, 1.0)


class Batch(NamedTuple):
    """What a step of training gets; B views, P instances of each, S pixels a side.

    Attributes:
        images: uint8, B x S x S x 3, RGB.
        ids: int16, B x S x S.
        levels: int64, B, index into ``library.LEVELS``.
        chosen: int16, B x P, ids; an instance may appear more than once.
        boxes: float32, B x P x 4, a jittered box around it.
        points: float32, B x P x 2, a pixel inside.
    """

    images: torch.Tensor
    ids: torch.Tensor
    levels: torch.Tensor
    chosen: torch.Tensor
    boxes: torch.Tensor
    points: torch.Tensor

    def to(self, device: torch.device) -> Batch:
        """Return the batch on another device."""
        return Batch(*(tensor.to(device, non_blocking=True) for tensor in self))


@dataclass(frozen=True)
class Plan:
    """How batches are made up.

    Attributes:
        sides: Sizes of views; each batch has one of them.
        pictures: Views in a batch of the largest side; smaller views come in greater number.
        prompts: Instances of each view.
        pasted_share: How often objects of another picture are laid on top.
        scattered_share: How often shapes are laid on top.
        synthetic_share: How often the whole picture is made of shapes.
        is_coloured: Whether colours are changed.
    """

    sides: tuple[int, ...] = (512,)
    pictures: int = 8
    prompts: int = 8
    pasted_share: float = 0.35
    scattered_share: float = 0.1
    synthetic_share: float = 0.06
    is_coloured: bool = True
    span: ViewRange = field(default_factory=ViewRange)

    def pictures_at(self, side: int) -> int:
        """Return how many views of a side cost as much as ``pictures`` of the largest."""
        return max(1, round(self.pictures * (max(self.sides) / side) ** 2))


@dataclass(frozen=True, eq=False)
class Mixture:
    """Draws pictures: a source first, then one of its pictures, however many instances it shows.

    Attributes:
        groups: Numbers of pictures of each source.
        shares: Chance of each source, summing to one.
    """

    groups: tuple[tuple[int, ...], ...]
    shares: tuple[float, ...]

    def draw(self, rng: np.random.Generator) -> int:
        """Return the number of a picture."""
        group = self.groups[int(rng.choice(len(self.groups), p=self.shares))]
        return group[int(rng.integers(len(group)))]


def mix(
    library: Library, numbers: Sequence[int], boosts: Mapping[str, float] | None = None
) -> Mixture:
    """Weigh sources by the root of their size, so that neither large nor small ones dominate."""
    boosts = SOURCE_BOOST if boosts is None else boosts
    groups: dict[str, list[int]] = {}
    for number in numbers:
        groups.setdefault(library.pictures[number].source, []).append(number)
    weights = [boosts.get(source, 1.0) * len(group) ** 0.5 for source, group in groups.items()]
    shares = tuple(weight / sum(weights) for weight in weights)
    return Mixture(tuple(tuple(group) for group in groups.values()), shares)


class Batches(torch.utils.data.Dataset[Batch]):
    """The batches of one stage by step number."""

    def __init__(
        self, library: Library, mixture: Mixture, plan: Plan, key: tuple[int, int]
    ) -> None:
        self._library, self._mixture, self._plan, self._key = library, mixture, plan, key

    def __getitem__(self, step: int) -> Batch:
        """Return the batch of a step; the same one whenever it is asked for."""
        cv2.setNumThreads(1)  # there is a process for each core already
        rng = np.random.default_rng([*self._key, step])
        side = int(rng.choice(self._plan.sides))
        rows = [
            self._row(side, np.random.default_rng([*self._key, step, place]))
            for place in range(self._plan.pictures_at(side))
        ]
        columns = (torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))
        return Batch(*columns)

    def stream(self, start: int, workers: int, *, is_pinned: bool = False) -> Iterator[Batch]:
        """Yield the batches from ``start`` on without end, made by worker processes if any."""
        loader = torch.utils.data.DataLoader(
            self,
            batch_size=None,
            sampler=range(start, 1 << 40),
            num_workers=workers,
            multiprocessing_context="spawn" if workers else None,
            prefetch_factor=AHEAD if workers else None,
            pin_memory=is_pinned,
            # A generator of its own: the loader must not touch the state of anybody else's.
            generator=torch.Generator().manual_seed(0),
        )
        return iter(loader)

    def _row(self, side: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.generic], ...]:
        rgb, ids, level = self._scene(side, rng)
        if self._plan.is_coloured:
            rgb = recolour(rgb, rng)
        large = large_instances(ids)
        # All of them before any of them twice.
        chosen = np.concatenate(
            [rng.permutation(large) for _ in range(-(-self._plan.prompts // len(large)))]
        )[: self._plan.prompts]
        boxes, points = first_prompts(ids, chosen, rng)
        return rgb, ids, np.asarray(level), chosen, boxes, points

    def _scene(self, side: int, rng: np.random.Generator) -> tuple[ImageRgb, IdMap, int]:
        """Return a view that shows at least one instance."""
        plan = self._plan
        for _ in range(DRAWS):
            if rng.random() < plan.synthetic_share:
                break
            rgb, ids, level = self._view(side, rng)
            if rng.random() < plan.pasted_share:
                other = self._view(side, rng)
                rgb, ids = paste_objects(
                    (rgb, ids), other[:2], rng, round(4 * MIN_AREA_SHARE * ids.size)
                )
            if rng.random() < plan.scattered_share:
                rgb, ids = scatter_shapes((rgb, ids), rng, int(rng.integers(1, 5)))
            if len(large_instances(ids)):
                return rgb, ids, level
        return *self._shapes(side, rng), 0

    def _view(self, side: int, rng: np.random.Generator) -> tuple[ImageRgb, IdMap, int]:
        decoded = self._library.decode(self._mixture.draw(rng))
        weights = np.array([LEVEL_WEIGHTS[level] for level in decoded.levels])
        place = int(rng.choice(len(weights), p=weights / weights.sum()))
        rgb, ids = view(decoded.rgb, decoded.maps[place], side, rng, self._plan.span)
        return rgb, ids, decoded.levels[place]

    @staticmethod
    def _shapes(side: int, rng: np.random.Generator) -> tuple[ImageRgb, IdMap]:
        while True:
            rgb, ids = synthesise(side, rng)
            if len(large_instances(ids)):
                return rgb, ids


def large_instances(ids: IdMap) -> npt.NDArray[np.int16]:
    """Return the ids that show enough pixels to be learned from, ascending."""
    areas = np.bincount(ids.ravel())
    areas[0] = 0
    return np.flatnonzero(areas >= max(4, MIN_AREA_SHARE * ids.size)).astype(np.int16)
