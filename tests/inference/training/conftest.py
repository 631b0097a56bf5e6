"""Small pictures with known instances, in memory and as a folder; nothing is downloaded."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.segmenters.torch_door import torch
from inference.training.compose import synthesise
from inference.training.library import Decoded, MemoryLibrary, Picture

SIDE = 96


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def scene(seed: int, side: int = SIDE) -> Decoded:
    rgb, ids = synthesise(side, np.random.default_rng(seed))
    return Decoded(rgb, (ids,), (0,))


@pytest.fixture
def scenes() -> MemoryLibrary:
    """Eight pictures of textured shapes from two sources."""
    sources = ("shapes", "tiles")
    return MemoryLibrary(
        (Picture(sources[n % 2], "train", f"{n}.png", (("object", f"{n}_ids.png"),)), scene(n))
        for n in range(8)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same on disk: six pictures, the first with a map of parts too, splits mixed."""
    data = tmp_path / "pictures"
    data.mkdir()
    rows = []
    for n in range(6):
        decoded = scene(n)
        source, split = ("shapes", "tiles")[n % 2], "val" if n >= 4 else "train"
        cv2.imwrite(str(data / f"{n}.jpg"), decoded.rgb[..., ::-1])
        cv2.imwrite(str(data / f"{n}_ids.png"), decoded.maps[0].astype(np.uint16))
        rows.append([source, "object", split, f"{n}.jpg", f"{n}_ids.png", "CC0-1.0"])
    cv2.imwrite(str(data / "0_parts.png"), scene(1).maps[0].astype(np.uint16))
    rows.insert(1, ["shapes", "part", "train", "0.jpg", "0_parts.png", "CC0-1.0"])
    with (data / "index.csv").open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["source", "level", "split", "image", "mask", "licence"])
        writer.writerows(rows)
    return data
