"""Which segmenters there are, by name, and which of them this machine can load.

Names point to loaders by dotted path: asking what there is imports no library of a model. Besides
the names below, each ``<name>.json`` beside a checkpoint ``<name>.pth`` in the folder of models
describes a SAM of its own size or training (see ``checkpoints.read_sidecar``), and other
descriptions and folders there a model of another family (see ``sidecars`` and ``families``).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from inference.segmenters import bundled, checkpoints, families, transformers_folder
from inference.segmenters.families import Described
from inference.segmenters.protocol import Loader, ModelClass, Segmenter
from projects.errors import NotFound, Unavailable, sentence

PROMPTS_AND_EVERYTHING = frozenset({"points", "box", "mask", "everything"})
SAM_LOADER = "inference.segmenters.sam:load"
SAM3 = "sam3"  # the name under which SAM 3 is expected


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
        described: What the folder of models tells of it, where that is how it came here.
        missing: What is not there and what to do about it, where that is known already.
        libraries: Modules that are wanted beside what is missing.
        missing_all: As ``missing``, where one of them is not there either.
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
    looks_closer: bool = False
    described: Described | None = None
    missing: str = ""
    libraries: tuple[str, ...] = ()
    missing_all: str = ""


@dataclass(frozen=True)
class SegmenterInfo:
    """What a page or a client is told about a segmenter.

    Attributes:
        installed: Whether ``load`` can be tried; the bytes are checked when it is.
        why_not: Empty if installed, else what is missing and what to do about it.
        browser_decoder: Whether its embeddings can be decoded through ONNX, in the browser too.
        size_bytes: Of its weights on the disk; 0 without any.
        looks_closer: Whether it answers a small box by what lies around it, encoded for itself.
        changed_at: When they were written, in seconds since 1970; 0 without any.
        classes: What it tells apart, in the model's order, where it knows names.
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
    looks_closer: bool = False
    size_bytes: int = 0
    changed_at: float = 0.0
    classes: tuple[ModelClass, ...] = ()


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
    bundled.NAME: Entry(
        loader="inference.segmenters.sam_nano:load",
        title="SAM nano (bundled)",
        licence="Apache-2.0",
        needs=bundled.NEEDS,
        browser_decoder=True,
        stores_embedding=True,
        looks_closer=True,
    ),
    "sam_vit_b": _sam("SAM ViT-B (375 MB)"),
    "sam_vit_l": _sam("SAM ViT-L (1.2 GB)"),
    "sam_vit_h": _sam("SAM ViT-H (2.6 GB)"),
    SAM3: Entry(
        loader=transformers_folder.SAM3_LOADER,
        title="SAM 3 (finds what words say)",
        licence=transformers_folder.SAM3.licence,
        kinds=transformers_folder.SAM3.kinds,
        needs_worker=True,
        missing=sentence(
            "SAM 3 answers text, and is not installed. Accept its licence where it is published, "
            f"and copy its folder to {SAM3} in the folder of models (docs/models.md)."
        ),
        libraries=("transformers",),
        missing_all=sentence(
            "SAM 3 answers text, and is not installed. Run: pip install transformers. Then accept "
            f"its licence where it is published, and copy its folder to {SAM3} in the folder of "
            "models (docs/models.md)."
        ),
    ),
}


def describe(models_dir: Path) -> list[SegmenterInfo]:
    """List every segmenter that the registry and the folder of models know of, installed or not."""
    return [_info(name, entry, models_dir) for name, entry in _entries(models_dir).items()]


def malformed(models_dir: Path) -> list[str]:
    """Say what is wrong with the sidecars that describe no model, a sentence for each."""
    return [*checkpoints.malformed(models_dir), *families.malformed(models_dir)]


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


def has_precision(name: str, models_dir: Path) -> bool:
    """Say whether a segmenter's ``load`` takes the option ``precision``."""
    entry = _entries(models_dir).get(name)
    return entry is not None and entry.loader == SAM_LOADER


def _entries(models_dir: Path) -> dict[str, Entry]:
    own = {
        sidecar.name: _sam(sidecar.title, sidecar.licence)
        for sidecar in checkpoints.sidecars(models_dir)
        if sidecar.name not in NAMES
    }
    of_families = {
        one.name: _described(one)
        for one in families.described(models_dir)
        if one.name not in NAMES or one.name == SAM3
    }
    return {**NAMES, **own, **of_families}


def _described(one: Described) -> Entry:
    return Entry(
        loader=one.loader,
        title=one.title,
        licence=one.licence,
        kinds=one.kinds,
        needs=one.needs,
        stores_embedding=one.stores_embedding,
        needs_worker=True,
        described=one,
        missing=one.missing,
    )


def _info(name: str, entry: Entry, models_dir: Path) -> SegmenterInfo:
    reason = _why_not(name, entry, models_dir)
    files = _files(name, entry, models_dir)
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
        looks_closer=entry.looks_closer,
        size_bytes=sum(state.st_size for state in files),
        changed_at=max((state.st_mtime for state in files), default=0.0),
        classes=entry.described.classes if entry.described else (),
    )


def _files(name: str, entry: Entry, models_dir: Path) -> list[os.stat_result]:
    """The states of the files of weights that are there."""
    if name == bundled.NAME:
        return bundled.file_states(models_dir)
    if entry.described:
        return [path.stat() for path in entry.described.weights]
    if not entry.has_weights or not checkpoints.is_installed(name, models_dir):
        return []
    return [(models_dir / checkpoints.find(name, models_dir).file_name).stat()]


def _why_not(name: str, entry: Entry, models_dir: Path) -> str:
    absent = _absent(entry.needs)
    if absent:
        packages = " ".join(absent) if entry.described else "-r requirements.txt"
        return sentence(
            f"{name} needs {', '.join(absent)}, which is not installed. Run: pip install {packages}"
        )
    if name == bundled.NAME:
        return bundled.why_not(models_dir)
    if entry.missing:
        return entry.missing_all if _absent(entry.libraries) else entry.missing
    if entry.has_weights and not checkpoints.is_installed(name, models_dir):
        return sentence(
            f"No SAM weights found in {models_dir}. {entry.title} is not downloaded. "
            f"Run: manage.py fetch_model {name} (or with --from FILE where there is no network)."
        )
    return ""


def _absent(modules: tuple[str, ...]) -> list[str]:
    return [module for module in modules if importlib.util.find_spec(module) is None]
