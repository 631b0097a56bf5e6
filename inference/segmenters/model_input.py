"""An image as the input of a model that a sidecar describes, and the way back for its answers."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.protocol import ImageRgb
from inference.segmenters.sidecars import ModelInput

Floats = npt.NDArray[np.float32]
FULL = 255.0
THINNEST = 64  # times as long as wide; what is thinner vanishes when a library scales it down


@dataclass(frozen=True)
class Placement:
    """Where an image lies in a model's input: in its top left corner, ``scaled_hw`` large.

    Attributes:
        size_hw: Of the image.
        scaled_hw: Of the image in the input.
        padded_hw: Of the input.
    """

    size_hw: tuple[int, int]
    scaled_hw: tuple[int, int]
    padded_hw: tuple[int, int]

    def cut(self, answer: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Return the part of an answer (..., h x w, of any size) that the image covers."""
        rows = round(answer.shape[-2] * self.scaled_hw[0] / self.padded_hw[0])
        columns = round(answer.shape[-1] * self.scaled_hw[1] / self.padded_hw[1])
        return answer[..., : max(rows, 1), : max(columns, 1)]


def placement_of(size_hw: tuple[int, int], spec: ModelInput) -> Placement:
    """Return where an image of this size goes."""
    if spec.size_hw is not None:
        return Placement(size_hw, spec.size_hw, spec.size_hw)
    scale = min(1.0, spec.longest_side / max(size_hw))
    scaled = (max(1, round(size_hw[0] * scale)), max(1, round(size_hw[1] * scale)))
    padded = (_up(scaled[0], spec.multiple_of), _up(scaled[1], spec.multiple_of))
    return Placement(size_hw, scaled, padded)


def prepared(image_rgb: ImageRgb, spec: ModelInput) -> tuple[Floats, Placement]:
    """Return the input, float32, 1 x 3 x h x w, and where the image lies in it.

    Args:
        image_rgb: uint8, HxWx3, RGB.
        spec: How the model wants it.
    """
    height, width = image_rgb.shape[:2]
    placement = placement_of((height, width), spec)
    scaled = image_rgb
    if placement.scaled_hw != (height, width):
        is_smaller = placement.scaled_hw[0] * placement.scaled_hw[1] < height * width
        way = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
        scaled = np.asarray(cv2.resize(image_rgb, placement.scaled_hw[::-1], interpolation=way))
    normal = (scaled / FULL - np.array(spec.mean)) / np.array(spec.std)
    filled = np.zeros((*placement.padded_hw, 3), np.float32)  # the mean's grey, as in training
    filled[: placement.scaled_hw[0], : placement.scaled_hw[1]] = normal
    ordered = filled[..., ::-1] if spec.is_bgr else filled
    return np.ascontiguousarray(ordered.transpose(2, 0, 1)[None]), placement


def thickened(image_rgb: ImageRgb, thinnest: int = THINNEST) -> ImageRgb:
    """Return an image that is too thin for a model with its shorter side drawn out, by repetition.

    Args:
        image_rgb: uint8, HxWx3.
        thinnest: How many times as long as wide it may be.
    """
    height, width = image_rgb.shape[:2]
    least = -(-max(height, width) // thinnest)
    if min(height, width) >= least:
        return image_rgb
    size_wh = (max(width, least), max(height, least))
    return np.asarray(cv2.resize(image_rgb, size_wh, interpolation=cv2.INTER_NEAREST), np.uint8)


def _up(side: int, multiple: int) -> int:
    return -(-side // multiple) * multiple
