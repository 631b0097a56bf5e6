"""Plays a person who corrects: the next click goes into the middle of the largest error."""

from __future__ import annotations

import cv2
import numpy as np


def next_click(truth, answer):
    """Return ((x, y), label) of the point deepest in an error; label 1 where mask is missing."""
    deepest = None
    for label, error in ((1, truth & ~answer), (0, answer & ~truth)):
        depth = cv2.distanceTransform(np.pad(error.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        if deepest is None or depth[row, column] > deepest[0]:
            deepest = (depth[row, column], (column + 0.5, row + 0.5), label)
    return deepest[1], deepest[2]


def box_around(mask):
    """Return (x0, y0, x1, y1) of the true pixels."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def iou(one, other):
    either = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / either if either else 1.0
