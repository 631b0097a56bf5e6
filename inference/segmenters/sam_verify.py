"""Does a checkpoint answer the same in fast as in exact precision, and as segment-anything?

For ``manage.py models --verify NAME`` and tests: the same pictures and prompts go through both, and
the masks are compared; those of the decoder for web processes too. Loads one model at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.segmenters import checkpoints, sam, sam_build
from inference.segmenters.onnx import OnnxDecoder
from inference.segmenters.protocol import Candidate, Embedding, ImageRgb, Mask
from inference.segmenters.sam_prompt import grid_prompts
from inference.segmenters.torch_door import SamPredictor, torch

ENOUGH_IOU = 0.99
EXACT_ERROR = 1e-5
FAST_ERROR = 0.015


@dataclass(frozen=True)
class Verification:
    """What was found of a checkpoint on this machine.

    Attributes:
        name: Of the segmenter.
        masks: How many pairs were compared.
        mean_iou: Of fast and exact masks, 0..1.
        worst_iou: Of one pair.
        share_alike: Pairs of at least ``ENOUGH_IOU``.
        decoder_mean_iou: Of the masks of the ONNX decoder that is served and of SamPredictor.
        decoder_worst_iou: Of one pair of those.
        fast_error: Relative error of the fast embeddings against the exact ones, the largest.
        exact_error: Of the exact embedding of the first picture against segment-anything's.
        seconds: An embedding in "reference", "exact" and "fast", the quickest of all pictures.
    """

    name: str
    masks: int
    mean_iou: float
    worst_iou: float
    share_alike: float
    decoder_mean_iou: float
    decoder_worst_iou: float
    fast_error: float
    exact_error: float
    seconds: dict[str, float]

    @property
    def is_sound(self) -> bool:
        """Whether fast may stand for exact, and exact for segment-anything, on these pictures."""
        return (
            self.mean_iou >= ENOUGH_IOU
            and self.decoder_mean_iou >= ENOUGH_IOU
            and self.fast_error < FAST_ERROR
            and self.exact_error < EXACT_ERROR
        )

    def lines(self) -> list[str]:
        """Return the findings in words, a line each."""
        reference = self.seconds["reference"]
        speeds = [
            f"{way}: {taken:.2f} s a picture ({taken / reference:.2f} of segment-anything's)"
            for way, taken in self.seconds.items()
        ]
        return [
            f"{self.name}: {'sound' if self.is_sound else 'NOT SOUND'}",
            (
                f"masks, fast against exact: {self.masks}, mean IoU {self.mean_iou:.4f}, "
                f"worst {self.worst_iou:.4f}, {self.share_alike:.1%} with at least {ENOUGH_IOU}"
            ),
            (
                f"masks, the decoder of web processes against segment-anything's: {self.masks}, "
                f"mean IoU {self.decoder_mean_iou:.4f}, worst {self.decoder_worst_iou:.4f}"
            ),
            (
                f"embeddings: fast differs from exact by {self.fast_error:.3%}, "
                f"exact from segment-anything's by {self.exact_error:.1e}"
            ),
            *speeds,
        ]


def verify(
    name: str,
    models_dir: Path,
    images_rgb: Sequence[ImageRgb],
    *,
    threads: int = 1,
    decoder: str = "float32",
) -> Verification:
    """Compare fast with exact masks, and exact embeddings with segment-anything's own.

    Takes a few encodings of each picture: seconds to minutes, by the model.

    Args:
        name: A SAM of the registry whose checkpoint is installed.
        models_dir: The folder of checkpoints.
        images_rgb: Photographs, uint8, HxWx3, RGB; at least one.
        threads: For torch's own pool, and onnxruntime's.
        decoder: Which one is served, as an option of ``sam.load``.

    Raises:
        NotFound: if there is no such checkpoint.
        Unavailable: if its file is absent, holds other bytes or does not fit into memory.
    """
    fast, fast_seconds = _embedded(name, models_dir, images_rgb, threads, "fast")
    exact, exact_seconds = _embedded(name, models_dir, images_rgb, threads, "exact")
    reference, reference_seconds = _referred(name, models_dir, images_rgb[0])
    options = {"precision": "exact", "decoder": decoder}
    judge = sam.load(name, models_dir, threads=threads, options=options)
    served = OnnxDecoder(judge.decoder_onnx(), threads)
    ious, decoder_ious = np.array(list(_ious(judge, served, exact, fast))).T
    pairs = zip(fast, exact, strict=True)
    return Verification(
        name=name,
        masks=len(ious),
        mean_iou=float(ious.mean()),
        worst_iou=float(ious.min()),
        share_alike=float((ious >= ENOUGH_IOU).mean()),
        decoder_mean_iou=float(decoder_ious.mean()),
        decoder_worst_iou=float(decoder_ious.min()),
        fast_error=max(relative_error(one.array, other.array) for one, other in pairs),
        exact_error=relative_error(exact[0].array, reference),
        seconds={"reference": reference_seconds, "exact": exact_seconds, "fast": fast_seconds},
    )


def relative_error(came: npt.NDArray[np.generic], wanted: npt.NDArray[np.generic]) -> float:
    """Return the norm of the difference as a share of the norm of what was wanted."""
    truth = wanted.astype(np.float64)
    return float(np.linalg.norm(came.astype(np.float64) - truth) / np.linalg.norm(truth))


def _embedded(
    name: str, models_dir: Path, images: Sequence[ImageRgb], threads: int, precision: str
) -> tuple[list[Embedding], float]:
    segmenter = sam.load(name, models_dir, threads=threads, options={"precision": precision})
    found, seconds = [], []
    for image in images:
        start = time.perf_counter()
        found.append(segmenter.embed(image))
        seconds.append(time.perf_counter() - start)
    return found, min(seconds)


def _referred(name: str, models_dir: Path, image: ImageRgb) -> tuple[Any, float]:
    """Return segment-anything's own embedding and the seconds that it took."""
    checkpoint = checkpoints.find(name, models_dir)
    path = checkpoints.verified_path(name, models_dir)
    device = "cuda" if torch.cuda.is_available() else "cpu"  # where ours runs
    predictor = SamPredictor(sam_build.load(checkpoint.shape, path).to(device))
    taken = []
    for _ in range(1 if device == "cpu" else 2):  # a card's first run loads its programs
        start = time.perf_counter()
        with torch.inference_mode():
            predictor.set_image(image)
        embedding = predictor.get_image_embedding().cpu().numpy()
        taken.append(time.perf_counter() - start)
    return embedding, min(taken)


def _ious(
    judge: sam.SamSegmenter,
    served: OnnxDecoder,
    exact: Sequence[Embedding],
    fast: Sequence[Embedding],
) -> Iterator[tuple[float, float]]:
    """The IoU of each exact mask and the fast one, and the one that the served decoder gives."""
    for one, other in zip(exact, fast, strict=True):
        for prompt in grid_prompts(one.size_hw):
            answers, decoded = judge.predict(other, prompt), served.predict(one, prompt)
            for wanted in judge.predict(one, prompt):
                yield _best_iou(wanted.mask, answers), _best_iou(wanted.mask, decoded)


def _best_iou(wanted: Mask, answers: Sequence[Candidate]) -> float:
    """Of the likest answer: its twin may have another rank."""
    return max(_iou(wanted, answer.mask) for answer in answers)


def _iou(one: Mask, other: Mask) -> float:
    either = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / either if either else 1.0
