"""Reads photographs and known masks of objects from a folder with an ``index.csv``."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

SHARES = {"coco": 0.5, "ccp": 0.2, "feral_cats": 0.1, "tools": 0.1}  # of the images; variety first
OTHER_SHARE = 0.05
OBJECTS_PER_IMAGE = 2
SMALLEST_OBJECT_PX = 100


@dataclass(frozen=True, eq=False)
class Case:
    source: str
    image: np.ndarray
    mask: np.ndarray


def read_cases(folder: Path, split: str, images: int, seed: int = 0) -> list[Case]:
    """Return up to two objects of each of some images, always the same ones for a seed."""
    by_source = defaultdict(list)
    with (folder / "index.csv").open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            if row["split"] == split and row["level"] in {"object", "part"}:
                by_source[row["source"]].append(row)
    generator = np.random.default_rng(seed)
    cases = []
    for source in sorted(by_source):
        wanted = max(1, round(images * SHARES.get(source, OTHER_SHARE)))
        for place in sorted(generator.permutation(len(by_source[source]))[:wanted]):
            cases += _cases(folder, by_source[source][place], generator)
    return cases


def read_partitions(folder: Path, split: str) -> list[tuple[np.ndarray, list[np.ndarray]]]:
    """Return the photographs of which every region is known, with the masks of all levels."""
    files, whole = defaultdict(list), set()
    with (folder / "index.csv").open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            if row["split"] == split:
                files[row["image"]].append(row["mask"])
                whole |= {row["image"]} if row["level"] == "region" else set()
    return [(_read_image(folder / name), _masks(folder, files[name])) for name in sorted(whole)]


def _read_image(path: Path) -> np.ndarray:
    return np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])


def _masks(folder: Path, names: list[str]) -> list[np.ndarray]:
    maps = [cv2.imread(str(folder / name), cv2.IMREAD_UNCHANGED) for name in names]
    return [ids == number for ids in maps for number in np.unique(ids) if number]


def _cases(folder: Path, row: dict, generator: np.random.Generator) -> list[Case]:
    image = _read_image(folder / row["image"])
    ids = cv2.imread(str(folder / row["mask"]), cv2.IMREAD_UNCHANGED)
    if ids.shape != image.shape[:2]:
        return []
    numbers, areas = np.unique(ids, return_counts=True)
    found = numbers[(numbers > 0) & (areas >= SMALLEST_OBJECT_PX)]
    chosen = generator.permutation(len(found))[:OBJECTS_PER_IMAGE]
    return [Case(row["source"], image, ids == found[place]) for place in chosen]
