"""Polygons to masks and back, in COCO's way.

A polygon list is a union of rings, each a flat list x0, y0, x1, y1, ... in pixel-edge coordinates
(the first pixel spans 0 to 1); a ring has no holes, and is filled by the even-odd rule.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from projects.masks import counts as coco_counts
from projects.masks import rle as rle_codes
from projects.masks.types import InvalidMask, Rle

Int64Array = npt.NDArray[np.int64]

MAX_VERTICES = 65_536
# pycocotools allocates about 100 bytes a pixel of a ring's length; zigzags could ask for gigabytes.
MAX_LENGTH_PX = 1_000_000
_MIN_NUMBERS = 6  # three corners; four numbers would be read as a box


def rasterise(polygons: object, size_hw: tuple[int, int]) -> Rle:
    """Fill a polygon list that nobody has checked yet, as pycocotools fills it.

    What lies outside the image is clipped; rings without area give no pixel.

    Args:
        polygons: ``[[x0, y0, x1, y1, ...], ...]``, at least three corners each.
        size_hw: The image's height and width.

    Raises:
        InvalidMask: Not such a list, or beyond the limits (finite, at most twice the image's side
            from the origin, MAX_VERTICES corners, MAX_LENGTH_PX of outline).
    """
    if not isinstance(polygons, list) or not polygons:
        raise InvalidMask("segmentation holds no polygon", code="polygon_form")
    if sum(len(ring) for ring in polygons if isinstance(ring, list)) > 2 * MAX_VERTICES:
        raise InvalidMask(
            f"polygons have more than {MAX_VERTICES} corners", code="polygon_too_long"
        )
    rings = [_checked_ring(ring, place, size_hw) for place, ring in enumerate(polygons)]
    length = sum(_outline_px(ring) for ring in rings)
    if length > MAX_LENGTH_PX:
        raise InvalidMask(
            f"polygons are {length:.0f} px long, at most {MAX_LENGTH_PX} are drawn",
            code="polygon_too_long",
        )
    height, width = size_hw
    filled = coco_mask.merge(
        coco_mask.frPyObjects([ring.ravel().tolist() for ring in rings], height, width)
    )
    return rle_codes.from_runs(coco_counts.decode(filled["counts"]), size_hw)


def from_segmentation(segmentation: object, size_hw: tuple[int, int]) -> Rle:
    """Read any of COCO's three forms: polygon list, compressed or uncompressed RLE.

    Raises:
        InvalidMask: See ``rasterise`` and ``rle.parse``.
    """
    if isinstance(segmentation, list):
        return rasterise(segmentation, size_hw)
    return rle_codes.parse(segmentation, size_hw)


def trace(rle: Rle) -> list[list[float]] | None:
    """Give the rings that ``rasterise`` turns back into exactly this mask.

    Rings run along pixel edges, one for each part (parts that touch only at a corner are two).

    Returns:
        The polygon list, or None where none can hold the mask: it is empty, has a hole, or needs
        more corners than MAX_VERTICES.
    """
    left, top, width, height = rle_codes.bbox_xywh(rle)
    if not width:
        return None
    part = rle_codes.to_bitmap(rle)[top : top + height, left : left + width]
    padded = np.pad(part, 1)
    corners = _corners(padded)
    if len(corners) > MAX_VERTICES:
        return None
    rings = _linked(corners)
    # A ring's first corner is its topmost, leftmost: a part has its pixel below and to the right.
    if any(not padded[corners[ring[0], 0] + 1, corners[ring[0], 1] + 1] for ring in rings):
        return None
    offset = np.array([left, top])
    polygons = [(corners[ring, 1::-1] + offset).astype(float).ravel().tolist() for ring in rings]
    return polygons if _gives_back(polygons, rle) else None


def _gives_back(polygons: list[list[float]], rle: Rle) -> bool:
    try:
        return rasterise(polygons, rle.size_hw) == rle
    except InvalidMask:
        return False  # longer than what is drawn


def _checked_ring(ring: object, place: int, size_hw: tuple[int, int]) -> npt.NDArray[np.float64]:
    if not isinstance(ring, list):
        raise InvalidMask(
            f"polygon {place} is a {type(ring).__name__}, expected a list of numbers",
            code="polygon_form",
        )
    if len(ring) < _MIN_NUMBERS or len(ring) % 2:
        raise InvalidMask(
            f"polygon {place} has {len(ring)} numbers, expected an even count of at least "
            f"{_MIN_NUMBERS}",
            code="polygon_form",
        )
    if any(type(number) not in (int, float) for number in ring):
        raise InvalidMask(f"polygon {place} holds what is not a number", code="polygon_form")
    try:
        points_xy = np.array(ring, np.float64).reshape(-1, 2)
    except OverflowError:
        points_xy = np.full((1, 2), math.inf)
    limits = np.array([2 * size_hw[1], 2 * size_hw[0]])
    # Written so that NaN, which compares false with everything, is refused too.
    if not bool((np.abs(points_xy) <= limits).all()):
        raise InvalidMask(
            f"polygon {place} leaves the image by more than its own size, or is not finite "
            f"(|x| <= {limits[0]}, |y| <= {limits[1]})",
            code="polygon_range",
        )
    return points_xy


def _outline_px(points_xy: npt.NDArray[np.float64]) -> float:
    steps = np.abs(points_xy - np.roll(points_xy, 1, axis=0))
    return float(steps.max(axis=1).sum())


def _corners(padded: npt.NDArray[np.bool_]) -> Int64Array:
    """Find where the outline turns.

    Returns:
        int64, N x 3: row and column of the lattice point in the unpadded crop, and its rank among
        the corners of one point when going down a column. In reading order; a point where two
        pixels touch only diagonally is two corners, the one that ends an edge first.
    """
    nw, ne, sw, se = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    turns = nw ^ ne ^ sw ^ se
    falling = nw & se & ~ne & ~sw
    rising = ne & sw & ~nw & ~se
    rows, columns = np.nonzero(turns | falling | rising)
    doubled = ~turns[rows, columns]
    # Row order holds the corner of the left edge first. Going down, the upper pixel's comes first:
    # that is the left one where the pair falls, the right one where it rises.
    rank = np.where(rising[rows, columns], 1, 0)
    first = np.stack([rows, columns, rank], axis=1)
    second = np.stack([rows, columns, 1 - rank], axis=1)[doubled]
    places = np.concatenate([np.arange(rows.size), np.flatnonzero(doubled)])
    return np.concatenate([first, second])[np.argsort(places, kind="stable")].astype(np.int64)


def _linked(corners: Int64Array) -> list[list[int]]:
    """Walk the outline: along a row to the partner, along a column to the next, until closed."""
    down = np.lexsort((corners[:, 2], corners[:, 0], corners[:, 1]))
    across = np.empty(len(corners), np.int64)
    across[down[0::2]], across[down[1::2]] = down[1::2], down[0::2]
    vertical = across.tolist()
    seen = bytearray(len(corners))
    rings = []
    for start in range(len(corners)):
        ring, corner = [], start
        while not seen[corner]:
            partner = corner ^ 1  # corners of a row come in pairs, the ends of one edge
            seen[corner] = seen[partner] = 1
            ring += [corner, partner]
            corner = vertical[partner]
        if ring:
            rings.append(ring)
    return rings
