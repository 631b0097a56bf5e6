"""Everything in a picture: what SamAutomaticMaskGenerator finds, in less time and memory.

The same grid of clicks, thresholds and order of sifting (its module automatic_mask_generator.py;
A. Kirillov et al. 2023, appendix B). What differs: several clicks go through the fast decoder at
once; an answer is drawn to the picture's size alone, judged, and kept as run lengths; small regions
are tidied mask by mask. Two answers are never floats of the picture's size at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import ceil
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.protocol import FOREGROUND, Embedding, ImageRgb, Logits, Mask
from inference.segmenters.sam_frame import LOGIT_THRESHOLD, PAD_LABEL, Floats, Frame
from projects.errors import InvalidInput
from projects.masks.rle import from_bitmap, to_bitmap
from projects.masks.types import Rle

EDGE_PX = 20.0  # nearer to the edge of a crop an object is taken to be cut off
POINTS_AT_ONCE = 8  # more fall out of the processor's cache
MOST_POINTS_PER_SIDE = 128
MOST_CROP_LAYERS = 3

Scores = npt.NDArray[np.float32]
Answers = Callable[[Embedding, Floats, Floats], tuple[Scores, Logits]]


@dataclass(frozen=True)
class EverythingSettings:
    """How ``propose`` looks for everything; names and meanings as SamAutomaticMaskGenerator's.

    Attributes:
        points_per_side: 16 finds what a person would mark in a quarter of the time of 32.
        points_per_batch: Clicks that go through the decoder at once.
        crop_n_layers: Layers of crops, of which layer i has 4**i; each crop is encoded anew.
        min_mask_region_area: Smaller islands and holes are tidied away, in pixels; 0 for none.
        longest_side: Larger images are searched at this size and their masks drawn out; None never.
    """

    points_per_side: int = 16
    points_per_batch: int | None = None
    pred_iou_thresh: float = 0.86
    stability_score_thresh: float = 0.92
    stability_score_offset: float = 1.0
    box_nms_thresh: float = 0.7
    crop_n_layers: int = 0
    crop_nms_thresh: float = 0.7
    crop_overlap_ratio: float = 512 / 1500
    crop_n_points_downscale_factor: int = 1
    min_mask_region_area: int = 64
    longest_side: int | None = 2048

    def __post_init__(self) -> None:
        """Refuse what would find nothing or never end.

        Raises:
            InvalidInput: naming the setting and its range.
        """
        _in_range("points_per_side", self.points_per_side, 1, MOST_POINTS_PER_SIDE)
        _in_range("points_per_batch", self.points_per_batch or 1, 1, MOST_POINTS_PER_SIDE**2)
        _in_range("crop_n_layers", self.crop_n_layers, 0, MOST_CROP_LAYERS)
        _in_range("crop_n_points_downscale_factor", self.crop_n_points_downscale_factor, 1, 16)
        _in_range("min_mask_region_area", self.min_mask_region_area, 0, 1 << 30)
        _in_range("stability_score_offset", self.stability_score_offset, 0, 100)
        for name in ("pred_iou_thresh", "stability_score_thresh", "box_nms_thresh"):
            _in_range(name, getattr(self, name), 0, 1)
        for name in ("crop_nms_thresh", "crop_overlap_ratio"):
            _in_range(name, getattr(self, name), 0, 1)


class Crop(NamedTuple):
    """A part of the picture in its pixels, the right and lower end not included."""

    x0: int
    y0: int
    x1: int
    y1: int
    layer: int

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width."""
        return self.y1 - self.y0, self.x1 - self.x0


@dataclass(frozen=True)
class Find:
    """An answer that passed.

    Attributes:
        rle: Of the whole picture.
        box: (x0, y0, x1, y1) of the first and last pixels, as the reference compares them.
        score: The IoU that the model expects.
        stability: At the picture's size.
        crop: Where it was found.
    """

    rle: Rle
    box: tuple[float, float, float, float]
    score: float
    stability: float
    crop: Crop


