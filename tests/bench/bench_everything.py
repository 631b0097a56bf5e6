"""What "everything" finds: ``python -m tests.bench.bench_everything --segments FOLDER``.

Recall of annotated objects at IoU 0.5 and 0.75 among the first 100 proposals, and how many there
are, of each segmenter on the same pictures (the folder's form is described in fit_classic.py). The
ratio of the models' recalls and of their seconds is what travels between machines.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from inference.segmenters import registry
from inference.training.library import FileLibrary

MOST = 100
THRESHOLDS = (0.5, 0.75)
LEAST_AREA_PX = 64
COMPARED_SIDE = 216  # half of the folder's pictures; enough to tell an IoU of 0.74 from 0.76


def small(mask: np.ndarray) -> np.ndarray:
    scale = min(1.0, COMPARED_SIDE / max(mask.shape))
    size_wh = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    shrunk = cv2.resize(mask.astype(np.float32), size_wh, interpolation=cv2.INTER_AREA)
    return (shrunk > 0.5).ravel()


def best_ious(truths: list[np.ndarray], found: list[np.ndarray]) -> list[float]:
    """Return for each truth the IoU of the proposal that is most like it."""
    if not found:
        return [0.0] * len(truths)
    stack = np.stack([small(mask) for mask in found]).astype(np.float32)
    areas = stack.sum(axis=1)
    best = []
    for truth in truths:
        flat = small(truth).astype(np.float32)
        shared = stack @ flat
        best.append(float((shared / np.maximum(areas + flat.sum() - shared, 1)).max()))
    return best


def measure(name: str, arguments: argparse.Namespace) -> None:
    library = FileLibrary(arguments.segments)
    options = {"least_score": arguments.least_score} if name == "sam_nano" else {}
    segmenter = registry.load(name, arguments.models, arguments.threads, options)
    ious: list[float] = []
    counts, seconds = [], []
    chosen = [
        number
        for number, picture in enumerate(library.pictures)
        if picture.source == arguments.source and picture.split in arguments.splits
    ]
    for number in chosen[: arguments.images]:
        decoded = library.decode(number)
        truths = [
            ids == one
            for level, ids in zip(decoded.levels, decoded.maps, strict=True)
            if level == 0
            for one in np.unique(ids)
            if one and np.count_nonzero(ids == one) >= LEAST_AREA_PX
        ]
        began = time.perf_counter()
        embedding = segmenter.embed(decoded.rgb)
        found = segmenter.propose(decoded.rgb, embedding)[:MOST]
        seconds.append(time.perf_counter() - began)
        counts.append(len(found))
        ious += best_ious(truths, [one.mask for one in found])
    recalls = "  ".join(
        f"recall@{threshold:g} {np.mean(np.array(ious) >= threshold):.3f}"
        for threshold in THRESHOLDS
    )
    sys.stdout.write(
        f"{name:10} {recalls}  best IoU {np.mean(ious):.3f}  objects {len(ious)}  "
        f"pictures {len(counts)}  proposals {statistics.mean(counts):.0f}  "
        f"seconds {statistics.median(seconds):.2f}\n"
    )
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=Path, required=True)
    parser.add_argument("--segmenters", nargs="+", default=["sam_nano", "classic"])
    parser.add_argument("--models", type=Path, default=Path("data/models"))
    parser.add_argument("--source", default="coco")
    parser.add_argument("--splits", nargs="+", default=["val", "test"])
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--least-score", type=float, default=0.3, help="fills the 100 up")
    arguments = parser.parse_args()
    for name in arguments.segmenters:
        measure(name, arguments)


if __name__ == "__main__":
    main()
