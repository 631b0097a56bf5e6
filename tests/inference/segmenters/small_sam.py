"""A SAM of 256 pixels with fixed random weights, saved as a checkpoint with a sidecar."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

NAME = "sam_small"
ARCHITECTURE = {
    "image_side": 256,
    "patch_side": 16,
    "width": 48,
    "depth": 2,
    "heads": 2,
    "global_blocks": [1],
    "window_side": 7,
    "prompt_width": 64,
}


def write_small_sam(models_dir: Path, name: str = NAME, seed: int = 7) -> Path:
    """Write checkpoint and sidecar; the decoder's weights are scaled so that its masks differ."""
    from inference.segmenters.sam_build import build
    from inference.segmenters.sam_shape import parse_shape
    from inference.segmenters.torch_door import torch

    torch.manual_seed(seed)
    model = build(parse_shape(ARCHITECTURE))
    with torch.no_grad():
        for key, weights in model.mask_decoder.named_parameters():
            if key.endswith("weight") and "norm" not in key and not key.startswith("iou"):
                weights.mul_(2.0)
        for weights in model.prompt_encoder.point_embeddings.parameters():
            weights.mul_(3.0)
        model.mask_decoder.iou_prediction_head.layers[-1].weight.mul_(0.5)
        model.mask_decoder.iou_prediction_head.layers[-1].bias.fill_(0.5)
    models_dir.mkdir(parents=True, exist_ok=True)
    path = models_dir / f"{name}.pth"
    torch.save(model.state_dict(), path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    sidecar = {"sha256": sha256, "architecture": ARCHITECTURE, "licence": "Apache-2.0"}
    (models_dir / f"{name}.json").write_text(json.dumps(sidecar), encoding="utf-8")
    return path
