"""Masks painted over a preview, looked up in their run lengths without ever being unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from projects.pictures.frames import Message
from projects.pictures.preview import write_preview
from projects.pictures.types import Overlay

FILL = 0.45  # the colour's share inside a mask
EDGE = 1.0  # and on its edge

Mask = npt.NDArray[np.bool_]


def answer(request: Message) -> Message:
    """Answers a decoding child's request ``{source, target, size, overlays}``."""
    overlays = [
        Overlay(tuple(runs), (red, green, blue), filled)
        for runs, (red, green, blue), filled in request["overlays"]
    ]
    source, target = Path(request["source"]), Path(request["target"])
    write_preview(source, target, int(request["size"]), partial(paint, overlays))
    return {}


def paint(
    overlays: Sequence[Overlay], picture: Image.Image, size_hw: tuple[int, int]
) -> Image.Image:
    """Paints masks of the full size over a smaller copy of their picture, later ones on top.

    Args:
        overlays: Masks of ``size_hw``.
        picture: Mode ``RGB``, of any smaller size.
        size_hw: Height and width of the full picture.
    """
    canvas = np.asarray(picture, dtype=np.float32).copy()
    for overlay in overlays:
        mask = sample(overlay.runs, size_hw, (picture.height, picture.width))
        inside = FILL if overlay.filled else 0.0
        share = np.where(mask, np.where(_inner(mask), inside, EDGE), 0.0)[..., None]
        canvas += share * (np.array(overlay.color_rgb, dtype=np.float32) - canvas)
    return Image.fromarray(np.rint(canvas).astype(np.uint8), "RGB")


def sample(runs: Sequence[int], size_hw: tuple[int, int], small_hw: tuple[int, int]) -> Mask:
    """A mask's value at the middle of each pixel of a smaller grid.

    Args:
        runs: Run lengths down the columns, the first counts zeros; sum = height x width.
        size_hw: Size of the mask.
        small_hw: Size of the grid.

    Returns:
        bool, small height x small width.
    """
    rows = _middles(size_hw[0], small_hw[0])
    columns = _middles(size_hw[1], small_hw[1])
    positions = columns[None, :] * size_hw[0] + rows[:, None]
    ends = np.cumsum(np.asarray(runs, dtype=np.int64))
    mask: Mask = np.searchsorted(ends, positions, side="right") % 2 == 1
    return mask


def _middles(full: int, small: int) -> npt.NDArray[np.int64]:
    middles = (np.arange(small) + 0.5) * full / small
    return np.minimum(middles.astype(np.int64), full - 1)


def _inner(mask: Mask) -> Mask:
    """The pixels of a mask whose four neighbours lie in it too."""
    wide = np.pad(mask, 1)
    inner: Mask = mask & wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    return inner
