"""The faster encoder answers as segment-anything's own, whatever the sizes of the model."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from inference.segmenters import registry
from inference.segmenters.sam_attention import positions
from inference.segmenters.sam_build import build, load
from inference.segmenters.sam_encoder import Encoder
from inference.segmenters.sam_precision import Precision, choose
from inference.segmenters.sam_shape import SamShape
from inference.segmenters.sam_verify import relative_error, verify
from inference.segmenters.torch_door import SamPredictor, torch
from projects.errors import InvalidInput
from tests.inference.segmenters.small_sam import ARCHITECTURE, NAME

SHAPES = {
    "windows that need padding": SamShape(
        width=48, depth=3, heads=3, global_blocks=(1,), image_side=320, window_side=7
    ),
    "windows that fit": SamShape(
        width=32, depth=2, heads=2, global_blocks=(1,), image_side=256, window_side=8
    ),
    "no windows": SamShape(
        width=32, depth=2, heads=4, global_blocks=(0, 1), image_side=256, patch_side=8
    ),
    "head of 80 as in ViT-H": SamShape(
        width=160, depth=2, heads=2, global_blocks=(1,), image_side=320
    ),
    "more queries than one call takes": SamShape(
        width=32, depth=1, heads=2, global_blocks=(0,), image_side=480, patch_side=12
    ),
}


def lively(shape: SamShape) -> torch.nn.Module:
    """A model whose positions matter; fresh ones are zero."""
    torch.manual_seed(3)
    vit = build(shape).image_encoder
    with torch.no_grad():
        for name, weights in vit.named_parameters():
            if "rel_pos" in name or "pos_embed" in name or name.endswith("bias"):
                weights.normal_(0, 0.3)
    return vit


@pytest.mark.parametrize("name", SHAPES)
def test_exact_is_within_a_hundred_thousandth_of_segment_anything(name):
    vit = lively(SHAPES[name])
    pixels = torch.randn(2, 3, vit.img_size, vit.img_size)
    with torch.no_grad():
        wanted = vit(pixels)

    came = Encoder(copy.deepcopy(vit), Precision.EXACT)(pixels)

    assert came.shape == wanted.shape
    assert relative_error(came.numpy(), wanted.numpy()) < 1e-5


def test_relative_positions_matter_to_the_answer():
    vit = lively(SHAPES["windows that need padding"])
    pixels = torch.randn(1, 3, vit.img_size, vit.img_size)
    with_positions = Encoder(copy.deepcopy(vit), Precision.EXACT)(pixels)
    with torch.no_grad():
        for block in vit.blocks:
            block.attn.rel_pos_h.zero_()

    without = Encoder(vit, Precision.EXACT)(pixels)

    assert relative_error(without.numpy(), with_positions.numpy()) > 1e-3


def test_a_table_of_another_length_is_stretched_as_segment_anything_does():
    from segment_anything.modeling.image_encoder import get_rel_pos

    table = torch.randn(27, 8)

    assert torch.equal(positions(table, 14), get_rel_pos(14, 14, table))
    assert torch.allclose(positions(table, 20), get_rel_pos(20, 20, table))


@pytest.mark.parametrize("unit", [{"avx512_bf16": True}, {"amx_bf16": True}])
def test_fast_stays_within_one_and_a_half_percent_on_a_photograph(
    sam_dir, photo, unit, monkeypatch
):
    """Without a unit for matrices attention stays float32; with one it is bfloat16 too."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: unit)
    exact = registry.load(NAME, sam_dir, options={"precision": "exact"}).embed(photo)
    fast = registry.load(NAME, sam_dir, options={"precision": "fast"}).embed(photo)

    assert 0 < relative_error(fast.array, exact.array) < 0.015
    assert fast.array.dtype == np.float32


def test_the_embedding_is_that_of_sam_predictor(sam_dir, photo):
    from inference.segmenters.sam_shape import parse_shape

    theirs = SamPredictor(load(parse_shape(ARCHITECTURE), sam_dir / f"{NAME}.pth"))
    theirs.set_image(photo)

    ours = registry.load(NAME, sam_dir, options={"precision": "exact"}).embed(photo)

    assert relative_error(ours.array, theirs.get_image_embedding().numpy()) < 1e-5


def test_many_images_get_what_each_would_get_alone(sam_dir, photo, monkeypatch):
    segmenter = registry.load(NAME, sam_dir, options={"precision": "exact"})
    images = [photo, np.ascontiguousarray(photo[:200, :300]), photo[:, ::-1]]

    together = segmenter.embed_many(images)
    batched = segmenter._encoded([np.ascontiguousarray(image) for image in images])

    for image, one, row in zip(images, together, batched, strict=True):
        alone = segmenter.embed(image)
        assert one.size_hw == image.shape[:2]
        assert np.array_equal(one.array, alone.array)
        assert relative_error(row[None], alone.array) < 1e-5


def test_a_checkpoint_is_verified_against_segment_anything(sam_dir, photo):
    found = verify(NAME, sam_dir, [np.ascontiguousarray(photo[:160, :200])])

    assert found.masks == 25 * 4
    assert found.exact_error < 1e-5
    assert 0 < found.fast_error < 0.015
    assert found.worst_iou <= found.mean_iou <= 1
    assert NAME in found.lines()[0]


@pytest.mark.parametrize("wish", ["quick", "", None, 1])
def test_an_unknown_precision_is_refused(sam_dir, wish):
    with pytest.raises(InvalidInput, match="auto, exact, fast"):
        registry.load(NAME, sam_dir, options={"precision": wish})


def test_exact_lets_no_gpu_round(sam_dir, monkeypatch):
    """cuDNN's convolutions keep 10 bits unless they are told not to."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)

    registry.load(NAME, sam_dir, options={"precision": "exact"})

    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32


def test_auto_is_exact_where_the_hardware_has_no_bfloat16(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert choose("auto", "cpu") is Precision.EXACT

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert choose("auto", "cpu") is Precision.FAST
