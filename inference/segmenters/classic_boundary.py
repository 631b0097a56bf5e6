"""From beliefs about superpixels to a mask in image pixels whose boundary follows the picture.

The beliefs are drawn out to full resolution and smoothed along the image by a guided filter
(K. He, J. Sun and X. Tang, "Guided image filtering", IEEE TPAMI 2013), whose guide is the mix of
colours that tells most; then the clicks have the last word.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.classic_superpixels import CELL_PX
from inference.segmenters.classic_window import FINE_SIDE, Window
from inference.segmenters.protocol import ImageRgb, Labels, Mask, Points

Soft = npt.NDArray[np.float32]

BOUNDARY = 0.5
NEAR_BOUNDARY = 0.1  # mean belief around a pixel from which on its colour counts for the guide
COLOUR_NOISE = 10.0  # of 255; keeps the discriminant from making much of small differences
EDGE_EPSILON = 5.0**2  # steps of the guide below 5 of 255 do not stop the smoothing
REACH_PX = 4  # small pixels; superpixels are seldom further off, and thin things survive
STABILITY_OFFSET = 0.1  # how far the threshold is moved to see whether the mask changes
SPECK_SHARE = 0.05  # parts and holes smaller than this share of the mask are dropped


def soft_mask(image_rgb: ImageRgb, window: Window, small: npt.NDArray[np.float64]) -> Soft:
    """Return beliefs (hxw of the small image) drawn out to the window: float32, 0..1."""
    part = image_rgb[window.y0 : window.y1, window.x0 : window.x1]
    height, width = part.shape[:2]
    shrink = min(1.0, FINE_SIDE / max(height, width))
    fine_wh = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    rough = cv2.resize(small.astype(np.float32), fine_wh, interpolation=cv2.INTER_LINEAR)
    how = cv2.INTER_AREA if shrink < 1 else cv2.INTER_NEAREST
    fine = np.asarray(cv2.resize(part, fine_wh, interpolation=how), np.uint8)
    guide = _telling_channel(fine, window, small)
    scale = max(fine_wh) / max(window.small_rgb.shape[:2])
    radius = max(1, round(REACH_PX * scale / 2))
    smooth = _guided(guide, rough.astype(np.float32), radius)
    return np.asarray(
        cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def stability(soft: Soft) -> float:
    """Return the IoU of the masks at a higher and a lower threshold, 0..1."""
    high = np.count_nonzero(soft > BOUNDARY + STABILITY_OFFSET)
    low = np.count_nonzero(soft > BOUNDARY - STABILITY_OFFSET)
    return high / low if low else 0.0


def clean(mask: Mask, points_xy: Points, labels: Labels) -> Mask:
    """Drop specks and fill pinholes, but not where a click asks for them.

    What touches the border of the array is no hole.
    """
    limit = SPECK_SHARE * np.count_nonzero(mask)
    kept = _without_small_parts(mask, limit, points_xy[labels == 1])
    outside = np.pad(~kept, 1, constant_values=True)
    filled = ~_without_small_parts(outside, limit, points_xy[labels == 0] + 1)[1:-1, 1:-1]
    return np.ascontiguousarray(filled)


def stick(mask: Mask, points_xy: Points, labels: Labels, radius_px: int) -> Mask:
    """Return the mask with every click on its own side: a disc around it if it was not.

    Of two clicks on one pixel the later one counts.
    """
    stuck = mask.astype(np.uint8)
    wrong = [
        (int(x), int(y), int(label))
        for (x, y), label in zip(points_xy, labels, strict=True)
        if stuck[int(y), int(x)] != label
    ]
    for x, y, label in wrong:
        cv2.circle(stuck, (x, y), radius_px, label, -1)
    for (x, y), label in zip(points_xy, labels, strict=True):
        stuck[int(y), int(x)] = label
    return stuck.astype(np.bool_)


def changed_at_clicks(before: Mask, after: Mask, points_xy: Points, labels: Labels) -> Mask:
    """Take over from ``after`` only the changes that a click stands for, and keep the rest.

    A click inside may add the parts that it lies in, a click outside may take such parts away.
    """
    result = before.copy()
    for label in (1, 0):
        change = (after & ~before) if label else (before & ~after)
        _, parts = cv2.connectedComponents(change.astype(np.uint8), connectivity=8)
        hit = {int(parts[int(y), int(x)]) for x, y in points_xy[labels == label]} - {0}
        if hit:
            result[np.isin(parts, sorted(hit))] = bool(label)
    return result


def _telling_channel(
    fine: ImageRgb, window: Window, small: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """Return the mix of red, green and blue that tells inside from outside best near the boundary.

    It is Fisher's linear discriminant, scaled so that its steps are like those of a colour channel.
    """
    side = 2 * CELL_PX + 1
    blurred = cv2.blur(small, (side, side))
    near = (blurred > NEAR_BOUNDARY) & (blurred < 1 - NEAR_BOUNDARY)
    colours = window.small_rgb[near].astype(np.float64)
    inside = small[near] > BOUNDARY
    mix = np.array([0.299, 0.587, 0.114])  # brightness, where there is nothing to be told apart
    if inside.any() and not inside.all():
        mine, theirs = colours[inside], colours[~inside]
        within = sum((part - part.mean(0)).T @ (part - part.mean(0)) for part in (mine, theirs))
        ridge = np.eye(3) * COLOUR_NOISE**2
        mix = np.linalg.solve(within / len(colours) + ridge, mine.mean(0) - theirs.mean(0))
        mix /= max(float(np.abs(mix).max()), 1e-9)
    return (fine.astype(np.float32) @ mix.astype(np.float32)).astype(np.float32)


def _guided(guide: Soft, rough: Soft, radius: int) -> Soft:
    def mean(pixels: Soft) -> Soft:
        side = 2 * radius + 1
        return np.asarray(
            cv2.boxFilter(pixels, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REPLICATE),
            np.float32,
        )

    guide_mean, rough_mean = mean(guide), mean(rough)
    slope = (mean(guide * rough) - guide_mean * rough_mean) / (
        mean(guide * guide) - guide_mean**2 + EDGE_EPSILON
    )
    offset = rough_mean - slope * guide_mean
    smoothed: Soft = np.clip(mean(slope) * guide + mean(offset), 0, 1)
    return smoothed


def _without_small_parts(mask: Mask, limit: float, keep_xy: Points) -> Mask:
    count, parts, statistics, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=4
    )
    if count <= 1:
        return mask
    is_kept = statistics[:, cv2.CC_STAT_AREA] >= limit
    for x, y in keep_xy:
        is_kept[parts[int(y), int(x)]] = True
    if not is_kept[1:].any():
        is_kept[1 + int(statistics[1:, cv2.CC_STAT_AREA].argmax())] = True
    is_kept[0] = False
    kept: Mask = is_kept[parts]
    return kept
