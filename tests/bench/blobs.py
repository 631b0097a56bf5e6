"""Masks like people draw them: ellipses with noisy outlines, some with holes or parts."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from projects.masks.rle import area, bbox_xywh, from_bitmap, to_wire

GRID = 4  # noise is drawn at a quarter of the size, as outlines are smooth


def blob(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """A mask of 1 to 20 % of the image; bool, HxW."""
    w, h = width // GRID, height // GRID
    share = float(np.exp(rng.uniform(np.log(0.01), np.log(0.2))))
    radius = np.sqrt(share * w * h / np.pi)
    stretch = float(np.exp(rng.uniform(-0.7, 0.7)))
    rows, columns = np.mgrid[:h, :w].astype(np.float32)
    rows -= rng.uniform(0.12, 0.88) * h
    columns -= rng.uniform(0.12, 0.88) * w
    distance = np.hypot(columns / (radius * stretch), rows * stretch / radius)
    noise = cv2.GaussianBlur(rng.standard_normal((h, w), dtype=np.float32), (0, 0), 4)
    field = cv2.resize(0.25 * noise / noise.std() - distance, (width, height))
    mask = np.asarray(field > np.quantile(field, 1 - share))
    if rng.random() < 0.3:
        mask &= np.asarray(field < np.quantile(field, 1 - share / 20))
    return mask


def objects(seed: int, *, count: int, width: int, height: int) -> list[dict[str, Any]]:
    """``count`` masks of one image, as a line of masks.jsonl has them."""
    rng = np.random.default_rng(seed)
    rles = [from_bitmap(blob(rng, width, height)) for _ in range(count)]
    return [
        {
            "category_id": int(rng.integers(1, 11)),
            "area": area(rle),
            "bbox": list(bbox_xywh(rle)),
            "rle": to_wire(rle),
        }
        for rle in rles
    ]
