"""How long a segmenter takes on this machine and how much memory, measured in a process of its own.

``python -m inference.segmenters.measuring NAME MODELS_DIR`` prints one line of JSON, a
``Measurement``. A process of its own has the true peak of memory, a load from nothing, and can run
out of memory without taking a worker along. Every segmenter gets the same drawn picture.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from inference.segmenters import registry
from inference.segmenters.protocol import Candidate, Embedding, ImageRgb, Prompt, Segmenter
from projects.errors import ApplicationError

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

SIZE_HW = (683, 1024)  # a photograph's usual shape at the side that SAM's encoder looks at
SHAPES = 24
EMBEDDINGS = 2  # the first also pays for what libraries set up
CLICKS = 5
BYTES_PER_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measurement:
    """What was found; seconds, bytes, None for what was not asked or the segmenter cannot do.

    Attributes:
        problem: Why it could not be loaded or run, for people; empty if it could.
        version: Of the segmenter; empty if it could not be loaded.
        embed_seconds: To read one picture of ``SIZE_HW``.
        prompt_seconds: To answer one click on a picture that was read before.
        everything_seconds: To outline everything, or every class, of a picture that was read.
        peak_bytes: The most memory that the process held.
        device: The name of the processor or graphics card.
    """

    problem: str = ""
    version: str = ""
    load_seconds: float | None = None
    embed_seconds: float | None = None
    prompt_seconds: float | None = None
    everything_seconds: float | None = None
    peak_bytes: int = 0
    width: int = SIZE_HW[1]
    height: int = SIZE_HW[0]
    device: str = ""


def measure(
    name: str,
    models_dir: Path,
    *,
    threads: int,
    options: Mapping[str, object] | None = None,
    load_only: bool = False,
) -> Measurement:
    """Load a segmenter and let it work once in each of its ways.

    Args:
        name: As in the registry.
        models_dir: The folder of models.
        threads: How many threads its library may use.
        options: As the registry's ``load`` takes them.
        load_only: Whether loading is all that is asked.
    """
    try:
        segmenter, load_seconds = _timed(lambda: registry.load(name, models_dir, threads, options))
        found = Measurement(version=segmenter.version, load_seconds=load_seconds)
        if not load_only:
            found = _at_work(segmenter, load_seconds)
    except ApplicationError as error:
        found = Measurement(problem=error.message)
    except Exception as error:
        logger.exception("%s cannot be measured", name)
        found = Measurement(problem=f"{type(error).__name__}: {error}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_RSS_UNIT
    return replace(found, peak_bytes=peak, device=_device())


def picture() -> ImageRgb:
    """The picture that is measured on: ellipses over a gradient, uint8, HxWx3, RGB."""
    height, width = SIZE_HW
    chance = np.random.default_rng(5)
    rows, columns = np.mgrid[:height, :width]
    pixels = np.stack([rows * 120 // height, columns * 120 // width, (rows + columns) % 90], axis=2)
    for _ in range(SHAPES):
        y, x = chance.integers(0, height), chance.integers(0, width)
        down, across = chance.integers(20, 110, 2)
        ellipse = ((rows - y) / down) ** 2 + ((columns - x) / across) ** 2 < 1
        pixels[ellipse] = chance.integers(0, 256, 3)
    noisy = pixels + chance.integers(-4, 5, pixels.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _at_work(segmenter: Segmenter, load_seconds: float) -> Measurement:
    image = picture()
    embeddings = [_timed(lambda: segmenter.embed(image)) for _ in range(EMBEDDINGS)]
    embedding = embeddings[-1][0]
    everything = None
    if segmenter.kinds & {"everything", "classes"}:
        everything = _timed(lambda: segmenter.propose(image, embedding))[1]
    return Measurement(
        version=segmenter.version,
        load_seconds=load_seconds,
        embed_seconds=min(seconds for _, seconds in embeddings),
        prompt_seconds=_click_seconds(segmenter, embedding),
        everything_seconds=everything,
    )


def _click_seconds(segmenter: Segmenter, embedding: Embedding) -> float | None:
    if "points" not in segmenter.kinds:
        return None

    def click(place: int) -> list[Candidate]:
        share = (place + 1) / (CLICKS + 1)
        height, width = embedding.size_hw
        point = np.array([[width * share, height * share]], np.float32)
        return segmenter.predict(embedding, Prompt(point, np.ones(1, np.int64)))

    return statistics.median(_timed(partial(click, place))[1] for place in range(CLICKS))


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def _device() -> str:
    """What the segmenter ran on; asks no library that it did not load."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    return f"{_processor()}, {os.cpu_count()} cores"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def main(arguments: list[str]) -> None:
    """Measure what the arguments name, and print it as one line of JSON."""
    parser = argparse.ArgumentParser(description="Measure a segmenter on this machine.")
    parser.add_argument("name")
    parser.add_argument("models_dir", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--options", type=json.loads, default={})
    parser.add_argument("--load-only", action="store_true")
    asked = parser.parse_args(arguments)
    found = measure(
        asked.name,
        asked.models_dir,
        threads=asked.threads,
        options=asked.options,
        load_only=asked.load_only,
    )
    sys.stdout.write(json.dumps(asdict(found)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
