"""Layers of masks flattened to one map in which each pixel belongs to one segment, or to none.

A segment is one thing, or all the stuff (or all the crowds) of one category in the image. Maps are
int32, HxW; 0 is void. Source of the form: cocodataset.org, format of panoptic segmentation.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from projects.errors import Conflict
from projects.masks import rle as rle_codes
from projects.masks.types import InvalidMask, Rle

IdMap = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]

VOID = 0
MAX_ID = 256**3 - 1  # what 24-bit RGB holds
_BLOCK = 32  # columns turned at once: a cache line of int32 is used up before it is evicted
_PNG_LEVEL = 1  # level 6 takes three times as long for half the size


class OverlapPolicy(StrEnum):
    """Whose is a pixel that several segments claim?"""

    Z_ORDER = "z-order"  # the one on top; of equal z the younger
    LABEL_PRIORITY = "label_priority"  # the category that comes first in the schema, then z
    FAIL = "fail"  # nobody's: it is an error


class SegmentsOverlap(Conflict):
    """Two segments claim the same pixel under the policy that allows none."""

    default_code = "segments_overlap"


@dataclass(frozen=True, slots=True)
class Layer:
    """One mask of an image, as flatten needs it.

    Attributes:
        segment_key: Names the layer in reports, unique in the image.
        rle: The mask.
        is_thing: Things stay single, stuff of one category becomes one segment.
        category_id: The label's number.
        number: The annotation's number, unique, from 1: the segment's id comes from it.
        z: Higher lies on top.
        priority: The label's place in the schema; the lowest wins under ``label_priority``.
        iscrowd: For things: a crowd; those of one category become one segment.
    """

    segment_key: str
    rle: Rle
    is_thing: bool
    category_id: int
    number: int
    z: int = 0
    priority: int = 0
    iscrowd: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment as it ends up in the map; area and box are those of its remaining pixels."""

    id: int
    category_id: int
    is_thing: bool
    iscrowd: bool
    area: int
    bbox_xywh: tuple[int, int, int, int]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanopticMap:
    """The flattened image.

    Attributes:
        ids: int32, HxW; 0 is void, else a segment's id.
        segments: Those with at least one pixel, by id.
        covered: Keys of the layers whose segment has no pixel left.
        void: Pixels of no segment.
    """

    ids: IdMap
    segments: tuple[Segment, ...]
    covered: tuple[str, ...]
    void: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """A segment before painting: its layers, lowest number first."""

    id: int
    layers: tuple[Layer, ...]


def flatten(
    layers: Sequence[Layer],
    size_hw: tuple[int, int],
    policy: OverlapPolicy = OverlapPolicy.Z_ORDER,
) -> PanopticMap:
    """Give every pixel to one segment at most.

    The result depends on the layers alone, not on their order in the sequence.

    Raises:
        SegmentsOverlap: Under ``OverlapPolicy.FAIL``, naming how many pixels are claimed twice.
        InvalidMask: A layer is of another size.
    """
    drafts = _drafts(layers)
    ids = {layer.segment_key: draft.id for draft in drafts for layer in draft.layers}
    painted = _painted(sorted(layers, key=_bottom_first(policy)), ids, size_hw)
    lengths, found = _runs_of(painted)
    owners = np.searchsorted([VOID, *(draft.id for draft in drafts)], found)
    areas = np.bincount(owners, weights=lengths, minlength=len(drafts) + 1).astype(np.int64)
    if policy is OverlapPolicy.FAIL:
        _refuse_overlap(drafts, size_hw, int(areas[1:].sum()))
    boxes = _boxes(lengths, owners, len(drafts), size_hw[0])
    kept = [(i, draft) for i, draft in enumerate(drafts, 1) if areas[i]]
    return PanopticMap(
        ids=painted.reshape(size_hw[1], size_hw[0]).T,
        segments=tuple(_segment(draft, int(areas[i]), boxes[i]) for i, draft in kept),
        covered=tuple(
            layer.segment_key
            for i, draft in enumerate(drafts, 1)
            if not areas[i]
            for layer in draft.layers
        ),
        void=int(areas[0]),
    )


def to_rgb(ids: IdMap) -> npt.NDArray[np.uint8]:
    """Write a map's ids as colours, uint8, HxWx3: id = R + 256 G + 65536 B.

    Args:
        ids: int32, HxW, any memory order, 0 to MAX_ID.
    """
    height, width = ids.shape
    by_row = np.empty((height, width), "<u4")
    for left in range(0, width, _BLOCK):
        by_row[:, left : left + _BLOCK] = ids[:, left : left + _BLOCK]
    rgb = np.empty((height, width, 3), np.uint8)
    octets = by_row.view(np.uint8).reshape(height, width, 4)
    for channel in range(3):
        rgb[..., channel] = octets[..., channel]
    return rgb


