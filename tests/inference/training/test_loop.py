from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.segmenters.torch_door import torch
from inference.training import checkpoint
from inference.training.augment import ViewRange
from inference.training.batches import Plan, mix
from inference.training.library import Decoded, MemoryLibrary, Picture
from inference.training.looks import Looks
from inference.training.loop import Run, Settings
from inference.training.recipe import Recipe, Stage, recipe_named
from projects.errors import InvalidInput, NotFound

SMOKE = recipe_named("smoke")


def run_of(library: MemoryLibrary, out: Path, recipe: Recipe = SMOKE, **settings: object) -> Run:
    out.mkdir(exist_ok=True)
    mixture = mix(library, range(len(library.pictures)))
    return Run(library, mixture, recipe, Settings(out=out, **settings))  # type: ignore[arg-type]


def ticking() -> object:
    """A clock on which each look is a second later."""
    seconds = itertools.count()
    return lambda: float(next(seconds))


def test_run_in_sittings_ends_as_one_that_never_stopped(
    scenes: MemoryLibrary, tmp_path: Path
) -> None:
    whole = run_of(scenes, tmp_path / "whole")
    whole.train()

    sittings, is_done = 0, False
    while not is_done:
        part = run_of(scenes, tmp_path / "parts", sitting_minutes=3 / 60, clock=ticking())
        state = tmp_path / "parts" / checkpoint.STATE_NAME
        if sittings:
            part.restore(checkpoint.read(state))
        is_done = part.train()
        sittings += 1

    assert sittings > 3
    for one, other in ((whole.sam, part.sam), (whole.average, part.average)):
        ours, theirs = one.state_dict(), other.state_dict()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize(
    ("recipe", "seed"), [(replace(SMOKE, stages=SMOKE.stages[:2]), 0), (SMOKE, 1)]
)
def test_run_is_not_taken_up_on_other_terms(
    scenes: MemoryLibrary, tmp_path: Path, recipe: Recipe, seed: int
) -> None:
    run_of(scenes, tmp_path).save(None)
    state = checkpoint.read(tmp_path / checkpoint.STATE_NAME)

    with pytest.raises(InvalidInput, match="--init"):
        run_of(scenes, tmp_path, recipe, seed=seed).restore(state)


def test_seed_decides_weights(scenes: MemoryLibrary, tmp_path: Path) -> None:
    short = replace(SMOKE, stages=SMOKE.stages[2:])
    ends = []
    for seed in (0, 0, 1):
        run = run_of(scenes, tmp_path, short, seed=seed)
        run.train()
        ends.append(torch.cat([p.flatten() for p in run.average.parameters()]))

    assert torch.equal(ends[0], ends[1])
    assert not torch.equal(ends[0], ends[2])


def test_bfloat_learns_what_float_learns(scenes: MemoryLibrary, tmp_path: Path) -> None:
    brief = replace(SMOKE, stages=tuple(replace(stage, steps=2) for stage in SMOKE.stages))
    losses = []
    for is_bfloat in (False, True):
        run = run_of(scenes, tmp_path / str(is_bfloat), brief, is_bfloat=is_bfloat)
        run.train()
        losses.append([record["loss"] for record in run.history])
        assert {p.dtype for p in run.sam.parameters()} == {torch.float32}

    exact, rounded = losses
    assert rounded == pytest.approx(exact, rel=0.1)
    assert rounded != exact


def blocks(place: int) -> tuple[Picture, Decoded]:
    """A dark picture with a bright block and a red one, elsewhere in each picture."""
    ids = np.zeros((64, 64), np.int16)
    ids[8:40, 8 + 20 * place : 32 + 20 * place] = 1
    ids[44:60, 30 - 20 * place : 60 - 20 * place] = 2
    colours = np.array([[20, 20, 30], [240, 230, 220], [220, 30, 30]], np.uint8)
    picture = Picture("blocks", "train", str(place), (("object", ""),))
    return picture, Decoded(colours[ids], (ids,), (0,))


