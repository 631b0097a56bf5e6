"""Whether an installed SAM answers in fast precision as in exact: asked by ``manage.py models``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from inference.segmenters import registry
from inference.segmenters.protocol import ImageRgb
from inference.services import segmenters
from projects.errors import ApplicationError, InvalidInput, NotFound, Unprocessable
from projects.pictures.pixels import read_rgb

VERIFY = "inference.segmenters.sam_verify.verify"  # by path: it loads torch
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
MOST_PICTURES = 20


class Verdict(Protocol):
    """What was found, see ``sam_verify.Verification``."""

    @property
    def is_sound(self) -> bool:
        """Whether fast may stand for exact."""
        ...

    def lines(self) -> list[str]:
        """The findings in words."""
        ...


def demo_pictures() -> Path:
    """The folder of the demo's photographs."""
    return Path(settings.BASE_DIR) / "annotator" / "demo" / "photos"


def verify_model(*, name: str, pictures: Path) -> Verdict:
    """Compare the segmenter's fast with its exact masks on some pictures of a folder.

    Raises:
        UnknownSegmenter: If there is none of that name.
        Unavailable: If it is not installed or cannot be loaded.
        Unprocessable: If it has but one precision.
        NotFound: If the folder holds no pictures.
        InvalidInput: If it is no folder, or one of its pictures is damaged.
    """
    segmenters.require_present(name=name)
    if not registry.has_precision(name, settings.MODELS_DIR):
        raise Unprocessable(f"{name} has but one precision; there is nothing to compare.")
    verify = cast("Callable[..., Verdict]", import_string(VERIFY))
    threads = settings.INFERENCE_THREADS
    decoder = settings.SAM_DECODER
    return verify(name, settings.MODELS_DIR, _read(pictures), threads=threads, decoder=decoder)


def _read(folder: Path) -> Sequence[ImageRgb]:
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder.", "no_folder")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise NotFound(f"{folder} holds no pictures ({', '.join(sorted(SUFFIXES))}).", "no_images")
    return [_pixels(path) for path in paths[:MOST_PICTURES]]


def _pixels(path: Path) -> ImageRgb:
    try:
        return read_rgb(path)
    except ApplicationError as error:
        raise InvalidInput(f"{path}: {error.message}", error.code) from error
