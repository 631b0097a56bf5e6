"""What a worker can do with models, and what it lets go of: told to the house of jobs."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from inference.services import segmenters

GPU = "gpu"
CARDS = Path("/proc/driver/nvidia/gpus")


class Models:
    """The models of this process, as ``projects.services.workers.Skill`` asks for them."""

    def abilities(self) -> list[str]:
        """Which segmenters are installed here, and whether there is a card for them."""
        names = [ability_of(info.name) for info in segmenters.described() if info.installed]
        return [*names, *([GPU] if has_card() else [])]

    def loaded(self) -> dict[str, int]:
        """The segmenters in memory, and the bytes that loading each took."""
        return segmenters.bytes_loaded()

    def make_room(self) -> None:
        """Let go of every model."""
        segmenters.let_go_of_all()

    def let_go_of_idle(self) -> None:
        """Let go of models that nobody used for long."""
        segmenters.let_go_of_idle(now=time.monotonic())


MODELS = Models()


def ability_of(segmenter: str) -> str:
    """The name under which workers tell that they have the segmenter."""
    return f"segmenter:{segmenter}"


def needs(*, params: Mapping[str, object]) -> list[str]:
    """What a worker must have for a job with this segmenter."""
    name = str(params.get("segmenter", ""))
    if not name:
        return []
    return [ability_of(name), *([GPU] if name in settings.GPU_SEGMENTERS else [])]


def has_card() -> bool:
    """Whether there is an NVIDIA card and a build of torch that uses it; imports no torch."""
    try:
        build = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return False
    return "+cpu" not in build and CARDS.is_dir() and any(CARDS.iterdir())
