"""``sam_nano`` as it is shipped: an ONNX encoder and decoder beside a file of facts about them.

The files lie in the repository; a folder ``sam_nano`` among the models, if there is one, is taken
instead. Nothing opens them before their sha256 is known to be the promised one. No numpy here.
"""

from __future__ import annotations

import importlib.util
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from inference.segmenters.checkpoints import CheckpointRefused, sha256_of
from inference.segmenters.descriptions import SHA256
from projects.errors import ApplicationError, Unavailable, sentence

NAME = "sam_nano"
FALLBACK = "classic"  # what is the default where this model is absent or refused
SHIPPED = Path(__file__).parent / "weights" / NAME
ENCODER_NAME, DECODER_NAME, FACTS_NAME = "encoder.onnx", "decoder.onnx", "facts.json"
NEEDS = ("onnxruntime", "cv2")
MEND = sentence("Bring the folder back from the release or the repository.")


@dataclass(frozen=True)
class Bundle:
    """A model whose files were found to be the promised ones.

    Attributes:
        version: Tells its embeddings from those of other weights.
        side: Of the encoder's square input, in pixels.
        mean: Of red, green and blue, 0..255: what the encoder takes for nothing.
        deviation: By which they are divided.
    """

    version: str
    side: int
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    encoder: Path
    decoder: Path


def read(models_dir: Path) -> Bundle:
    """Return the model in the folder of models, or the shipped one.

    Raises:
        Unavailable: if a file is absent.
        CheckpointRefused: if a file holds other bytes than promised, or the facts make no sense.
    """
    files = _files(models_dir)
    for path in files:
        if not path.is_file():
            raise Unavailable(f"{NAME} lacks {path}. {MEND}", code="model_missing")
    stamps = tuple((path.stat().st_size, path.stat().st_mtime_ns) for path in files)
    return _checked(files[0].parent, stamps)


def file_states(models_dir: Path) -> list[os.stat_result]:
    """Return the states of the model's files that are there, whatever they hold."""
    return [path.stat() for path in _files(models_dir) if path.is_file()]


def why_not(models_dir: Path) -> str:
    """Say why the model cannot be used here; empty if it can."""
    absent = [module for module in NEEDS if importlib.util.find_spec(module) is None]
    if absent:
        return sentence(f"{NAME} needs {', '.join(absent)}. Run: pip install -r requirements.txt")
    try:
        read(models_dir)
    except ApplicationError as error:
        return str(error)
    return ""


def default_segmenter(models_dir: Path) -> str:
    """Name the segmenter of new projects where nobody has chosen: this one if it can be used."""
    return FALLBACK if why_not(models_dir) else NAME


def _files(models_dir: Path) -> list[Path]:
    own = models_dir / NAME
    folder = own if (own / FACTS_NAME).is_file() else SHIPPED
    return [folder / name for name in (FACTS_NAME, ENCODER_NAME, DECODER_NAME)]


@lru_cache(maxsize=8)
def _checked(folder: Path, stamps: tuple[tuple[int, int], ...]) -> Bundle:  # noqa: ARG001 stamps: the bytes are read again only when they may have changed
    path = folder / FACTS_NAME
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        bundle = _described(facts, folder)
        promised = {name: str(told["sha256"]) for name, told in facts["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointRefused(f"{path} cannot be read: {error!r}. {MEND}") from error
    for name in (ENCODER_NAME, DECODER_NAME):
        expected = promised.get(name, "")
        if not SHA256.fullmatch(expected):
            raise CheckpointRefused(f"{path} promises no sha256 of {name}. {MEND}")
        came = sha256_of(folder / name)
        if came != expected:
            raise CheckpointRefused(
                f"{folder / name} is damaged: expected sha256 {expected}, got {came}. {MEND}"
            )
    return bundle


def _described(facts: dict[str, object], folder: Path) -> Bundle:
    mean, deviation = (_three(facts[key]) for key in ("pixel_mean", "pixel_std"))
    version, side = str(facts["version"]), int(str(facts["side"]))
    if not 0 < len(version) <= 64 or not 0 < side <= 4096 or min(deviation) <= 0:  # noqa: PLR2004 as stored; as SAM's
        raise ValueError(f"version {version[:80]!r}, side {side}, pixel_std {deviation}")
    return Bundle(version, side, mean, deviation, folder / ENCODER_NAME, folder / DECODER_NAME)


def _three(numbers: object) -> tuple[float, float, float]:
    if not isinstance(numbers, list):
        raise TypeError(f"expected three numbers, got {numbers!r}")
    red, green, blue = (float(number) for number in numbers)
    return red, green, blue
