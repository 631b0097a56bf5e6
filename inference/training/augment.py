"""Views of a picture: one affine map for scale, crop, turn and flip; then colours.

A view is square and padded with the mean colour, as SAM's own preparation pads after subtracting
it. Every function takes its randomness as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from inference.training.library import IdMap, ImageRgb

Affine: TypeAlias = npt.NDArray[np.float64]

MEAN_RGB = (124, 116, 104)  # segment-anything's pixel_mean, rounded
TURN_DEGREES = 15.0
TURN_SHARE = 0.3
GREY_SHARE = 0.05
BLUR_SHARE = 0.15
NOISE_SHARE = 0.15
JPEG_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class ViewRange:
    """How far views may depart from the whole picture.

    Attributes:
        whole_share: How often the whole picture is shown as at use: fitted, at the top left.
        zoom: Smallest and largest scale, relative to the fitted picture.
    """

    whole_share: float = 0.35
    zoom: tuple[float, float] = (0.6, 2.5)


def view(
    rgb: ImageRgb, ids: IdMap, side: int, rng: np.random.Generator, span: ViewRange
) -> tuple[ImageRgb, IdMap]:
    """Return a random square view: uint8, side x side x 3, and its ids, int16, side x side."""
    size_hw = (rgb.shape[0], rgb.shape[1])
    is_flipped = bool(rng.random() < 0.5)  # noqa: PLR2004  a fair coin
    if rng.random() < span.whole_share:
        matrix = fitted(size_hw, side)
    else:
        matrix = _cropped(size_hw, side, rng, span.zoom)
    if is_flipped:
        matrix = matrix @ np.array([[-1.0, 0, size_hw[1] - 1], [0, 1, 0], [0, 0, 1]])
    return warp(rgb, ids, matrix, side)


def fitted(size_hw: tuple[int, int], side: int) -> Affine:
    """Return the 3x3 map that fits the longer side of an image to ``side``, at the top left."""
    scale = side / max(size_hw)
    offset = scale / 2 - 0.5  # corners of pixels coincide, not their centres
    return np.array([[scale, 0, offset], [0, scale, offset], [0, 0, 1.0]])


def warp(rgb: ImageRgb, ids: IdMap, matrix: Affine, side: int) -> tuple[ImageRgb, IdMap]:
    """Apply a 3x3 map from image pixels to view pixels to a picture and its ids alike."""
    seen = cv2.warpAffine(
        rgb, matrix[:2], (side, side), flags=cv2.INTER_LINEAR, borderValue=MEAN_RGB
    )
    # As uint16: OpenCV 4.13 applies the inverse of the map to int16, and to int16 alone.
    labels = cv2.warpAffine(
        ids.view(np.uint16), matrix[:2], (side, side), flags=cv2.INTER_NEAREST, borderValue=0
    )
    return np.asarray(seen, np.uint8), labels.view(np.int16)


def _cropped(
    size_hw: tuple[int, int], side: int, rng: np.random.Generator, zoom: tuple[float, float]
) -> Affine:
    scale = side / max(size_hw) * float(np.exp(rng.uniform(*np.log(zoom))))
    angle = 0.0
    if rng.random() < TURN_SHARE:
        angle = float(np.deg2rad(rng.uniform(-TURN_DEGREES, TURN_DEGREES)))
    stretch = float(np.exp(rng.uniform(-0.15, 0.15)))
    turn = scale * np.array(
        [
            [np.cos(angle) * stretch, -np.sin(angle) * stretch],
            [np.sin(angle) / stretch, np.cos(angle) / stretch],
        ]
    )
    centre = np.array([size_hw[1] / 2, size_hw[0] / 2])
    slack = np.abs(side - scale * 2 * centre) / 2  # keeps a small picture in, a large one filling
    shift = side / 2 + rng.uniform(-slack, slack) - turn @ centre
    return np.vstack([np.column_stack([turn, shift]), [0, 0, 1]])


def recolour(rgb: ImageRgb, rng: np.random.Generator) -> ImageRgb:
    """Return the picture under other light, through another lens or codec; uint8, HxWx3."""
    changed = np.asarray(cv2.LUT(rgb, _tone_table(rng)), np.uint8)
    saturation = 0.0 if rng.random() < GREY_SHARE else float(rng.uniform(0.6, 1.4))
    grey = cv2.cvtColor(cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    changed = np.asarray(cv2.addWeighted(changed, saturation, grey, 1 - saturation, 0), np.uint8)
    if rng.random() < BLUR_SHARE:
        changed = np.asarray(cv2.GaussianBlur(changed, (0, 0), float(rng.uniform(0.4, 1.5))))
    if rng.random() < NOISE_SHARE:
        changed = _with_noise(changed, rng)
    if rng.random() < JPEG_SHARE:
        changed = _through_jpeg(changed, int(rng.integers(30, 90)))
    return changed


def _tone_table(rng: np.random.Generator) -> ImageRgb:
    """Contrast, brightness, gamma and a tint as a table, uint8, 256x1x3."""
    levels = np.linspace(0, 1, 256)[:, None]
    gains = rng.uniform(0.75, 1.3) * rng.uniform(0.92, 1.08, 3)
    curve = levels ** float(np.exp(rng.uniform(-0.35, 0.35)))
    toned = (curve - 0.5) * gains + 0.5 + rng.uniform(-0.12, 0.12)
    return np.asarray(np.clip(toned * 255, 0, 255), np.uint8).reshape(256, 1, 3)


def _with_noise(rgb: ImageRgb, rng: np.random.Generator) -> ImageRgb:
    # Raw bytes of the generator: ten times as fast as normal deviates, and as good a nuisance.
    noise = np.frombuffer(rng.bytes(rgb.size), np.uint8).reshape(rgb.shape)
    strength = float(rng.uniform(0.02, 0.12))
    return np.asarray(cv2.addWeighted(rgb, 1, noise, strength, -127.5 * strength), np.uint8)


def _through_jpeg(rgb: ImageRgb, quality: int) -> ImageRgb:
    _, data = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
