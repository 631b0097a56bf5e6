"""Descriptions of models in the folder of models: what a file is, and what its numbers mean.

``<name>.json`` describes the model in ``<name>.onnx`` or ``<name>.pth`` beside it, or in the folder
``<name>`` as transformers saves it; such a folder needs no description of its own. docs/models.md
tells the format. No model is loaded here. Those of SAM are ``checkpoints``' own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

from inference.segmenters import checkpoints, descriptions
from inference.segmenters.protocol import ModelClass
from projects.errors import InvalidInput

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
MAX_CLASSES = 10_000
MAX_SIDE = 4096
MAX_TEXT = 200
ONNX_SEMANTIC, ONNX_INSTANCE = "onnx_semantic", "onnx_instance"
MASK_RCNN, DEEPLABV3, FCN = "mask_rcnn", "deeplabv3", "fcn"
TRANSFORMERS = "transformers"
SUFFIXES = {
    **dict.fromkeys((ONNX_SEMANTIC, ONNX_INSTANCE), ".onnx"),
    **dict.fromkeys((MASK_RCNN, DEEPLABV3, FCN), ".pth"),
    TRANSFORMERS: "",
}
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
ACTIVATIONS = ("none", "softmax", "sigmoid")


@dataclass(frozen=True)
class ModelInput:
    """How an image becomes a model's input.

    Attributes:
        size_hw: What the image is scaled to; None keeps its shape within ``longest_side``.
        longest_side: Larger images are scaled down to this.
        multiple_of: Where the shape is kept, both sides are padded to a multiple of this.
        mean: By channel, of pixels from 0 to 1, in RGB's order.
        std: As ``mean``.
        is_bgr: Whether the channels go in as blue, green, red.
    """

    size_hw: tuple[int, int] | None = None
    longest_side: int = 1024
    multiple_of: int = 32
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    is_bgr: bool = False


@dataclass(frozen=True)
class Sidecar:
    """What is promised about a model.

    Attributes:
        path: Of the file or folder of weights, which may be absent.
        sha256: Of the file; empty for folders, whose safetensors cannot run code.
        classes: In the order of the model's numbers; empty where the folder's own config tells.
        architecture: A word that the family's loader knows.
        activation: What is still to be done to the numbers of an ONNX model.
        threshold: Of scores, or of probabilities with "sigmoid".
        outputs: Names of an ONNX model's outputs by what they are.
    """

    name: str
    family: str
    path: Path
    sha256: str = ""
    title: str = ""
    licence: str = "not stated"
    classes: tuple[ModelClass, ...] = ()
    architecture: str = ""
    activation: str = "softmax"
    threshold: float = 0.5
    input: ModelInput = field(default_factory=ModelInput)
    outputs: Mapping[str, str] = field(default_factory=dict)


def found(models_dir: Path) -> Iterator[Sidecar]:
    """Iterate over what the folder describes; what is malformed is logged and left out."""
    return descriptions.sound(_files(models_dir), read)


def malformed(models_dir: Path) -> list[str]:
    """Say what is wrong with the descriptions that ``found`` leaves out, a sentence for each."""
    return descriptions.malformed(_files(models_dir), read)


def find(name: str, models_dir: Path) -> Sidecar:
    """Return what is promised about a model.

    Raises:
        InvalidInput: if nothing describes it, or the description is malformed.
    """
    for path in _files(models_dir):
        if _name_of(path) == name:
            return read(path)
    raise InvalidInput(f"Nothing in {models_dir} describes a model named {name!r}", "no_sidecar")


def read(path: Path) -> Sidecar:
    """Read a description, or what is known of a folder without one.

    Raises:
        InvalidInput: naming the file and what is wrong with it.
    """
    name = _name_of(path)
    if path.is_dir():
        return Sidecar(name, TRANSFORMERS, path, title=name)
    return descriptions.read(path, partial(_described, name, path.parent))


def _name_of(path: Path) -> str:
    return path.name if path.is_dir() else path.stem


def _files(models_dir: Path) -> list[Path]:
    """Descriptions, and folders of transformers that have none, in the order of their names."""
    described = {
        path.stem: path
        for path in models_dir.glob("*.json")
        if NAME.fullmatch(path.stem) and _is_ours(path)
    }
    bare = {
        path.parent.name: path.parent
        for path in models_dir.glob("*/config.json")
        if NAME.fullmatch(path.parent.name)
    }
    return [path for _, path in sorted({**bare, **described}.items())]


def _is_ours(path: Path) -> bool:
    """Whether a description is for this room and not for ``checkpoints``."""
    return not path.stem.startswith("sam_") or checkpoints.is_of_a_family(path)


def _described(name: str, folder: Path, stated: Mapping[str, object]) -> Sidecar:
    family = _choice(stated, "family", tuple(SUFFIXES), None)
    file_name = _text(stated, "file", f"{name}{SUFFIXES[family]}")
    if "/" in file_name or file_name.startswith("."):
        raise InvalidInput(f"file must name something beside the description, got {file_name!r}")
    classes = _classes(stated.get("classes", []))
    is_folder = family == TRANSFORMERS  # of safetensors, which cannot run code
    if not is_folder and not classes:
        raise InvalidInput("classes must name what the model tells apart, in its order")
    return Sidecar(
        name=name,
        family=family,
        path=folder / file_name,
        sha256="" if is_folder and stated.get("sha256") is None else descriptions.sha256_in(stated),
        title=_text(stated, "title", name),
        licence=_text(stated, "licence", "not stated"),
        classes=classes,
        architecture=_text(stated, "architecture", ""),
        activation=_choice(stated, "activation", ACTIVATIONS, "softmax"),
        threshold=_number(stated, "threshold", 0.5),
        input=_input(stated.get("input", {})),
        outputs=_words(stated.get("outputs", {})),
    )


def _classes(came: object) -> tuple[ModelClass, ...]:
    if not isinstance(came, list) or len(came) > MAX_CLASSES:
        raise InvalidInput(f"classes must be a list of at most {MAX_CLASSES} names or objects")
    classes = tuple(_class(one) for one in came)
    name, count = Counter(one.name for one in classes).most_common(1)[0] if classes else ("", 0)
    if count > 1:
        raise InvalidInput(f"classes name {name!r} {count} times")
    return classes


def _class(came: object) -> ModelClass:
    stated = {"name": came} if isinstance(came, str) else came
    if not isinstance(stated, dict) or not stated.get("name"):
        raise InvalidInput(f"a class is a name or an object with a name, got {str(came)[:60]}")
    is_thing = stated.get("is_thing")
    if is_thing is not None and not isinstance(is_thing, bool):
        raise InvalidInput(f"is_thing of {stated['name']!r} must be true or false")
    return ModelClass(
        name=str(stated["name"])[:MAX_TEXT],
        is_thing=is_thing,
        supercategory=_text(stated, "supercategory", ""),
        is_ignored=bool(stated.get("ignore", False)),
    )


def _input(came: object) -> ModelInput:
    if not isinstance(came, dict):
        raise InvalidInput("input must be an object")
    size = came.get("size")
    return ModelInput(
        size_hw=None if size is None else _size(size),
        longest_side=_side(came.get("longest_side", 1024), "longest_side"),
        multiple_of=_side(came.get("multiple_of", 32), "multiple_of"),
        mean=_channels(came.get("mean", IMAGENET_MEAN), "mean"),
        std=_channels(came.get("std", IMAGENET_STD), "std", is_divisor=True),
        is_bgr=_choice(came, "order", ("rgb", "bgr"), "rgb") == "bgr",
    )


def _size(came: object) -> tuple[int, int]:
    if not isinstance(came, list) or len(came) != 2:  # noqa: PLR2004 height and width
        raise InvalidInput(f"input.size must be [height, width], got {came}")
    return _side(came[0], "size"), _side(came[1], "size")


def _side(came: object, word: str) -> int:
    if not isinstance(came, int) or isinstance(came, bool) or not 1 <= came <= MAX_SIDE:
        raise InvalidInput(f"input.{word} must be a whole number from 1 to {MAX_SIDE}, got {came}")
    return came


def _channels(came: object, word: str, *, is_divisor: bool = False) -> tuple[float, float, float]:
    numbers = list(came) if isinstance(came, list | tuple) else []
    if len(numbers) != 3 or not all(_is_number(one) for one in numbers):  # noqa: PLR2004 RGB
        raise InvalidInput(f"input.{word} must be three numbers, got {came}")
    if is_divisor and min(numbers) <= 0:
        raise InvalidInput(f"input.{word} must be above 0, got {came}")
    return cast("tuple[float, float, float]", tuple(float(one) for one in numbers))


def _is_number(came: object) -> bool:
    return isinstance(came, int | float) and not isinstance(came, bool) and math.isfinite(came)


def _number(stated: Mapping[str, object], word: str, default: float) -> float:
    came = stated.get(word, default)
    if not _is_number(came) or not 0 <= cast("float", came) <= 1:
        raise InvalidInput(f"{word} must be from 0 to 1, got {came}")
    return float(cast("float", came))


def _text(stated: Mapping[str, object], word: str, default: str) -> str:
    came = stated.get(word, default)
    if not isinstance(came, str):
        raise InvalidInput(f"{word} must be text, got {str(came)[:60]}")
    return came[:MAX_TEXT]


def _choice(
    stated: Mapping[str, object], word: str, known: tuple[str, ...], default: str | None
) -> str:
    came = stated.get(word, default)
    if not isinstance(came, str) or came not in known:
        raise InvalidInput(f"{word} must be one of {', '.join(known)}; got {str(came)[:60]}")
    return came


def _words(came: object) -> dict[str, str]:
    if not isinstance(came, dict) or not all(isinstance(word, str) for word in came.values()):
        raise InvalidInput("outputs must name the model's outputs")
    return dict(came)
