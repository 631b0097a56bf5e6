"""The segmenters that this process has loaded; a model is loaded once and kept."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from django.conf import settings

from inference.segmenters import registry
from inference.segmenters.protocol import Segmenter
from inference.segmenters.registry import SegmenterInfo, UnknownSegmenter
from projects.errors import Unavailable, Unprocessable

KEPT = 2  # one large model and the small one; more would not fit beside each other

_loaded: OrderedDict[tuple[str, Path], Segmenter] = OrderedDict()
_lock = Lock()


def described() -> list[SegmenterInfo]:
    """Every segmenter that is known here, installed or not."""
    return registry.describe(settings.MODELS_DIR)


def titles() -> dict[str, str]:
    """What people read of every segmenter that is known here, by name."""
    return {
        info.name: info.title if info.installed else f"{info.title} — not installed"
        for info in described()
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


def require_installed(*, name: str, kind: str) -> SegmenterInfo:
    """The segmenter's facts, if it can work here on prompts of this kind.

    Raises:
        UnknownSegmenter: If there is none of that name.
        Unavailable: If it is not installed; the message says what to do.
        Unprocessable: If it cannot do this kind.
    """
    info = info_of(name=name)
    if not info.installed:
        raise Unavailable(info.why_not, "model_missing", segmenter=name)
    if kind not in info.kinds:
        raise Unprocessable(
            f"{name} cannot do {kind!r}; it knows {', '.join(sorted(info.kinds))}.",
            "unsupported_prompt",
            kinds=sorted(info.kinds),
        )
    return info


def loaded(*, name: str) -> Segmenter:
    """The segmenter, loaded now or before.

    Raises:
        UnknownSegmenter: If there is none of that name.
        ModelMissing: If its weights or libraries are not on this machine.
    """
    place = (name, Path(settings.MODELS_DIR))
    with _lock:
        if place not in _loaded:
            while len(_loaded) >= KEPT:
                _loaded.popitem(last=False)
            _loaded[place] = registry.load(
                name, settings.MODELS_DIR, threads=settings.INFERENCE_THREADS
            )
        _loaded.move_to_end(place)
        return _loaded[place]
