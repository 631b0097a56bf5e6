from __future__ import annotations

import io

import pytest

from inference.segmenters.torch_door import torch
from inference.training.encoder import DepthConv
from inference.training.model import build_nano
from inference.training.progress import Bar
from inference.training.recipe import recipe_named
from inference.training.schedule import Meter, move_average, optimiser_for, rate_share, set_rate
from inference.training.steps import DenseHeads

SMOKE = recipe_named("smoke")


@pytest.mark.parametrize(
    ("progress", "share"), [(0.0, 0.02), (0.03, 1.0), (0.515, 0.51), (1.0, 0.02), (1.5, 0.02)]
)
def test_rate_rises_and_falls(progress: float, share: float) -> None:
    assert rate_share(progress) == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_stage_teaches_its_parts(place: int) -> None:
    sam, heads = build_nano(SMOKE.shape), DenseHeads(SMOKE.shape.width)
    stage = SMOKE.stages[place]

    optimiser = optimiser_for(stage, sam, heads)
    set_rate(optimiser, stage, 0.03)

    held = {id(p) for group in optimiser.param_groups for p in group["params"]}
    parts = {
        "dense": [sam.image_encoder, heads, sam.painter],
        "decoder": [sam.prompt_encoder, sam.mask_decoder, sam.painter],
        "joint": [sam],
    }[stage.kind]
    assert held == {id(p) for part in parts for p in part.parameters()}
    assert all(group["lr"] == stage.rate * group["factor"] for group in optimiser.param_groups)
    assert all(
        (group["weight_decay"] == 0) == (parameter.ndim < 2)
        for group in optimiser.param_groups
        for parameter in group["params"]
    )


def test_what_is_frozen_is_not_taught() -> None:
    sam, heads = build_nano(SMOKE.shape), DenseHeads(SMOKE.shape.width)
    sam.image_encoder.freeze(2, depthwise=True, statistics=False)

    optimiser = optimiser_for(SMOKE.stages[0], sam, heads)

    held = {id(p) for group in optimiser.param_groups for p in group["params"]}
    early, late = sam.image_encoder.stages[1][0].layers, sam.image_encoder.stages[3][0].layers
    depthwise = next(layer for layer in late if isinstance(layer, DepthConv))
    assert not held & {id(p) for p in early.parameters()}
    assert id(depthwise.weight) not in held
    assert id(late[0].weight) in held


def test_average_moves_a_share_of_the_way() -> None:
    average, sam = build_nano(SMOKE.shape), build_nano(SMOKE.shape)
    before = average.mask_decoder.iou_token.weight.clone()

    move_average(average, sam, 0)
    first = average.mask_decoder.iou_token.weight.clone()
    move_average(average, sam, 10**6)

    theirs = sam.mask_decoder.iou_token.weight
    assert torch.allclose(first, 0.1 * before + 0.9 * theirs, atol=1e-6)
    assert torch.allclose(
        average.mask_decoder.iou_token.weight, 0.998 * first + 0.002 * theirs, atol=1e-6
    )


def test_meter_gives_means_once() -> None:
    meter = Meter()
    meter.add({"loss": torch.tensor(1.0)})
    meter.add({"loss": torch.tensor(3.0)})

    assert meter.take() == {"loss": 2.0}
    assert meter.take() == {}


def test_log_gets_only_lines_to_keep() -> None:
    log = io.StringIO()
    bar = Bar(log)

    bar.say("step 1", False)
    bar.say("looked", True)

    assert log.getvalue() == "looked\n"


def test_terminal_line_is_rewritten_twice_a_second() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    seconds = iter([0.0, 0.0, 0.2, 0.7, 0.7])
    terminal = Terminal()
    bar = Bar(terminal, clock=lambda: next(seconds))

    for line in ("one", "two", "three"):
        bar.say(line, False)

    assert terminal.getvalue().split("\r\x1b[K") == ["", "one", "three"]
