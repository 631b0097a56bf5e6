"""Superpixels of a small image and the borders between them.

They come from a watershed (F. Meyer, "Color image segmentation", 1992) flooded from the calmest
pixel of each cell of a grid, so that there are about as many as cells. Colours are CIELAB.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.protocol import ImageRgb

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Contrast: TypeAlias = npt.NDArray[np.float32]

CELL_PX = 9  # side of a superpixel: about 800 of them in a photograph of 288 pixels' long side
CENTRE_PULL = 0.05  # keeps seeds near the middle of their cells where the image is flat


def colour_contrast(lab: npt.NDArray[np.float32]) -> Contrast:
    """Return the length of the colour gradient at each pixel, float32, HxW."""
    across = cv2.Sobel(lab, cv2.CV_32F, 1, 0, ksize=3) / 4
    down = cv2.Sobel(lab, cv2.CV_32F, 0, 1, ksize=3) / 4
    contrast: Contrast = np.sqrt((across**2 + down**2).sum(axis=2), dtype=np.float32)
    return contrast


def flood_superpixels(smooth: ImageRgb, contrast: Contrast, cell_px: int = CELL_PX) -> Ints:
    """Return the superpixel of each pixel, int64, HxW, numbered from 0 without gaps."""
    height, width = contrast.shape
    rows, columns = -(-height // cell_px), -(-width // cell_px)
    if min(height, width) < 3:  # noqa: PLR2004  the watershed gives up the outermost pixels
        down, right = np.mgrid[:height, :width] // cell_px
        return np.asarray(down * columns + right, np.int64)
    padded = np.full((rows * cell_px, columns * cell_px), np.inf)
    padded[:height, :width] = contrast
    off_centre = np.abs(np.arange(cell_px) - cell_px // 2)
    cells = padded.reshape(rows, cell_px, columns, cell_px).transpose(0, 2, 1, 3)
    cells = cells + CENTRE_PULL * (off_centre[:, None] + off_centre[None, :])
    calmest = cells.reshape(rows * columns, -1).argmin(axis=1)
    number = np.arange(rows * columns)
    seeds = np.zeros((height, width), np.int32)
    seeds[
        number // columns * cell_px + calmest // cell_px,
        number % columns * cell_px + calmest % cell_px,
    ] = number + 1
    basins = cv2.watershed(smooth, seeds.copy())  # gives up the frame, seeds on it included
    return _without_ridges(np.maximum(basins, seeds).astype(np.int32))


def _without_ridges(basins: npt.NDArray[np.int32]) -> Ints:
    """Give the pixels that the watershed leaves between basins, numbered from 1, to one of them."""
    while not basins.all():
        grown = cv2.dilate(basins.astype(np.float32), np.ones((3, 3), np.uint8))
        basins = np.where(basins > 0, basins, grown.astype(np.int32))
    return np.unique(basins, return_inverse=True)[1].reshape(basins.shape).astype(np.int64)


def common_borders(leaf_of: Ints, contrast: Contrast) -> tuple[Ints, Floats, Floats]:
    """Return neighbouring superpixels, M x 2, and their borders' lengths and summed contrasts."""
    leaves = int(leaf_of.max()) + 1
    one = np.concatenate([leaf_of[:, :-1].ravel(), leaf_of[:-1].ravel()])
    other = np.concatenate([leaf_of[:, 1:].ravel(), leaf_of[1:].ravel()])
    along = np.concatenate(
        [
            np.maximum(contrast[:, :-1], contrast[:, 1:]).ravel(),
            np.maximum(contrast[:-1], contrast[1:]).ravel(),
        ]
    )
    differs = one != other
    one, other, along = one[differs], other[differs], along[differs]
    keys, place = np.unique(
        np.minimum(one, other) * leaves + np.maximum(one, other), return_inverse=True
    )
    pairs = np.stack([keys // leaves, keys % leaves], axis=1).astype(np.int64)
    return (
        pairs,
        np.bincount(place, minlength=len(keys)).astype(np.float64),
        np.bincount(place, along, minlength=len(keys)).astype(np.float64),
    )