def encode_png(ids: IdMap) -> bytes:
    """Write a map as 24-bit RGB PNG; ``ids`` as in ``to_rgb``."""
    height, width = ids.shape
    lines = np.zeros((height, 1 + 3 * width), np.uint8)  # each line begins with its filter, none
    lines[:, 1:] = to_rgb(ids).reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(lines.data, _PNG_LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def decode_ids(rgb: npt.NDArray[np.uint8]) -> IdMap:
    """Read a map's ids, int32, HxW, from its pixels, uint8, HxWx3."""
    wide = rgb.astype(np.int32)
    return wide[..., 0] + 256 * wide[..., 1] + 65536 * wide[..., 2]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _drafts(layers: Sequence[Layer]) -> list[_Draft]:
    """Group layers into segments, by ascending id.

    A segment's id is the lowest number of its annotations, so that it stays the same while other
    objects come and go. Where a number passes 24 bits, the image's segments are counted instead.
    """
    groups: dict[tuple[str, int], list[Layer]] = {}
    for layer in sorted(layers, key=lambda layer: layer.number):
        groups.setdefault(_group(layer), []).append(layer)
    numbers = [group[0].number for group in groups.values()]
    if numbers and numbers[-1] > MAX_ID:
        numbers = list(range(1, len(numbers) + 1))
    return [
        _Draft(id=number, layers=tuple(group))
        for number, group in zip(numbers, groups.values(), strict=True)
    ]


def _group(layer: Layer) -> tuple[str, int]:
    if not layer.is_thing:
        return ("stuff", layer.category_id)
    # panopticapi keeps one crowd of a category in mind; a second would count as false positive.
    return ("crowd", layer.category_id) if layer.iscrowd else ("thing", layer.number)


def _bottom_first(policy: OverlapPolicy) -> Callable[[Layer], tuple[int, ...]]:
    if policy is OverlapPolicy.LABEL_PRIORITY:
        return lambda layer: (-layer.priority, layer.z, layer.number)
    return lambda layer: (layer.z, layer.number)


def _painted(layers: Sequence[Layer], ids: dict[str, int], size_hw: tuple[int, int]) -> IdMap:
    """Paint the layers one over the other; int32, column-major, flat."""
    painted = np.zeros(size_hw[0] * size_hw[1], np.int32)
    for layer in layers:
        if layer.rle.size_hw != size_hw:
            raise InvalidMask(
                f"mask {layer.segment_key} is {layer.rle.size_hw}, image is {size_hw}",
                code="mask_size",
            )
        ends = np.cumsum(rle_codes.runs(layer.rle)).tolist()
        segment_id = ids[layer.segment_key]
        for start, stop in zip(ends[0::2], ends[1::2], strict=False):
            painted[start:stop] = segment_id
    return painted


def _runs_of(painted: IdMap) -> tuple[Int64Array, Int64Array]:
    """Cut the flat map where its value changes: lengths and values, int64."""
    begins = np.concatenate(([0], np.flatnonzero(painted[1:] != painted[:-1]) + 1))
    return np.diff(begins, append=painted.size), painted[begins].astype(np.int64)


def _boxes(
    lengths: Int64Array, owners: Int64Array, count: int, height: int
) -> list[tuple[int, int, int, int]]:
    """Give each draft's tight box of its runs, at its place; the box of void means nothing."""
    stops = np.cumsum(lengths) - 1
    starts = stops - lengths + 1
    goes_on = starts // height != stops // height  # in the next column: touches top and bottom
    low = np.full((2, count + 1), np.iinfo(np.int64).max)
    high = np.full((2, count + 1), -1)
    np.minimum.at(low[0], owners, starts // height)
    np.maximum.at(high[0], owners, stops // height)
    np.minimum.at(low[1], owners, np.where(goes_on, 0, starts % height))
    np.maximum.at(high[1], owners, np.where(goes_on, height - 1, stops % height))
    sides = high - low + 1
    return [
        (left, top, width, tall)
        for left, top, width, tall in np.concatenate([low, sides]).T.tolist()
    ]


def _refuse_overlap(drafts: Sequence[_Draft], size_hw: tuple[int, int], covered_px: int) -> None:
    claimed = [
        rle_codes.area(rle_codes.union([layer.rle for layer in draft.layers], size_hw))
        for draft in drafts
    ]
    twice = sum(claimed) - covered_px
    if twice:
        raise SegmentsOverlap(
            f"segments overlap in {twice} px, and the policy is to fail", pixels=twice
        )


def _segment(draft: _Draft, area: int, bbox_xywh: tuple[int, int, int, int]) -> Segment:
    first = draft.layers[0]
    return Segment(
        id=draft.id,
        category_id=first.category_id,
        is_thing=first.is_thing,
        iscrowd=first.is_thing and first.iscrowd,
        area=area,
        bbox_xywh=bbox_xywh,
        keys=tuple(layer.segment_key for layer in draft.layers),
    )