def test_two_pictures_can_be_learned_by_heart(tmp_path: Path) -> None:
    two = MemoryLibrary(blocks(place) for place in range(2))
    plan = Plan(
        (64,), 2, 4, pasted_share=0, scattered_share=0, synthetic_share=0, is_coloured=False,
        span=ViewRange(whole_share=1.0),
    )  # fmt: skip
    stage = Stage("joint", 40, 1.0, 1e-2, plan, rounds=1)
    run = run_of(two, tmp_path, Recipe(SMOKE.shape, (stage,), look_every_s=1e9))
    looks = Looks(two, [0, 1], 64, 1, torch.device("cpu"))
    before = looks(run.average, run.heads, "joint")

    run.train()

    after = looks(run.average, run.heads, "joint")
    assert after["val_loss"] < 0.7 * before["val_loss"]
    assert after["val_iou_box"] > before["val_iou_box"] + 0.2
    assert after["val_iou_point"] > before["val_iou_point"] + 0.2


def test_frozen_encoder_is_left_as_it_is(scenes: MemoryLibrary, tmp_path: Path) -> None:
    run = run_of(scenes, tmp_path, replace(SMOKE, stages=SMOKE.stages[1:2]))
    encoder = {k: v.clone() for k, v in run.sam.image_encoder.state_dict().items()}
    decoder = {k: v.clone() for k, v in run.sam.mask_decoder.state_dict().items()}

    run.train()

    assert all(torch.equal(encoder[k], v) for k, v in run.sam.image_encoder.state_dict().items())
    moved = run.sam.mask_decoder.state_dict().items()
    assert any(not torch.equal(decoder[k], v) for k, v in moved)


def test_minutes_end_a_run_whatever_its_steps(scenes: MemoryLibrary, tmp_path: Path) -> None:
    endless = replace(SMOKE, stages=tuple(replace(s, steps=10**9) for s in SMOKE.stages))
    run = run_of(scenes, tmp_path, endless, minutes=0.5, clock=ticking())

    assert run.train()

    assert [record["stage"] for record in run.history] == [0, 1, 2]
    assert 0.4 <= run.history[-1]["minutes"] <= 0.7


def test_run_leaves_state_weights_history_and_curves(scenes: MemoryLibrary, tmp_path: Path) -> None:
    run = run_of(scenes, tmp_path)
    run.looks = Looks(scenes, [0, 1, 2], 64, 1, torch.device("cpu"))

    run.train()

    sam, shape = checkpoint.load_weights(tmp_path / checkpoint.WEIGHTS_NAME)
    assert shape == SMOKE.shape
    for name, tensor in run.average.state_dict().items():
        assert torch.allclose(sam.state_dict()[name], tensor, rtol=1e-3, atol=1e-6)
    assert "val_iou_box" in run.history[-1]
    assert cv2.imread(str(tmp_path / "history.png")).shape == (720, 900, 3)
    assert (tmp_path / "history.json").read_text().startswith("[{")
    assert not list(tmp_path.glob("*.part"))


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    torch.save({"weights": {}}, tmp_path / "foreign.pt")
    checkpoint.save(tmp_path / "state.pt", {"format": checkpoint.FORMAT})

    with pytest.raises(NotFound, match="absent"):
        checkpoint.read(tmp_path / "absent.pt")
    with pytest.raises(InvalidInput, match="foreign"):
        checkpoint.read(tmp_path / "foreign.pt")
    with pytest.raises(InvalidInput, match="no weights"):
        checkpoint.load_weights(tmp_path / "state.pt")


def test_unknown_recipes_and_stages_are_refused() -> None:
    assert [s.time_share for s in recipe_named("gpu", ("joint",)).stages] == [1.0]
    with pytest.raises(InvalidInput, match="smoke"):
        recipe_named("slow")
    with pytest.raises(InvalidInput, match="dense"):
        recipe_named("gpu", ("sleep",))