def find_everything(
    image: ImageRgb,
    encode: Callable[[ImageRgb], Embedding],
    answers: Answers,
    side: int,
    settings: EverythingSettings,
) -> list[Find]:
    """Return what is found, in the reference's order.

    Args:
        image: uint8, HxWx3.
        encode: Called with the image, then with each crop.
        answers: A decoder: an embedding, points P x T x 2 in pixels of the model and labels P x T
            give scores P x 4 and logits P x 4 x h x w, the single answer first.
        side: Of the model's square input.
        settings: How to look.
    """
    size_hw = (image.shape[0], image.shape[1])
    crops = crop_boxes(size_hw, settings)
    search = _Search(size_hw, answers, side, settings)
    found: list[Find] = []
    for crop in crops:
        pixels = np.ascontiguousarray(image[crop.y0 : crop.y1, crop.x0 : crop.x1])
        here = list(search.in_crop(encode(pixels), crop))
        kept = suppress(
            [one.box for one in here], [one.score for one in here], settings.box_nms_thresh
        )
        found += [_at_home(here[place]) for place in kept]
    if len(crops) > 1:  # those of smaller crops are finer
        sizes = [1.0 / (one.crop.size_hw[0] * one.crop.size_hw[1]) for one in found]
        kept = suppress([one.box for one in found], sizes, settings.crop_nms_thresh)
        found = [found[place] for place in kept]
    if settings.min_mask_region_area:
        alike = max(settings.box_nms_thresh, settings.crop_nms_thresh)
        found = _without_small_regions(found, settings.min_mask_region_area, alike)
    return found


def crop_boxes(size_hw: tuple[int, int], settings: EverythingSettings) -> list[Crop]:
    """Return the whole image and the overlapping crops of each layer, the reference's."""
    height, width = size_hw
    crops = [Crop(0, 0, width, height, 0)]
    for layer in range(1, settings.crop_n_layers + 1):
        count = 2**layer
        overlap = int(settings.crop_overlap_ratio * min(size_hw) * (2 / count))
        across, down = (ceil((overlap * (count - 1) + size) / count) for size in (width, height))
        for column, row in product(range(count), range(count)):
            x0, y0 = (across - overlap) * column, (down - overlap) * row
            if x0 < width and y0 < height:  # a picture of a few pixels has fewer crops
                crops.append(Crop(x0, y0, min(x0 + across, width), min(y0 + down, height), layer))
    return crops


def suppress(boxes: object, scores: object, most_alike: float) -> list[int]:
    """Return the places that greedy non-maximum suppression keeps, by falling score.

    Args:
        boxes: N x 4, (x0, y0, x1, y1).
        scores: N.
        most_alike: A box is dropped if its IoU with a better one is greater.
    """
    corners = np.asarray(boxes, np.float32).reshape(-1, 4)
    order = np.argsort(-np.asarray(scores, np.float32), kind="stable")
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    kept = []
    while order.size:
        best, order = int(order[0]), order[1:]
        kept.append(best)
        low = np.maximum(corners[best, :2], corners[order, :2])
        high = np.minimum(corners[best, 2:], corners[order, 2:])
        shared = np.maximum(high - low, 0).prod(axis=1)
        either = areas[best] + areas[order] - shared
        with np.errstate(invalid="ignore"):  # 0 / 0 is nobody's like
            order = order[~((shared / either).astype(np.float64) > most_alike)]
    return kept


def _in_range(name: str, number: object, least: float, most: float) -> None:
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    if not is_number or not least <= number <= most:  # type: ignore[operator]  # seen above
        raise InvalidInput(
            f"{name} is a number from {least:g} to {most:g}, got {number!r}", code="bad_option"
        )


@dataclass(frozen=True)
class _Search:
    """What stays the same over the crops of a picture."""

    size_hw: tuple[int, int]
    answers: Answers
    side: int
    settings: EverythingSettings

    def in_crop(self, embedding: Embedding, crop: Crop) -> Iterator[Find]:
        """Yield the answers to the crop's grid that pass, their boxes in the crop's own pixels."""
        frame = Frame(crop.size_hw, self.side)
        points = frame.scaled_points(_grid(crop, self.settings))
        at_once = self.settings.points_per_batch or POINTS_AT_ONCE
        least = self.settings.pred_iou_thresh
        for start in range(0, len(points), at_once):
            clicks = points[start : start + at_once]
            padded = np.stack([clicks, np.zeros_like(clicks)], axis=1)
            labels = np.tile(np.array([FOREGROUND, PAD_LABEL], np.float64), (len(clicks), 1))
            scores, low = self.answers(embedding, padded, labels)
            for click, mask in product(range(len(clicks)), range(1, low.shape[1])):
                score = float(scores[click, mask])
                if least <= 0 or score > least:
                    find = self._judged(frame.upscaled(low[click, mask]), score, crop)
                    if find is not None:
                        yield find

    def _judged(self, logits: Logits, score: float, crop: Crop) -> Find | None:
        """Return the answer with logits at the crop's size, if it is stable and not cut off."""
        offset = self.settings.stability_score_offset
        wide = np.count_nonzero(logits > LOGIT_THRESHOLD - offset)
        high = np.count_nonzero(logits > LOGIT_THRESHOLD + offset)
        stability = high / wide if wide else 0.0
        if stability < self.settings.stability_score_thresh:
            return None
        inside = logits > LOGIT_THRESHOLD
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if not rows.size:
            return None
        box = (float(columns[0]), float(rows[0]), float(columns[-1]), float(rows[-1]))
        if _is_cut_off(box, crop, self.size_hw):
            return None
        rle = from_bitmap(_uncropped(inside, crop, self.size_hw))
        return Find(rle, box, score, stability, crop)


