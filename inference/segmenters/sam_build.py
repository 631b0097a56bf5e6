"""Makes a Sam of segment-anything out of its sizes and a checkpoint's tensors."""

from __future__ import annotations

import pickle
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.sam_encoder import Encoder
from inference.segmenters.sam_precision import Precision
from inference.segmenters.sam_shape import SamShape
from inference.segmenters.torch_door import (
    ImageEncoderViT,
    MaskDecoder,
    PromptEncoder,
    Sam,
    TwoWayTransformer,
    torch,
)

MASKS_PER_POINT = 3
PIXEL_MEAN = (123.675, 116.28, 103.53)  # of R, G, B; no checkpoint holds them
PIXEL_STD = (58.395, 57.12, 57.375)
REFUSALS = (
    pickle.UnpicklingError, RuntimeError, EOFError, TypeError, ValueError, KeyError, AttributeError,
)  # fmt: skip


def build(shape: SamShape) -> Any:
    """Return an untrained Sam (segment_anything/build_sam.py, with its sizes as arguments)."""
    embedding_side = shape.image_side // shape.patch_side
    encoder = ImageEncoderViT(
        depth=shape.depth,
        embed_dim=shape.width,
        img_size=shape.image_side,
        mlp_ratio=4,
        norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
        num_heads=shape.heads,
        patch_size=shape.patch_side,
        qkv_bias=True,
        use_rel_pos=True,
        global_attn_indexes=shape.global_blocks,
        window_size=shape.window_side,
        out_chans=shape.prompt_width,
    )
    prompts = PromptEncoder(
        embed_dim=shape.prompt_width,
        image_embedding_size=(embedding_side, embedding_side),
        input_image_size=(shape.image_side, shape.image_side),
        mask_in_chans=16,
    )
    decoder = MaskDecoder(
        num_multimask_outputs=MASKS_PER_POINT,
        transformer=TwoWayTransformer(
            depth=2, embedding_dim=shape.prompt_width, mlp_dim=2048, num_heads=8
        ),
        transformer_dim=shape.prompt_width,
        iou_head_depth=3,
        iou_head_hidden_dim=256,
    )
    return Sam(encoder, prompts, decoder).eval()


def load(shape: SamShape, path: Path) -> Any:
    """Return a Sam with a checkpoint's weights, whose file is mapped instead of read and copied.

    Raises:
        CheckpointRefused: if the file does not fit the sizes or holds more than tensors.
    """
    with torch.device("meta"):  # random weights would cost time and memory only to be replaced
        model = build(shape)
    load_weights(model, path)
    model.pixel_mean, model.pixel_std = (
        torch.tensor(colours).view(-1, 1, 1) for colours in (PIXEL_MEAN, PIXEL_STD)
    )
    return model.eval()


def load_weights(model: Any, path: Path) -> Any:
    """Put a checkpoint's tensors, and nothing but tensors, into a Sam.

    Raises:
        CheckpointRefused: if the file holds anything else or other tensors.
    """
    try:
        is_zip = zipfile.is_zipfile(path)
        tensors = torch.load(path, map_location="cpu", weights_only=True, mmap=is_zip)
        model.load_state_dict(tensors, assign=True)
    except REFUSALS as error:
        lines = [line.strip() for line in str(error).splitlines()]
        reason = " ".join(lines[:2])[:500]
        raise CheckpointRefused(f"{path.name} cannot be loaded: {reason}") from error
    return model.float()


def speed_up(model: Any, precision: Precision) -> Any:
    """Give a Sam the faster encoder, which takes over the weights of its own; return the Sam."""
    model.image_encoder = Encoder(model.image_encoder, precision).eval()
    return model
