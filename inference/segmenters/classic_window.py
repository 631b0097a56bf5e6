"""A rectangle of the image and the small image that is looked at instead of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.protocol import Box, ImageRgb, Mask

SMALL_SIDE = 288  # long side of the small image: about 800 superpixels, 60 ms in all
MAX_ZOOM = 2.0  # beyond it there is nothing to be seen between the pixels
FINE_SIDE = 1400  # long side at which the boundary is found; larger windows are scaled


@dataclass(frozen=True, eq=False)
class Window:
    """A part of an image, seen small.

    Attributes:
        x0: Left edge in image pixels; likewise ``y0``, and ``x1``, ``y1`` past the last ones.
        small_rgb: uint8, hxwx3.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    small_rgb: ImageRgb

    def small_point(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the image in small pixels."""
        height, width = self.small_rgb.shape[:2]
        return (
            (x - self.x0) * width / (self.x1 - self.x0),
            (y - self.y0) * height / (self.y1 - self.y0),
        )

    def small_box(self, box: Box) -> Box:
        """Return a box of the image in small pixels."""
        return (*self.small_point(*box[:2]), *self.small_point(*box[2:]))

    def small_share(self, mask: Mask) -> npt.NDArray[np.float64]:
        """Return how much of each small pixel a mask of the image covers."""
        part = mask[self.y0 : self.y1, self.x0 : self.x1]
        return _resized(part.astype(np.float32), self.small_rgb.shape[:2]).astype(np.float64)

    def seen_in(self, other: Window, small: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return an array of this window's small pixels as another window's, a part of it."""
        left, top = self.small_point(other.x0, other.y0)
        right, bottom = self.small_point(other.x1, other.y1)
        height, width = other.small_rgb.shape[:2]
        columns = left + (np.arange(width) + 0.5) * (right - left) / width - 0.5
        rows = top + (np.arange(height) + 0.5) * (bottom - top) / height - 0.5
        across, down = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
        seen = cv2.remap(small, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return seen.astype(np.float64)

    def narrowed(self, left: int, top: int, right: int, bottom: int) -> Window:
        """Return the part of this window between some small pixels."""
        height, width = self.small_rgb.shape[:2]
        across, down = (self.x1 - self.x0) / width, (self.y1 - self.y0) / height
        return Window(
            x0=self.x0 + round(left * across),
            y0=self.y0 + round(top * down),
            x1=self.x0 + max(round(right * across), round(left * across) + 1),
            y1=self.y0 + max(round(bottom * down), round(top * down) + 1),
            small_rgb=self.small_rgb[top:bottom, left:right],
        )


def look(
    image_rgb: ImageRgb, box: Box | None = None, grow: float = 0.0, side: int = SMALL_SIDE
) -> Window:
    """Return the window on a box, wider by a share of its sides; without a box, on the image.

    Args:
        image_rgb: uint8, HxWx3.
        box: What must be seen, in image pixels.
        grow: How much more, as a share of the box's sides.
        side: Long side of the small image.
    """
    height, width = image_rgb.shape[:2]
    x0, y0, x1, y1 = box or (0, 0, width, height)
    aside, above = (x1 - x0) * grow + 4 * (grow > 0), (y1 - y0) * grow + 4 * (grow > 0)
    left, top = max(0, int(x0 - aside)), max(0, int(y0 - above))
    right, bottom = min(width, int(x1 + aside + 1)), min(height, int(y1 + above + 1))
    part = image_rgb[top:bottom, left:right]
    scale = min(side / max(part.shape[:2]), MAX_ZOOM)
    size_hw = (max(1, round(part.shape[0] * scale)), max(1, round(part.shape[1] * scale)))
    return Window(left, top, right, bottom, np.asarray(_resized(part, size_hw), np.uint8))


def box_of(mask: Mask) -> Box:
    """Return the box around the true pixels of a mask that has some."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def _resized(
    pixels: npt.NDArray[np.uint8] | npt.NDArray[np.float32], size_hw: tuple[int, ...]
) -> npt.NDArray[np.generic]:
    shrinks = size_hw[0] < pixels.shape[0] or size_hw[1] < pixels.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size_hw[::-1], interpolation=how))
