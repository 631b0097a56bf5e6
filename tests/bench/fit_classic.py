"""Fits the weights of the classic segmenter on photographs with known masks, and writes them down.

Run it as ``python -m tests.bench.fit_classic SEGMENTS_FOLDER [--images 200] [--rounds 4]``. The
folder holds an ``index.csv`` with columns source, level, split, image, mask; only rows of the split
"train" are used. Every step's evidence is gathered while clicks are played on the present weights,
the next click always in the middle of the largest error; then logistic regressions are fitted.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from inference.segmenters.classic import ClassicSegmenter
from inference.segmenters.classic_belief import WEIGHTS_FILE
from inference.segmenters.classic_everything import (
    EVERYTHING_SIDE,
    LARGEST_SHARE,
    SMALLEST_SHARE,
    region_evidence,
)
from inference.segmenters.classic_tree import grow_tree
from inference.segmenters.classic_window import look
from inference.segmenters.protocol import Prompt
from tests.bench.clicks import box_around, next_click
from tests.bench.segments import read_cases, read_partitions

RIDGE = 1e-3
NEWTON_STEPS = 30
CLICKS, CLICKS_IN_BOX = 4, 2


class Recorder:
    """Stands in for the fitted models: answers with the present ones, keeps what it was asked."""

    def __init__(self, models: dict) -> None:
        self.models = models
        self.rows: dict[str, list] = {}
        self.truth = None

    def __call__(self, step, scene, evidence):
        inside = scene.mean_in_leaves(scene.window.small_share(self.truth))
        names = sorted(evidence)
        table = np.stack([evidence[name] for name in names], axis=1)
        object_px = max(float((inside * scene.area).sum()), 30.0)
        weight = scene.area / np.sqrt(object_px * scene.area.sum())
        self.rows.setdefault(step, []).append((names, table, inside, weight))
        if step not in self.models:
            return np.clip(0.25 + 0.5 * inside, 0, 1)
        model = self.models[step]
        odds = model["bias"] + table @ np.array([model["weights"][name] for name in names])
        return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))


def fit(rows: list) -> dict:
    names = rows[0][0]
    table = np.concatenate([row[1] for row in rows])
    inside = np.concatenate([row[2] for row in rows])
    weight = np.concatenate([row[3] for row in rows])
    weight /= weight.sum()
    mean, deviation = table.mean(axis=0), table.std(axis=0) + 1e-6
    scaled = np.hstack([(table - mean) / deviation, np.ones((len(table), 1))])
    ridge = np.append(np.full(len(names), RIDGE), 0)
    solution = np.zeros(len(names) + 1)
    for _ in range(NEWTON_STEPS):
        belief = 1 / (1 + np.exp(-scaled @ solution))
        gradient = scaled.T @ (weight * (belief - inside)) + ridge * solution
        curvature = weight * belief * (1 - belief) + 1e-12
        hessian = (scaled * curvature[:, None]).T @ scaled + np.diag(ridge + 1e-9)
        solution -= np.linalg.solve(hessian, gradient)
    slopes = solution[:-1] / deviation
    return {
        "bias": round(float(solution[-1] - slopes @ mean), 4),
        "weights": dict(zip(names, (round(float(slope), 4) for slope in slopes), strict=True)),
    }


def region_rows(images) -> list:
    """Gather what is known of each region and how well it fits the best known mask."""
    rows = []
    for image, masks in images:
        window = look(image, side=EVERYTHING_SIDE)
        tree = grow_tree(window.small_rgb)
        best = np.zeros(len(tree.parent))
        for mask in masks:
            small = window.small_share(mask).ravel()
            covered = tree.sums(np.bincount(tree.leaf_of.ravel(), small, tree.leaves))
            best = np.maximum(best, covered / (tree.area_px + small.sum() - covered))
        share = tree.area_px / tree.area_px[-1]
        used = (share >= SMALLEST_SHARE) & (share <= LARGEST_SHARE)
        evidence = region_evidence(tree)
        names = sorted(evidence)
        table = np.stack([evidence[name][used] for name in names], axis=1)
        rows.append((names, table, best[used], np.full(used.sum(), 1 / max(used.sum(), 1))))
    return rows


def play(segmenter, recorder, case) -> None:
    recorder.truth = case.mask
    embedding = segmenter.embed(case.image)
    box = box_around(case.mask)
    for start in (None, box):
        points, labels, answer = [], [], np.zeros_like(case.mask)
        if start:
            answer = segmenter.predict(embedding, Prompt(box_xyxy=start))[0].mask
        for _ in range(CLICKS if start is None else CLICKS_IN_BOX):
            point, label = next_click(case.mask, answer)
            points.append(point)
            labels.append(label)
            prompt = Prompt(np.array(points, np.float32), np.array(labels), box_xyxy=start)
            answer = segmenter.predict(embedding, prompt)[0].mask


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    cases = read_cases(arguments.folder, "train", arguments.images)
    images = read_partitions(arguments.folder, "train")
    models: dict = {}
    for _ in range(arguments.rounds):
        recorder = Recorder(models)
        segmenter = ClassicSegmenter(weigh=recorder)
        for case in cases:
            play(segmenter, recorder, case)
        models = {step: fit(rows) for step, rows in sorted(recorder.rows.items())}
        models["region"] = fit(region_rows(images))
        WEIGHTS_FILE.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
