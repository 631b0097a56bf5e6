"""Where a segmenter's ONNX decoder lies, and which version of embeddings it reads. No torch."""

from __future__ import annotations

from pathlib import Path

from inference.segmenters import bundled, checkpoints, sidecars, transformers_folder
from projects.errors import InvalidInput


def version_of(name: str, models_dir: Path) -> str:
    """Return the version that a segmenter's weights give its embeddings.

    Raises:
        NotFound: if it is not one of those with weights.
        Unavailable: if it is the bundled one and its files are absent or refused.
    """
    if name == bundled.NAME:
        return bundled.read(models_dir).version
    try:
        folder = sidecars.find(name, models_dir).path
    except InvalidInput:
        return checkpoints.find(name, models_dir).version
    return transformers_folder.read(folder).version


def find(name: str, models_dir: Path) -> Path | None:
    """Return a segmenter's decoder; None until a worker that loaded it has written it.

    Raises:
        ApplicationError: as ``version_of``.
    """
    if name == bundled.NAME:
        return bundled.read(models_dir).decoder
    path = checkpoints.decoder_path(name, version_of(name, models_dir), models_dir)
    small = checkpoints.small_decoder_path(path)
    if small.is_file():
        return small
    return path if path.is_file() else None
