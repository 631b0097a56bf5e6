"""A SAM with a decoder of the published size and random weights, saved as a checkpoint."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from inference.segmenters.sam_build import build
from inference.segmenters.sam_shape import parse_shape
from inference.segmenters.torch_door import torch

NAME = "sam_random"
SMALL_ENCODER = {"width": 64, "depth": 1, "heads": 1, "global_blocks": []}  # decoder as published


def write_random_sam(models_dir: Path, architecture: object = None, seed: int = 7) -> Path:
    """Write checkpoint and sidecar; the weights are scaled so that clicks matter."""
    stated = SMALL_ENCODER if architecture is None else architecture
    torch.manual_seed(seed)
    model = build(parse_shape(stated))
    with torch.no_grad():
        for key, weights in model.mask_decoder.named_parameters():
            if key.endswith("weight") and "norm" not in key and not key.startswith("iou"):
                weights.mul_(1.5)
        for weights in model.prompt_encoder.point_embeddings.parameters():
            weights.mul_(3.0)
        model.mask_decoder.iou_prediction_head.layers[-1].bias.fill_(0.9)
    models_dir.mkdir(parents=True, exist_ok=True)
    path = models_dir / f"{NAME}.pth"
    torch.save(model.state_dict(), path)
    told = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "architecture": stated}
    (models_dir / f"{NAME}.json").write_text(json.dumps(told), encoding="utf-8")
    return path
