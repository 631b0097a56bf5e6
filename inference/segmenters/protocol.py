"""What every segmenter speaks: an image becomes an embedding, a prompt becomes candidates.

Images are uint8 HxWx3 in RGB, masks are bool HxW, points and boxes are (x, y) in image pixels,
the origin at the corner of the top left pixel. Nothing here imports a model's library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

ImageRgb: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.bool_]
Logits: TypeAlias = npt.NDArray[np.float32]
Points: TypeAlias = npt.NDArray[np.float32]
Labels: TypeAlias = npt.NDArray[np.int64]
Box: TypeAlias = tuple[float, float, float, float]

FOREGROUND = 1
BACKGROUND = 0


def _no_points() -> Points:
    return np.zeros((0, 2), np.float32)


def _no_labels() -> Labels:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class ModelClass:
    """A class that a model tells apart, as its makers call it.

    Attributes:
        name: Unique among the model's classes.
        is_thing: Whether it can be counted; None where the model does not say.
        supercategory: What it is a kind of, or empty.
        is_ignored: Whether its masks are of no use, as "background" or "void".
    """

    name: str
    is_thing: bool | None = None
    supercategory: str = ""
    is_ignored: bool = False


@dataclass(frozen=True, eq=False)
class Prompt:
    """What a person shows the model on one image.

    Attributes:
        points_xy: float32, N x 2, clicks as (x, y) in image pixels.
        point_labels: int64, N, 1 for "belongs to it" and 0 for "does not".
        box_xyxy: The corners (x0, y0, x1, y1) in image pixels, or None.
        mask: bool, HxW of the image, a mask to refine, or None.
        logits: float32, 1 x h x w, the opaque low-resolution answer of the last call, or None.
        multimask: Whether up to three candidates are wanted instead of one.
        text: What is wanted, in words; every object that fits is a candidate.
        exemplars: Boxes around objects like the wanted ones, and whether they are alike (True)
            or to be told apart (False).
    """

    points_xy: Points = field(default_factory=_no_points)
    point_labels: Labels = field(default_factory=_no_labels)
    box_xyxy: Box | None = None
    mask: Mask | None = None
    logits: Logits | None = None
    multimask: bool = False
    text: str = ""
    exemplars: tuple[tuple[Box, bool], ...] = ()


@dataclass(frozen=True, eq=False)
class Candidate:
    """One answer of a segmenter.

    Attributes:
        mask: bool, HxW of the image.
        score: The IoU with the truth that the segmenter expects, 0..1.
        stability: How little the mask changes when its threshold moves, 0..1 (IoU).
        logits: float32, h x w, to be fed back with the next click, or None.
        class_name: Which of the model's classes it is, for models that know any.
        is_region: Whether it holds everything of its class in the image, not one object.
    """

    mask: Mask
    score: float
    stability: float
    logits: Logits | None = None
    class_name: str = ""
    is_region: bool = False


@dataclass(frozen=True, eq=False)
class Embedding:
    """What a segmenter keeps of an image, a value that may be stored and shared.

    Attributes:
        segmenter: The name of the segmenter that made it.
        version: The version of that segmenter; another version's embeddings are refused.
        size_hw: Height and width of the image.
        array: The features; float32 as computed, float16 when it comes from a store, or the
            uint8 image itself where a segmenter needs no features.
    """

    segmenter: str
    version: str
    size_hw: tuple[int, int]
    array: npt.NDArray[np.generic]


class Segmenter(Protocol):
    """Embeds images and answers prompts on them; keeps no state between calls.

    Attributes:
        name: As in the registry.
        version: Changes whenever the same input may give another answer.
        kinds: Which of "points", "box", "mask", "text", "exemplars", "everything" and "classes"
            it answers; with "classes", ``propose`` finds what the model knows by name.
        stores_embedding: Whether its embeddings are worth keeping on disk.
        needs_worker: Whether it must stay out of the web process (torch).
    """

    name: str
    version: str
    kinds: frozenset[str]
    stores_embedding: bool
    needs_worker: bool

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        """Return what ``predict`` needs of the image (uint8, HxWx3, RGB)."""
        ...

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer a prompt with one to three candidates, best first; text may find none or many.

        Raises:
            InvalidInput: if the prompt does not fit the image (see ``prompts.validate_prompt``)
                or the embedding is another segmenter's.
        """
        ...

    def propose(self, image_rgb: ImageRgb, embedding: Embedding) -> list[Candidate]:
        """Return masks for everything in the image, or of every known class, best first."""
        ...

    def decoder_onnx(self) -> Path | None:
        """Return the file of an ONNX decoder for this segmenter's embeddings, if it has one."""
        ...


class Loader(Protocol):
    """How the registry makes a segmenter out of a name and a folder of models."""

    def __call__(
        self, name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]
    ) -> Segmenter:
        """Load the segmenter; ``threads`` bounds what its library uses at once."""
        ...
