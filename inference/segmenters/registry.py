"""Which segmenters there are, by name, and which of them this machine can load.

Names point to loaders by dotted path: asking what there is imports no library of a model. Besides
the names below, each ``<name>.json`` beside a checkpoint ``<name>.pth`` in the folder of models
describes a SAM of its own size or training (see ``checkpoints.read_sidecar``).
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from inference.segmenters import checkpoints
from inference.segmenters.protocol import Loader, Segmenter
from projects.errors import NotFound, Unavailable

PROMPTS_AND_EVERYTHING = frozenset({"points", "box", "mask", "everything"})
SAM_LOADER = "inference.segmenters.sam:load"


class ModelMissing(Unavailable):
    """A segmenter is known, but its weights or libraries are not on this machine."""

    default_code = "model_missing"


class UnknownSegmenter(NotFound):
    """There is no segmenter of that name."""

    default_code = "unknown_segmenter"


@dataclass(frozen=True)
class Entry:
    """A segmenter as the registry knows it before anything is loaded.

    Attributes:
        loader: ``module:function`` of a ``protocol.Loader``.
        title: What a person reads.
        licence: SPDX name of the licence of code and weights.
        needs: Top-level modules that must be importable.
        has_weights: Whether a checkpoint file must be installed first.
    """

    loader: str
    title: str
    licence: str
    kinds: frozenset[str] = PROMPTS_AND_EVERYTHING
    needs: tuple[str, ...] = ()
    has_weights: bool = False
    browser_decoder: bool = False
    stores_embedding: bool = False
    needs_worker: bool = False


@dataclass(frozen=True)
class SegmenterInfo:
    """What a page or a client is told about a segmenter.

    Attributes:
        installed: Whether ``load`` can be tried; the bytes are checked when it is.
        why_not: Empty if installed, else what is missing and what to do about it.
        browser_decoder: Whether its embeddings can be decoded through ONNX, in the browser too.
    """

    name: str
    title: str
    licence: str
    installed: bool
    why_not: str
    kinds: frozenset[str] = field(default_factory=frozenset)
    browser_decoder: bool = False
    stores_embedding: bool = False
    needs_worker: bool = False


def _sam(title: str, licence: str = "Apache-2.0") -> Entry:
    return Entry(
        loader=SAM_LOADER,
        title=title,
        licence=licence,
        needs=("torch", "torchvision", "segment_anything"),
        has_weights=True,
        browser_decoder=True,
        stores_embedding=True,
        needs_worker=True,
    )


NAMES: dict[str, Entry] = {
    "classic": Entry(
        loader="inference.segmenters.classic:load",
        title="Classic (colours and edges, no weights)",
        licence="Apache-2.0",
        needs=("cv2",),
    ),
    "sam_vit_b": _sam("SAM ViT-B (375 MB)"),
    "sam_vit_l": _sam("SAM ViT-L (1.2 GB)"),
    "sam_vit_h": _sam("SAM ViT-H (2.6 GB)"),
}


def describe(models_dir: Path) -> list[SegmenterInfo]:
    """List every segmenter that the registry and the folder of models know of, installed or not."""
    return [_info(name, entry, models_dir) for name, entry in _entries(models_dir).items()]


def load(
    name: str,
    models_dir: Path,
    threads: int = 1,
    options: Mapping[str, object] | None = None,
) -> Segmenter:
    """Load a segmenter; costs seconds and gigabytes for the large ones, so keep what it returns.

    Args:
        name: A name of ``NAMES`` or of a sidecar in the folder.
        models_dir: Where the checkpoints are.
        threads: How many threads its library may use.
        options: Settings of that segmenter (see its ``load``).

    Raises:
        UnknownSegmenter: if there is no such name.
        ModelMissing: if weights or libraries are absent, saying what to do.
        CheckpointRefused: if the weights are not the ones that were promised.
    """
    entries = _entries(models_dir)
    if name not in entries:
        raise UnknownSegmenter(
            f"There is no segmenter named {name!r}; there are {', '.join(sorted(entries))}.",
        )
    reason = _why_not(name, entries[name], models_dir)
    if reason:
        raise ModelMissing(reason, segmenter=name)
    module_name, _, function = entries[name].loader.partition(":")
    loader = cast("Loader", getattr(importlib.import_module(module_name), function))
    return loader(name, models_dir, threads=threads, options=options or {})


def _entries(models_dir: Path) -> dict[str, Entry]:
    own = {
        sidecar.name: _sam(sidecar.title, sidecar.licence)
        for sidecar in checkpoints.sidecars(models_dir)
        if sidecar.name not in NAMES
    }
    return {**NAMES, **own}


def _info(name: str, entry: Entry, models_dir: Path) -> SegmenterInfo:
    reason = _why_not(name, entry, models_dir)
    return SegmenterInfo(
        name=name,
        title=entry.title,
        licence=entry.licence,
        installed=not reason,
        why_not=reason,
        kinds=entry.kinds,
        browser_decoder=entry.browser_decoder,
        stores_embedding=entry.stores_embedding,
        needs_worker=entry.needs_worker,
    )


def _why_not(name: str, entry: Entry, models_dir: Path) -> str:
    absent = [module for module in entry.needs if importlib.util.find_spec(module) is None]
    if absent:
        return (
            f"{name} needs {', '.join(absent)}, which is not installed. "
            "Run: pip install -r requirements.txt"
        )
    if entry.has_weights and not checkpoints.is_installed(name, models_dir):
        return (
            f"No SAM weights found in {models_dir}. {entry.title} is not downloaded. "
            f"Run: manage.py fetch_model {name} (or with --from FILE where there is no network)."
        )
    return ""
