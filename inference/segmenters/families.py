"""What the registry is told of models that the folder of models describes by family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from inference.segmenters import descriptions, sidecars, transformers_folder
from inference.segmenters.protocol import ModelClass
from inference.segmenters.sidecars import (
    DEEPLABV3,
    FCN,
    MASK_RCNN,
    ONNX_INSTANCE,
    ONNX_SEMANTIC,
    TRANSFORMERS,
    Sidecar,
)

CLASSES = frozenset({"classes"})
TORCHVISION_LOADER = "inference.segmenters.torchvision_classes:load"
LOADERS = {
    **dict.fromkeys((ONNX_SEMANTIC, ONNX_INSTANCE), "inference.segmenters.onnx_classes:load"),
    **dict.fromkeys((MASK_RCNN, DEEPLABV3, FCN), TORCHVISION_LOADER),
}
NEEDS = {
    **dict.fromkeys((ONNX_SEMANTIC, ONNX_INSTANCE), ("onnxruntime",)),
    **dict.fromkeys((MASK_RCNN, DEEPLABV3, FCN), ("torch", "torchvision")),
}


@dataclass(frozen=True)
class Described:
    """A model as its description tells of it.

    Attributes:
        loader: ``module:function`` of a ``protocol.Loader``.
        needs: Top-level modules that must be importable.
        weights: The files that are there.
        missing: Why it has no weights, for people; empty if it has.
    """

    name: str
    title: str
    licence: str
    loader: str
    kinds: frozenset[str]
    needs: tuple[str, ...]
    classes: tuple[ModelClass, ...]
    weights: tuple[Path, ...]
    missing: str
    stores_embedding: bool = False


def described(models_dir: Path) -> Iterator[Described]:
    """Iterate over the models that the folder describes; what nobody can read is left out."""
    return descriptions.sound(sidecars.found(models_dir), _described)


def malformed(models_dir: Path) -> list[str]:
    """Say what is wrong with the models that ``described`` leaves out, a sentence for each."""
    unread = sidecars.malformed(models_dir)
    return [*unread, *descriptions.malformed(sidecars.found(models_dir), _described)]


def _described(sidecar: Sidecar) -> Described:
    if sidecar.family == TRANSFORMERS:
        return _of_transformers(sidecar)
    is_there = sidecar.path.is_file()
    return Described(
        name=sidecar.name,
        title=sidecar.title,
        licence=sidecar.licence,
        loader=LOADERS[sidecar.family],
        kinds=CLASSES,
        needs=NEEDS[sidecar.family],
        classes=sidecar.classes,
        weights=(sidecar.path,) if is_there else (),
        missing="" if is_there else f"{sidecar.path.name} is not in {sidecar.path.parent}.",
    )


def _of_transformers(sidecar: Sidecar) -> Described:
    if not sidecar.path.is_dir():
        return replace(
            _ABSENT,
            name=sidecar.name,
            title=sidecar.title,
            licence=sidecar.licence,
            classes=sidecar.classes,
            missing=f"There is no folder {sidecar.path}; put the model's config, processor and "
            ".safetensors there.",
        )
    folder = transformers_folder.read(sidecar.path)
    family = folder.family
    is_named = sidecar.title not in {"", sidecar.name}
    return Described(
        name=sidecar.name,
        title=sidecar.title if is_named else f"{family.title} ({sidecar.name})",
        licence=family.licence if sidecar.licence == "not stated" else sidecar.licence,
        loader=family.loader,
        kinds=family.kinds,
        needs=family.needs,
        classes=(sidecar.classes or folder.classes) if family.knows_classes else (),
        weights=folder.weights,
        missing=transformers_folder.why_no_weights(folder),
        stores_embedding=family.stores_embedding,
    )


_ABSENT = Described(
    name="",
    title="",
    licence="",
    loader="",
    kinds=frozenset(),
    needs=("torch", "torchvision", "transformers"),
    classes=(),
    weights=(),
    missing="",
)
