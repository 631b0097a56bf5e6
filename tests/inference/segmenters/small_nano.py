"""A sam_nano of 64 pixels with fixed random weights, as the files that the bundled one has."""

from __future__ import annotations

from pathlib import Path

VERSION = "small"


def write_small_nano(models_dir: Path, seed: int = 5) -> Path:
    """Write encoder, decoder and facts; the decoder's weights are scaled so that masks differ."""
    from inference.segmenters.bundled import NAME
    from inference.segmenters.torch_door import torch
    from inference.training.export import export_files
    from inference.training.model import build_nano
    from inference.training.recipe import recipe_named

    torch.manual_seed(seed)
    sam = build_nano(recipe_named("smoke").shape).eval()
    with torch.no_grad():
        for key, weights in sam.mask_decoder.named_parameters():
            if key.endswith("weight") and "norm" not in key and not key.startswith("iou"):
                weights.mul_(3.0)
        for weights in sam.prompt_encoder.point_embeddings.parameters():
            weights.mul_(3.0)
        sam.mask_decoder.iou_prediction_head.layers[-1].bias.fill_(0.7)
    export_files(sam, models_dir / NAME, VERSION)
    return models_dir / NAME
