"""Run-length codes of binary masks in COCO's order: down the columns, the first run counts zeros.

Everything here works on runs, with numpy alone; a bitmap is made only where one is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from projects.masks import counts as coco_counts
from projects.masks.types import InvalidMask, Rle

Bitmap = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]

_IN_BOTH = 2  # the level where two masks of weight 1 overlap
_AXES = 2  # height, width


def parse(segmentation: object, size_hw: tuple[int, int]) -> Rle:
    """Read a COCO RLE that nobody has checked yet.

    Args:
        segmentation: ``{"size": [h, w], "counts": str | bytes | list of int}``.
        size_hw: The image's own height and width; the file's word is only compared with it.

    Returns:
        The same mask in canonical form.

    Raises:
        InvalidMask: The message says what was expected and what came.
    """
    if not isinstance(segmentation, Mapping):
        raise InvalidMask(
            f"segmentation is a {type(segmentation).__name__}, expected size and counts",
            code="mask_form",
        )
    _check_size(segmentation.get("size"), size_hw)
    counts = segmentation.get("counts")
    # An honest mask needs at most 9/8 of a character a pixel; the rest is room for empty runs.
    limit = 2 * size_hw[0] * size_hw[1] + 64
    if isinstance(counts, (str, bytes, list)) and len(counts) > limit:
        raise InvalidMask(
            f"counts has {len(counts)} entries, a mask of {_text(size_hw)} has at most {limit}",
            code="mask_counts",
        )
    if isinstance(counts, str):
        if not counts.isascii():
            raise InvalidMask("counts holds characters outside ASCII", code="mask_counts")
        counts = counts.encode("ascii")
    numbers = coco_counts.decode(counts) if isinstance(counts, bytes) else _listed(counts)
    return from_runs(numbers, size_hw)


def from_runs(runs: npt.ArrayLike, size_hw: tuple[int, int]) -> Rle:
    """Make a mask of run lengths, zeros first.

    Args:
        runs: int64, N. Empty runs inside are joined with their neighbours.
        size_hw: Height and width in pixels.

    Raises:
        InvalidMask: A run is negative, or they do not sum to height x width.
    """
    lengths = np.asarray(runs, np.int64)
    _check_sum(lengths, size_hw)
    return _from_segments(lengths, (np.arange(lengths.size) & 1).astype(bool), size_hw)


def runs(rle: Rle) -> Int64Array:
    """Give the run lengths, int64, N: zeros first, summing to height x width.

    Raises:
        InvalidMask: The value was not made by this module and does not hold its promise.
    """
    lengths = coco_counts.decode(rle.counts.encode("ascii"))
    _check_sum(lengths, rle.size_hw)
    return lengths


def from_bitmap(mask: npt.ArrayLike) -> Rle:
    """Encode a bitmap.

    Args:
        mask: bool, HxW, any memory order; what is not zero is inside.

    Raises:
        InvalidMask: Not two-dimensional, or without a pixel.
    """
    bitmap = np.asarray(mask, dtype=bool)
    if bitmap.ndim != _AXES or bitmap.size == 0:
        raise InvalidMask(
            f"mask has shape {bitmap.shape}, expected height x width", code="mask_shape"
        )
    size_hw = (bitmap.shape[0], bitmap.shape[1])
    changes = _changes_by_row(bitmap) if bitmap.flags.c_contiguous else _changes_by_column(bitmap)
    edges = np.concatenate(([0], changes, [bitmap.size]))
    lengths = np.diff(edges)
    if bitmap[0, 0]:
        lengths = np.concatenate(([0], lengths))
    return Rle(size_hw, coco_counts.encode(lengths))


def to_bitmap(rle: Rle) -> Bitmap:
    """Decode to bool, HxW, in Fortran order (the runs' own: nothing is copied twice)."""
    lengths = runs(rle)
    height, width = rle.size_hw
    inside = (np.arange(lengths.size) & 1).astype(bool)
    return np.repeat(inside, lengths).reshape(width, height).T


def area(rle: Rle) -> int:
    """Count the mask's pixels."""
    return int(runs(rle)[1::2].sum())


def bbox_xywh(rle: Rle) -> tuple[int, int, int, int]:
    """Give the tight box (x, y, width, height) in pixels; (0, 0, 0, 0) for an empty mask."""
    return area_and_bbox_xywh(rle)[1]


def area_and_bbox_xywh(rle: Rle) -> tuple[int, tuple[int, int, int, int]]:
    """Measure once for both: the pixels, and their tight box (zeros for an empty mask)."""
    lengths = runs(rle)
    if lengths.size == 1:
        return 0, (0, 0, 0, 0)
    height = rle.size_hw[0]
    ends = np.cumsum(lengths)
    starts, stops = ends[:-1:2], ends[1::2] - 1
    pixels = int(lengths[1::2].sum())
    left, right = int(starts[0]) // height, int(stops[-1]) // height
    if bool((starts // height != stops // height).any()):
        # A run that goes on in the next column touches the last row and the first.
        return pixels, (left, 0, right - left + 1, height)
    top, bottom = int((starts % height).min()), int((stops % height).max())
    return pixels, (left, top, right - left + 1, bottom - top + 1)


def union(rles: Sequence[Rle], size_hw: tuple[int, int]) -> Rle:
    """Join masks; none gives the empty mask of ``size_hw``."""
    lengths, levels = _overlay([(rle, 1) for rle in rles], size_hw)
    return _from_segments(lengths, levels > 0, size_hw)


def intersect(a: Rle, b: Rle) -> Rle:
    """Give the pixels of both."""
    lengths, levels = _overlay([(a, 1), (b, 1)], a.size_hw)
    return _from_segments(lengths, levels == _IN_BOTH, a.size_hw)


def subtract(a: Rle, b: Rle) -> Rle:
    """Give the pixels of ``a`` that are not in ``b``."""
    lengths, levels = _overlay([(a, 1), (b, -1)], a.size_hw)
    return _from_segments(lengths, levels == 1, a.size_hw)


def intersection_area(a: Rle, b: Rle) -> int:
    """Count the pixels of both."""
    lengths, levels = _overlay([(a, 1), (b, 1)], a.size_hw)
    return int(lengths[levels == _IN_BOTH].sum())


def iou(a: Rle, b: Rle) -> float:
    """Intersection over union, 0 to 1; two empty masks share nothing: 0."""
    lengths, levels = _overlay([(a, 1), (b, 1)], a.size_hw)
    joined = int(lengths[levels > 0].sum())
    return int(lengths[levels == _IN_BOTH].sum()) / joined if joined else 0.0


def contained(a: Rle, b: Rle) -> float:
    """Share of ``a``'s pixels that lie in ``b``, 0 to 1; 0 for an empty ``a``."""
    own = area(a)
    return intersection_area(a, b) / own if own else 0.0


def iou_matrix(a: Sequence[Rle], b: Sequence[Rle]) -> npt.NDArray[np.float64]:
    """Intersection over union of each pair: float64, len(a) x len(b).

    Raises:
        InvalidMask: The masks are not all of one size.
    """
    if not a or not b:
        return np.zeros((len(a), len(b)))
    for rle in (*a, *b):
        _check_same_size(rle, a[0].size_hw)
        runs(rle)  # pycocotools loops for ever on counts of a wrong sum
    found = coco_mask.iou([_coco(r) for r in a], [_coco(r) for r in b], [0] * len(b))
    return np.nan_to_num(np.asarray(found, np.float64).reshape(len(a), len(b)))


def to_wire(rle: Rle) -> dict[str, object]:
    """Give the JSON form with compressed counts."""
    return {"size": list(rle.size_hw), "counts": rle.counts}


def to_uncompressed(rle: Rle) -> dict[str, object]:
    """Give the JSON form with counts as a list, for readers that know no compressed ones."""
    return {"size": list(rle.size_hw), "counts": runs(rle).tolist()}


def sha256(rle: Rle) -> str:
    """Name the mask by size and pixels: equal masks, and only they, have equal names."""
    height, width = rle.size_hw
    return hashlib.sha256(f"{height}x{width}:{rle.counts}".encode("ascii")).hexdigest()


def _coco(rle: Rle) -> dict[str, object]:
    return {"size": list(rle.size_hw), "counts": rle.counts.encode("ascii")}


def _text(size_hw: tuple[int, int]) -> str:
    return f"{size_hw[0]}x{size_hw[1]} (height x width)"


def _check_size(size: object, size_hw: tuple[int, int]) -> None:
    if not isinstance(size, (list, tuple)) or [type(side) for side in size] != [int, int]:
        raise InvalidMask("size must be two whole numbers, [height, width]", code="mask_size")
    if tuple(size) != tuple(size_hw):
        raise InvalidMask(
            f"mask is {size[0]}x{size[1]}, image is {_text(size_hw)}",
            code="mask_size",
            expected=list(size_hw),
        )


def _listed(counts: object) -> Int64Array:
    if not isinstance(counts, list) or not counts:
        raise InvalidMask(
            f"counts is a {type(counts).__name__}, expected text or a list of whole numbers",
            code="mask_counts",
        )
    if any(type(count) is not int for count in counts):
        raise InvalidMask("counts must be a list of whole numbers only", code="mask_counts")
    try:
        return np.array(counts, np.int64)
    except OverflowError:
        raise InvalidMask("counts holds a number beyond 64 bits", code="mask_counts") from None


def _check_sum(lengths: Int64Array, size_hw: tuple[int, int]) -> None:
    pixels = size_hw[0] * size_hw[1]
    if lengths.size == 0 or pixels <= 0:
        raise InvalidMask(f"a mask of {_text(size_hw)} has no runs", code="mask_counts")
    if int(lengths.min()) < 0:
        raise InvalidMask(f"counts holds a negative run ({int(lengths.min())})", code="mask_counts")
    # One run above the whole could make the sum wrap around to the right value.
    too_long = int(lengths.max()) > pixels
    if too_long or int(lengths.sum()) != pixels:
        came = "more" if too_long else str(int(lengths.sum()))
        raise InvalidMask(
            f"counts sum to {came}, expected {pixels} for {_text(size_hw)}", code="mask_counts"
        )


def _check_same_size(rle: Rle, size_hw: tuple[int, int]) -> None:
    if rle.size_hw != size_hw:
        raise InvalidMask(
            f"mask is {_text(rle.size_hw)}, the other is {_text(size_hw)}", code="mask_size"
        )


def _changes_by_row(bitmap: Bitmap) -> Int64Array:
    # Comparing whole rows reads memory in order; a transpose would cost four times the rest.
    height, width = bitmap.shape
    flat = np.flatnonzero(bitmap[1:] != bitmap[:-1])
    rows, columns = np.divmod(flat, width)
    tops = np.flatnonzero(bitmap[0, 1:] != bitmap[-1, :-1]) + 1
    return np.sort(np.concatenate((columns * height + rows + 1, tops * height)))


def _changes_by_column(bitmap: Bitmap) -> Int64Array:
    flat = np.ascontiguousarray(bitmap.T).reshape(-1)
    return np.flatnonzero(flat[1:] != flat[:-1]) + 1


def _from_segments(lengths: Int64Array, inside: Bitmap, size_hw: tuple[int, int]) -> Rle:
    real = lengths > 0
    lengths, inside = lengths[real], inside[real]
    begins = np.flatnonzero(np.concatenate(([True], inside[1:] != inside[:-1])))
    joined = np.add.reduceat(lengths, begins)
    if inside[0]:
        joined = np.concatenate(([0], joined))
    return Rle((int(size_hw[0]), int(size_hw[1])), coco_counts.encode(joined))


def _overlay(
    weighted: Sequence[tuple[Rle, int]], size_hw: tuple[int, int]
) -> tuple[Int64Array, Int64Array]:
    """Cut the image where any mask begins or ends; give each piece's length and sum of weights."""
    places, steps = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)]
    for rle, weight in weighted:
        _check_same_size(rle, size_hw)
        ends = np.cumsum(runs(rle))[:-1]
        places.append(ends)
        steps.append(np.where(np.arange(ends.size) & 1, -weight, weight))
    place = np.concatenate(places)
    order = np.argsort(place, kind="stable")
    levels = np.cumsum(np.concatenate(steps)[order])
    lengths = np.diff(place[order], append=size_hw[0] * size_hw[1])
    return lengths, levels
