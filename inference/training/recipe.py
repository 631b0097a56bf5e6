"""Recipes: which stages in what order, how long, how fast."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from inference.training.augment import ViewRange
from inference.training.batches import Plan
from inference.training.encoder import NanoShape
from inference.training.losses import MaskWeights
from projects.errors import InvalidInput

StageKind = Literal["dense", "decoder", "joint"]
# Once answers are not empty, where borders lie matters more than on which side errors are.
LATE = MaskWeights(cross_entropy=2.0, balanced=0.25)


@dataclass(frozen=True)
class Stage:
    """A part of training with its own optimiser and schedule.

    Attributes:
        kind: ``dense`` teaches the encoder by anchors, ``decoder`` the decoder on embeddings of a
            frozen encoder, ``joint`` both.
        steps: After which the stage ends.
        time_share: Of the minutes of the whole run, if these are limited.
        rate: Highest learning rate; it rises over the first steps and falls as a cosine.
        encoder_rate: Factor on it for the encoder's backbone.
        rounds: Answers to each instance (decoder and joint).
        pooled: Batches of embeddings kept (decoder); each step a new one replaces the oldest.
        drawn: How many of them a step learns from.
        frozen: Stages of the backbone, from the first, that keep their weights; 0 for none.
        fixed_depthwise: Whether depthwise weights stay as published (cheap on a CPU).
        fixed_statistics: Whether the pyramid keeps its batch statistics (batches of few pictures).
        weights: Of a mask's loss.
    """

    kind: StageKind
    steps: int
    time_share: float
    rate: float
    plan: Plan
    encoder_rate: float = 1.0
    rounds: int = 3
    pooled: int = 1
    drawn: int = 1
    frozen: int = 0
    fixed_depthwise: bool = False
    fixed_statistics: bool = False
    weights: MaskWeights = field(default_factory=MaskWeights)


@dataclass(frozen=True)
class Recipe:
    """All that decides what is learned, together with the data and the seed.

    Attributes:
        look_every_s: Seconds between looks at the validation split.
        looked_batches: How many of its batches are looked at.
    """

    shape: NanoShape
    stages: tuple[Stage, ...]
    look_every_s: float = 60.0
    looked_batches: int = 4
    save_every_s: float = 60.0


def _gpu() -> Recipe:
    """For one large GPU and half an hour: everything batched, all sizes, most time together."""
    views = ViewRange(0.35, (0.6, 2.5))
    sides = (256, 384, 512)
    return Recipe(
        NanoShape(),
        (
            Stage("dense", 12_000, 0.45, 1.5e-3, Plan(sides, 48, 24, span=views)),
            Stage("decoder", 3_000, 0.10, 1e-3, Plan(sides, 8, 12, span=views), pooled=48, drawn=4),
            Stage(
                "joint",
                9_000,
                0.45,
                6e-4,
                Plan(sides, 24, 8, span=views),
                encoder_rate=0.5,
                weights=LATE,
            ),
        ),
    )


def _cpu() -> Recipe:
    """For one core and two hours: published depthwise weights stay, early stages too."""
    views = ViewRange(0.35, (0.7, 2.2))
    return Recipe(
        NanoShape(),
        (
            Stage(
                "dense", 60_000, 0.16, 1e-3, Plan((256,), 8, 24, span=views),
                encoder_rate=0.3, frozen=2, fixed_depthwise=True,
            ),
            Stage(
                "decoder", 60_000, 0.10, 1e-3, Plan((256,), 2, 8, span=views),
                rounds=2, pooled=8,
            ),
            Stage(
                "joint", 60_000, 0.61, 5e-4, Plan((256, 384, 512), 1, 6, span=views),
                encoder_rate=0.3, rounds=2, weights=LATE,
                frozen=2, fixed_depthwise=True, fixed_statistics=True,
            ),
            Stage(  # a second, lower rise: three answers in a row teach corrections
                "joint", 60_000, 0.13, 2e-4, Plan((256, 384, 512), 1, 6, span=views),
                encoder_rate=0.3, rounds=3, weights=LATE,
                frozen=2, fixed_depthwise=True, fixed_statistics=True,
            ),
        ),
        look_every_s=300.0,
        looked_batches=2,
    )  # fmt: skip


def _again() -> Recipe:
    """For one core and an hour, from weights that can answer already (``--init``)."""
    views = ViewRange(0.35, (0.7, 2.2))
    return Recipe(
        NanoShape(),
        (
            Stage(
                "joint", 60_000, 1.0, 3e-4, Plan((256, 384, 512), 1, 6, span=views),
                encoder_rate=0.3, rounds=3, weights=LATE,
                frozen=2, fixed_depthwise=True, fixed_statistics=True,
            ),
        ),
        look_every_s=300.0,
        looked_batches=2,
    )  # fmt: skip


def _smoke() -> Recipe:
    """For tests: a model of a few thousand numbers, seconds."""
    shape = NanoShape(64, 32, 8, (4, 8, 8, 12, 12, 16, 16), (1, 1, 1, 1, 1, 1, 1), 4, 32)
    plan = Plan((64,), 2, 3)
    return Recipe(
        shape,
        (
            Stage("dense", 4, 0.4, 1e-3, plan),
            Stage("decoder", 4, 0.3, 1e-3, plan, rounds=2, pooled=2, drawn=2),
            Stage("joint", 4, 0.3, 1e-3, plan, rounds=2),
        ),
        look_every_s=1e9,
        looked_batches=1,
    )


RECIPES = {"gpu": _gpu, "cpu": _cpu, "again": _again, "smoke": _smoke}


def recipe_named(name: str, only: tuple[str, ...] = ()) -> Recipe:
    """Return a recipe, or some of its stages with their shares of time scaled to fill the whole.

    Raises:
        InvalidInput: if the recipe or a stage is unknown.
    """
    if name not in RECIPES:
        raise InvalidInput(f"recipes are {', '.join(RECIPES)}; got {name!r}")
    recipe = RECIPES[name]()
    unknown = set(only) - {stage.kind for stage in recipe.stages}
    if unknown:
        raise InvalidInput(f"stages are dense, decoder, joint; got {', '.join(sorted(unknown))}")
    kept = [stage for stage in recipe.stages if not only or stage.kind in only]
    total = sum(stage.time_share for stage in kept)
    return replace(recipe, stages=tuple(replace(s, time_share=s.time_share / total) for s in kept))
