"""Pictures as arrays, for segmenters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from projects.pictures.decoding import STRIP_ROWS, opened, refusing_damage, to_rgb
from projects.pictures.preview import STORED


def read_rgb(path: Path) -> npt.NDArray[np.uint8]:
    """The pixels of a stored picture, by the colour rules of ``decoding``.

    Args:
        path: A stored picture, upright.

    Returns:
        uint8, height x width x 3, red-green-blue, writable and contiguous.

    Raises:
        BadPicture: If the file cannot be decoded.
    """
    with opened(path, STORED) as picture, refusing_damage():
        picture.load()
        width, height = picture.size
        pixels = np.empty((height, width, 3), np.uint8)
        # In strips: Pillow's way from a picture to an array holds the pixels four times over.
        for top in range(0, height, STRIP_ROWS):
            bottom = min(top + STRIP_ROWS, height)
            pixels[top:bottom] = np.asarray(to_rgb(picture.crop((0, top, width, bottom))))
        return pixels
