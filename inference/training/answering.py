"""Models in training as segmenters, so that they are measured through what will serve them."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from inference.segmenters import registry
from inference.segmenters.bundled import NAME
from inference.segmenters.checkpoints import sha256_of
from inference.segmenters.protocol import Segmenter
from inference.training import checkpoint, export


def segmenter_named(model: str, threads: int = 1) -> Segmenter:
    """Return the segmenter of a weights file, or one that the registry knows by name.

    Raises:
        NotFound: if it is neither.
        InvalidInput: if the file holds no weights.
    """
    path = Path(model)
    if model in registry.NAMES:
        return registry.load(model, path.parent, threads)
    sam, _ = checkpoint.load_weights(path)
    folder = Path(_scratch().name) / sha256_of(path)
    export.export_files(sam, folder / NAME, sha256_of(path)[:16])
    return registry.load(NAME, folder, threads)


@lru_cache(maxsize=1)
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes with the process."""
    return tempfile.TemporaryDirectory(prefix="sam_nano_")
