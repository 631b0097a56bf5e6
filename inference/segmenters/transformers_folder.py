"""Folders as transformers saves models: what they hold, told without importing transformers.

Only safetensors are weights here: a folder that has pickles alone is refused before anything opens
them, and code that comes with a model is never run.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from inference.segmenters.protocol import ModelClass
from projects.errors import InvalidInput, sentence

CLASSES_LOADER = "inference.segmenters.transformers_classes:load"
PROMPTS_LOADER = "inference.segmenters.transformers_prompts:load"
SAM3_LOADER = "inference.segmenters.transformers_sam3:load"
PROMPT_KINDS = frozenset({"points", "box", "mask", "everything"})
MAX_CONFIG_BYTES = 16 << 20
BLOCK_BYTES = 1 << 20
NOTHING = frozenset({"background", "void", "unlabeled", "unlabelled", "no-object", "n/a"})


@dataclass(frozen=True)
class Family:
    """Models of one kind in transformers.

    Attributes:
        title: What people call the kind.
        loader: ``module:function`` of a ``protocol.Loader``.
        kinds: As ``Segmenter.kinds``.
        licence: Of the published weights, where all have one.
        knows_classes: Whether ``id2label`` of the config names what it finds.
        stores_embedding: As ``Segmenter.stores_embedding``.
        needs: Top-level modules that must be importable.
    """

    title: str
    loader: str
    kinds: frozenset[str]
    licence: str = "see the model's page"
    knows_classes: bool = False
    stores_embedding: bool = False
    needs: tuple[str, ...] = ("torch", "torchvision", "transformers")


def _classes(title: str, *more: str) -> Family:
    return Family(
        title,
        CLASSES_LOADER,
        frozenset({"classes"}),
        knows_classes=True,
        needs=(*Family.needs, *more),
    )


def _prompts(title: str) -> Family:
    return Family(title, PROMPTS_LOADER, PROMPT_KINDS, "Apache-2.0", stores_embedding=True)


SAM3 = Family("SAM 3", SAM3_LOADER, frozenset({"text", "exemplars"}), "SAM License (Meta)")
FAMILIES: dict[str, Family] = {
    "mask2former": _classes("Mask2Former", "scipy"),
    "maskformer": _classes("MaskFormer", "scipy"),
    "oneformer": _classes("OneFormer", "scipy"),
    "segformer": _classes("SegFormer"),
    "detr": _classes("DETR"),
    "sam2": _prompts("SAM 2.1"),
    "sam2_video": _prompts("SAM 2.1"),
    "edgetam": _prompts("EdgeTAM"),
    "edgetam_video": _prompts("EdgeTAM"),
    "sam_hq": _prompts("SAM-HQ"),
    "sam3": SAM3,
    "sam3_video": SAM3,
}


@dataclass(frozen=True)
class Folder:
    """A folder of transformers.

    Attributes:
        model_type: As its config says.
        classes: By number, as its config names them.
        weights: Its safetensors.
    """

    path: Path
    model_type: str
    classes: tuple[ModelClass, ...]
    weights: tuple[Path, ...]

    @property
    def family(self) -> Family:
        """The kind of model.

        Raises:
            InvalidInput: if there is none that is known here.
        """
        if self.model_type not in FAMILIES:
            raise InvalidInput(
                f"{self.path.name} holds a model of type {self.model_type!r}; "
                f"known are {', '.join(FAMILIES)}.",
                "unknown_family",
            )
        return FAMILIES[self.model_type]

    @property
    def version(self) -> str:
        """The beginning of a hash over config, processor and the ends of the weights.

        Reading gigabytes at each start to name a version would cost more than it tells: the header
        of safetensors and its last block differ for any two trainings.
        """
        digest = hashlib.sha256()
        for path in sorted(self.path.glob("*.json")):
            digest.update(path.name.encode() + path.read_bytes())
        for path in self.weights:
            digest.update(f"{path.name} {path.stat().st_size}".encode())
            with path.open("rb") as opened:
                digest.update(opened.read(BLOCK_BYTES))
                opened.seek(max(0, path.stat().st_size - BLOCK_BYTES))
                digest.update(opened.read(BLOCK_BYTES))
        return digest.hexdigest()[:16]


def read(path: Path) -> Folder:
    """Read what a folder holds.

    Raises:
        InvalidInput: if it has no config that says what model it is.
    """
    config = path / "config.json"
    try:
        if config.stat().st_size > MAX_CONFIG_BYTES:
            raise InvalidInput(f"config.json is larger than {MAX_CONFIG_BYTES} bytes")
        stated = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name}/config.json: {error}", "sidecar_malformed") from error
    model_type = stated.get("model_type") if isinstance(stated, dict) else None
    if not isinstance(model_type, str):
        raise InvalidInput(f"{path.name}/config.json names no model_type", "sidecar_malformed")
    return Folder(path, model_type, _named(stated), tuple(sorted(path.glob("*.safetensors"))))


def why_no_weights(folder: Folder) -> str:
    """Say why a folder cannot be loaded, or nothing."""
    if folder.weights:
        return ""
    pickles = [*folder.path.glob("*.bin"), *folder.path.glob("*.pt"), *folder.path.glob("*.pth")]
    if pickles:
        return sentence(
            f"{folder.path.name} holds only {pickles[0].name}, a pickle, which may run code and is "
            "never opened. Take the model's safetensors, or save it again with "
            "model.save_pretrained(folder)."
        )
    return sentence(
        f"{folder.path.name} holds no .safetensors file; copy the model's weights there."
    )


def _named(stated: dict[str, object]) -> tuple[ModelClass, ...]:
    labels = stated.get("id2label")
    if not isinstance(labels, dict):
        return ()
    named = {int(number): str(name)[:200] for number, name in labels.items() if number.isdecimal()}
    count = max(named, default=-1) + 1
    if count > len(named) * 4 + 16:  # holes as large as these are not a list of classes
        return ()
    seen: set[str] = set()
    return tuple(
        _unique(named.get(place, f"unnamed {place}"), place, seen) for place in range(count)
    )


def _unique(name: str, place: int, seen: set[str]) -> ModelClass:
    """A class; a name that came before gets its number, since ADE20K names two classes "door"."""
    own = f"{name} ({place})" if name in seen else name
    seen.add(own)
    return ModelClass(own, is_ignored=name.casefold() in NOTHING or name.startswith("unnamed "))
