"""The segmenters that this process has loaded; a model is loaded once and kept."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from django.conf import settings

from inference.segmenters import bundled, registry
from inference.segmenters.protocol import Segmenter
from inference.segmenters.registry import SegmenterInfo, UnknownSegmenter
from inference.services.memory_errors import OutOfMemory, memory_errors
from projects.errors import Unavailable, Unprocessable, sentence
from projects.models import Project
from projects.services import memory

MIB = 2**20


@dataclass(slots=True)
class _Held:
    """A segmenter in memory."""

    segmenter: Segmenter
    has_weights: bool
    size_bytes: int
    used_at: float = 0.0  # seconds on the monotonic clock


_loaded: dict[tuple[str, Path], _Held] = {}
_lock = Lock()


def described() -> list[SegmenterInfo]:
    """Every segmenter that is known here, installed or not."""
    return registry.describe(settings.MODELS_DIR)


def titles() -> dict[str, str]:
    """What people read of every segmenter that can be a project's own: it answers clicks."""
    return {
        info.name: info.title if info.installed else sentence(f"{info.title} — not installed")
        for info in described()
        if "points" in info.kinds
    }


def info_of(*, name: str) -> SegmenterInfo:
    """What is known about one segmenter without loading it.

    Raises:
        UnknownSegmenter: If there is none of that name.
    """
    for info in described():
        if info.name == name:
            return info
    raise UnknownSegmenter(f"There is no segmenter named {name[:60]!r}.")


def of_project(*, project: Project) -> str:
    """Name the segmenter that works for a project when nobody names another.

    It is the one that the project has; for the bundled one, where its files are absent or refused,
    the one that needs none.
    """
    name = project.segmenter
    if name == bundled.NAME and bundled.why_not(Path(settings.MODELS_DIR)):
        return bundled.FALLBACK
    return name


def reading(*, project: Project) -> str:
    """Name the segmenter that answers words in a project: its own if it reads, else any that does.

    Where none is installed it is the one that would be, so that the refusal says how to get it.
    """
    own = of_project(project=project)
    readers = [info for info in described() if "text" in info.kinds]
    for wanted in (
        [info.name for info in readers if info.name == own],
        [info.name for info in readers if info.installed],
        [info.name for info in readers],
    ):
        if wanted:
            return wanted[0]
    return own


def require_present(*, name: str) -> SegmenterInfo:
    """The segmenter's facts, if it is installed.

    Raises:
        UnknownSegmenter: If there is none of that name.
        Unavailable: If it is not installed; the message says what to do.
    """
    info = info_of(name=name)
    if not info.installed:
        raise Unavailable(info.why_not, "model_missing", segmenter=name)
    return info


def require_installed(*, name: str, kind: str) -> SegmenterInfo:
    """The segmenter's facts, if it can work here on prompts of this kind.

    Raises:
        UnknownSegmenter: If there is none of that name.
        Unavailable: If it is not installed; the message says what to do.
        Unprocessable: If it cannot do this kind.
    """
    info = require_present(name=name)
    if kind not in info.kinds:
        raise Unprocessable(
            f"{name} cannot do {kind!r}; it knows {', '.join(sorted(info.kinds))}.",
            "unsupported_prompt",
            kinds=sorted(info.kinds),
        )
    return info


def options_of(*, name: str) -> dict[str, object]:
    """What the settings say about how the segmenter is loaded."""
    if registry.has_precision(name, settings.MODELS_DIR):
        return {
            "precision": settings.SAM_PRECISION,
            "decoder": settings.SAM_DECODER,
            "images_at_once": settings.SAM_IMAGES_AT_ONCE,
        }
    return {}


def loaded(*, name: str) -> Segmenter:
    """The segmenter, loaded now or before; of those with weights one is held at a time.

    Raises:
        UnknownSegmenter: If there is none of that name.
        ModelMissing: If its weights or libraries are not on this machine.
        OutOfMemory: If it does not fit beside what this process holds.
    """
    place = (name, Path(settings.MODELS_DIR))
    with _lock:
        if place not in _loaded:
            before = memory.used_bytes()
            segmenter = _load(name)
            _loaded[place] = _Held(
                segmenter,
                has_weights=info_of(name=name).size_bytes > 0,
                size_bytes=max(0, memory.used_bytes() - before),
            )
        held = _loaded[place]
        held.used_at = time.monotonic()
        return held.segmenter


def _load(name: str) -> Segmenter:
    info = info_of(name=name)
    if info.size_bytes:
        _let_go_if(lambda held: held.has_weights)
        _check_memory(name, memory.used_bytes() + info.size_bytes)
    with memory_errors(doing=f"load {name}"):
        return registry.load(
            name,
            settings.MODELS_DIR,
            threads=settings.INFERENCE_THREADS,
            options=options_of(name=name),
        )


def _check_memory(name: str, needed: int) -> None:
    most = memory.most_bytes()
    if needed > most:
        raise OutOfMemory(
            f"{name} needs at least {needed / MIB:,.0f} MB of memory, this worker may use "
            f"{most / MIB:,.0f} MB (WORKER_MEMORY_MB). Use a smaller model, or a larger machine."
        )


def _let_go_if(chosen: Callable[[_Held], bool]) -> None:
    for place in [place for place, held in _loaded.items() if chosen(held)]:
        del _loaded[place]
    gc.collect()  # models hold cycles; their gigabytes must not wait for the next collection


def bytes_loaded() -> dict[str, int]:
    """The segmenters that this process holds in memory, and the bytes that loading each took."""
    return {name: held.size_bytes for (name, _), held in list(_loaded.items())}


def let_go_of_all() -> None:
    """Give back the memory of every segmenter; the next use loads it again."""
    with _lock:
        _let_go_if(lambda _: True)


def let_go_of_idle(*, now: float) -> None:
    """Give back the memory of what was not used for MODEL_IDLE_SECONDS.

    Args:
        now: Seconds on the monotonic clock.
    """
    limit = now - settings.MODEL_IDLE_SECONDS
    if not any(held.has_weights and held.used_at < limit for held in list(_loaded.values())):
        return
    with _lock:
        _let_go_if(lambda held: held.has_weights and held.used_at < limit)
