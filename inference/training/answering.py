"""Models in training as segmenters, so that they are measured through what will serve them."""

from __future__ import annotations

from pathlib import Path

from inference.segmenters import registry
from inference.segmenters.checkpoints import Checkpoint, sha256_of
from inference.segmenters.protocol import Segmenter
from inference.segmenters.sam import SamSegmenter
from inference.segmenters.sam_shape import SamShape
from inference.segmenters.torch_door import Sam
from inference.training import checkpoint
from inference.training.encoder import STRIDE, NanoShape

NAME = "sam_nano"


def segmenter_named(model: str, device: str = "cpu") -> Segmenter:
    """Return the segmenter of a weights file, or one that the registry knows by name.

    Raises:
        NotFound: if it is neither.
        InvalidInput: if the file holds no weights.
    """
    path = Path(model)
    if model in registry.NAMES:
        return registry.load(model, path.parent)
    sam, shape = checkpoint.load_weights(path)
    return as_segmenter(sam.to(device), shape, path.parent, sha256_of(path))


def as_segmenter(sam: Sam, shape: NanoShape, folder: Path, sha256: str) -> Segmenter:
    """Wrap a model that is ready to answer; ``sha256`` tells its embeddings from others'."""
    stated = SamShape(
        width=shape.width,
        depth=sum(shape.depths),
        heads=shape.heads,
        global_blocks=(),
        image_side=shape.side,
        patch_side=STRIDE,
        prompt_width=shape.width,
    )
    return SamSegmenter(Checkpoint(NAME, f"{NAME}.pth", sha256, stated), sam, folder)