def _grid(crop: Crop, settings: EverythingSettings) -> Floats:
    """Return the middles of even cells, N x 2, in pixels of the crop, row by row."""
    height, width = crop.size_hw
    fewer = settings.crop_n_points_downscale_factor**crop.layer
    count = max(1, int(settings.points_per_side / fewer))
    middles = np.linspace(1 / (2 * count), 1 - 1 / (2 * count), count)
    return np.stack([np.tile(middles, count) * width, np.repeat(middles, count) * height], axis=1)


def _is_cut_off(
    box: tuple[float, float, float, float], crop: Crop, size_hw: tuple[int, int]
) -> bool:
    """Say whether an object reaches an edge of its crop that is none of the image."""
    home = (box[0] + crop.x0, box[1] + crop.y0, box[2] + crop.x0, box[3] + crop.y0)
    edges = zip(home, crop[:4], (0, 0, size_hw[1], size_hw[0]), strict=True)
    return any(abs(at - own) <= EDGE_PX < abs(at - whole) for at, own, whole in edges)


def _uncropped(inside: Mask, crop: Crop, size_hw: tuple[int, int]) -> Mask:
    if inside.shape == size_hw:
        return inside
    whole = np.zeros(size_hw, np.bool_)
    whole[crop.y0 : crop.y1, crop.x0 : crop.x1] = inside
    return whole


def _at_home(find: Find) -> Find:
    x0, y0, x1, y1 = find.box
    left, top = find.crop.x0, find.crop.y0
    return replace(find, box=(x0 + left, y0 + top, x1 + left, y1 + top))


def _without_small_regions(found: list[Find], least_px: int, most_alike: float) -> list[Find]:
    """Return finds without small holes and islands; of those alike, untouched ones go first."""
    tidy = [_tidied(find, least_px) for find in found]
    untouched = [float(not is_touched) for _, is_touched in tidy]
    kept = suppress([one.box for one, _ in tidy], untouched, most_alike)
    return [tidy[place][0] for place in kept]


def _tidied(find: Find, least_px: int) -> tuple[Find, bool]:
    """Return the find without small holes and islands, and whether it had any."""
    mask = to_bitmap(find.rle)
    holes, had_holes = without_small_parts(~mask, least_px, keeps_largest=False)
    tidy, had_islands = without_small_parts(~holes, least_px, keeps_largest=True)
    if not (had_holes or had_islands):
        return find, False
    rows, columns = np.flatnonzero(tidy.any(axis=1)), np.flatnonzero(tidy.any(axis=0))
    box = (float(columns[0]), float(rows[0]), float(columns[-1]), float(rows[-1]))
    return replace(find, rle=from_bitmap(tidy), box=box), True


def without_small_parts(mask: Mask, least_px: int, *, keeps_largest: bool) -> tuple[Mask, bool]:
    """Return a mask without connected parts (8 neighbours) below a size, and if there were any.

    Args:
        mask: bool, HxW.
        least_px: Parts of this size stay.
        keeps_largest: Whether the largest part stays where all are smaller.
    """
    _, parts, told, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    stays = told[:, cv2.CC_STAT_AREA] >= least_px
    stays[0] = False
    if stays[1:].all():
        return mask, False
    if keeps_largest and not stays.any():
        stays[1 + int(told[1:, cv2.CC_STAT_AREA].argmax())] = True
    kept: Mask = stays[parts]
    return kept, True
