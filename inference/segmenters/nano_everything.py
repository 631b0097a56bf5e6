"""Everything in a picture: a grid of clicks, several at once through the ONNX decoder, sifted.

The way of SamAutomaticMaskGenerator (A. Kirillov et al. 2023, appendix B), with two differences:
answers are compared by their masks instead of their boxes, so that of two crossing things both
stay, and all of it happens on low-resolution logits; only what is left is drawn at full size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.coded import CodedCandidate, drawn_out
from inference.segmenters.onnx import OnnxDecoder
from inference.segmenters.protocol import FOREGROUND, Candidate, Embedding, Logits, Mask
from inference.segmenters.sam_frame import (
    LOGIT_THRESHOLD,
    PAD_LABEL,
    STABILITY_OFFSET,
    Floats,
    Frame,
    best_first,
)
from projects.masks.rle import area, from_bitmap

POINTS_AT_ONCE = 8  # more fall out of the processor's cache and take longer each
COMPARED_SIDE = 128  # masks are compared at this size; half of the logits'
DRAWN_SIDE = 4096  # answers on larger pictures are drawn at this size and enlarged, in less time
SURE_OFF = -8.0  # a logit that is clearly outside


@dataclass(frozen=True)
class GridSettings:
    """How ``propose`` looks for everything.

    Attributes:
        points_per_side: Clicks along the longer side; as dense along the other.
        least_score: Answers that are expected to be less right are dropped.
        least_stability: So are those that change more when the threshold moves.
        most_alike: Of two answers with a greater IoU the worse one is dropped.
        least_share: Of the picture, below which an answer is dropped.
        most_share: Above which it is the background.
        speck_share: Parts and holes of an answer below this share of it are tidied away.
        most: How many answers are kept.
    """

    points_per_side: int = 14
    least_score: float = 0.4
    least_stability: float = 0.3
    most_alike: float = 0.7
    least_share: float = 0.0004
    most_share: float = 0.95
    speck_share: float = 0.02
    most: int = 100


@dataclass(frozen=True, eq=False)
class _Find:
    """An answer that passed: logits (float16, rows x columns of the image's part), its scores."""

    low: npt.NDArray[np.float16]
    score: float
    stability: float

    @property
    def rank(self) -> float:
        return self.score * self.stability


def propose(decoder: OnnxDecoder, embedding: Embedding, settings: GridSettings) -> list[Candidate]:
    """Return masks for everything, best first, at most ``settings.most``.

    Args:
        decoder: Of the segmenter that made the embedding; it takes several prompts at once.
        embedding: The image's.
        settings: How to look.
    """
    frame = Frame(embedding.size_hw, decoder.side)
    found: list[_Find] = []
    for batch in _batches(_grid(frame, settings.points_per_side)):
        found += _answers(decoder, embedding, frame, batch, settings)
    kept = _distinct(found, settings.most_alike, settings.most)
    return best_first(_differing(_drawn(find, frame, settings.speck_share) for find in kept))


def _differing(drawn: Iterable[CodedCandidate]) -> list[Candidate]:
    """Return what has pixels and is not another's twin: few pixels leave few ways to differ."""
    first: dict[str, Candidate] = {}
    for one in drawn:
        if area(one.rle) > 0:
            first.setdefault(one.rle.counts, one)
    return list(first.values())


def _grid(frame: Frame, per_side: int) -> Floats:
    """Return points in the middle of even cells, N x 2, in pixels of the model, row by row.

    There are no more along a side than the image has pixels there.
    """
    height, width = frame.scaled_hw
    per_side = min(per_side, max(frame.size_hw))
    rows, columns = (
        max(1, round(per_side * size / max(height, width))) for size in (height, width)
    )
    ys, xs = (np.arange(rows) + 0.5) / rows * height, (np.arange(columns) + 0.5) / columns * width
    return np.stack([np.tile(xs, rows), np.repeat(ys, columns)], axis=1)


def _batches(points: Floats) -> Iterator[Floats]:
    for start in range(0, len(points), POINTS_AT_ONCE):
        yield points[start : start + POINTS_AT_ONCE]


def _answers(
    decoder: OnnxDecoder, embedding: Embedding, frame: Frame, points: Floats, wanted: GridSettings
) -> list[_Find]:
    """Ask about some points at once, and keep of each one's three answers those that pass."""
    padded = np.stack([points, np.zeros_like(points)], axis=1)
    labels = np.tile(np.array([FOREGROUND, PAD_LABEL], np.float64), (len(points), 1))
    scores, low = decoder.answers(embedding, padded, labels)
    rows, columns = _part(frame, low.shape[-1])
    low = low[:, 1:, :rows, :columns].reshape(-1, rows, columns)
    scores = np.clip(scores[:, 1:].reshape(-1), 0, 1)
    share = np.count_nonzero(low > LOGIT_THRESHOLD, axis=(1, 2)) / (rows * columns)
    high = np.count_nonzero(low > LOGIT_THRESHOLD + STABILITY_OFFSET, axis=(1, 2))
    wide = np.count_nonzero(low > LOGIT_THRESHOLD - STABILITY_OFFSET, axis=(1, 2))
    stability = high / np.maximum(wide, 1)
    passed = (
        (scores >= wanted.least_score)
        & (stability >= wanted.least_stability)
        & (share >= wanted.least_share)
        & (share <= wanted.most_share)
    )
    return [
        _Find(low[place].astype(np.float16), float(scores[place]), float(stability[place]))
        for place in np.flatnonzero(passed)
    ]


def _part(frame: Frame, low_side: int) -> tuple[int, int]:
    """Return how many rows and columns of the low-resolution square show the image."""
    height, width = (int(np.ceil(size * low_side / frame.side)) for size in frame.scaled_hw)
    return height, width


def _distinct(found: list[_Find], most_alike: float, most: int) -> list[_Find]:
    """Return the best of those that look alike, best first."""
    ranked = sorted(found, key=lambda find: -find.rank)
    shapes = [_small(find.low) for find in ranked]
    areas = np.array([shape.sum() for shape in shapes])
    kept: list[int] = []
    stack = np.zeros((most, shapes[0].size if shapes else 0), np.float32)
    for place, shape in enumerate(shapes):
        shared = stack[: len(kept)] @ shape
        either = areas[kept] + areas[place] - shared
        if (shared > most_alike * np.maximum(either, 1)).any():
            continue
        stack[len(kept)] = shape
        kept.append(place)
        if len(kept) == most:
            break
    return [ranked[place] for place in kept]


def _small(low: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    """Return a mask, flat, 0..1, small enough to be compared with hundreds of others."""
    inside = (low > LOGIT_THRESHOLD).astype(np.float32)
    scale = min(1.0, COMPARED_SIDE / max(low.shape))
    size_wh = (max(1, round(low.shape[1] * scale)), max(1, round(low.shape[0] * scale)))
    return np.asarray(cv2.resize(inside, size_wh, interpolation=cv2.INTER_AREA), np.float32).ravel()


def _drawn(find: _Find, frame: Frame, speck_share: float) -> CodedCandidate:
    """Return an answer at the image's size, without specks and pinholes, as run lengths.

    Only one is pixels at a time: a hundred of a large picture would fill gigabytes.
    """
    low_side = _low_side(find, frame)
    square: Logits = np.full((low_side, low_side), SURE_OFF, np.float32)
    rows, columns = find.low.shape
    tidy = _tidied(find.low.astype(np.float32), speck_share)
    square[:rows, :columns] = tidy
    # The square's border is drawn from the part's last row and column, as if it went on.
    square[rows:, :columns] = tidy[-1:]
    square[:, columns:] = square[:, columns - 1 : columns]
    scale = min(1.0, DRAWN_SIDE / max(frame.size_hw))
    drawn_hw = (max(1, round(frame.size_hw[0] * scale)), max(1, round(frame.size_hw[1] * scale)))
    rle = from_bitmap(frame.upscaled(square, drawn_hw) > LOGIT_THRESHOLD)
    score = min(max(find.score, 0.0), 1.0)
    return CodedCandidate(drawn_out(rle, frame.size_hw), score, find.stability)


def _low_side(find: _Find, frame: Frame) -> int:
    return max(1, round(float(max(find.low.shape)) * frame.side / max(frame.scaled_hw)))


def _tidied(low: Logits, speck_share: float) -> Logits:
    """Return logits whose small parts are turned off and whose small holes are turned on."""
    inside = low > LOGIT_THRESHOLD
    limit = speck_share * np.count_nonzero(inside)
    specks = _small_parts(inside, limit, is_kept_whole=True)
    holes = _small_parts(~inside, limit, is_kept_whole=False)
    tidy = np.where(specks, -np.abs(low), low)
    return np.asarray(np.where(holes, np.abs(low) + 1e-3, tidy), np.float32)


def _small_parts(mask: Mask, limit: float, *, is_kept_whole: bool) -> Mask:
    """Return the connected parts of fewer pixels than the limit, never the largest if asked so."""
    count, parts, told, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    is_small = told[:, cv2.CC_STAT_AREA] < limit
    is_small[0] = False
    if is_kept_whole and count > 1:
        is_small[1 + int(told[1:, cv2.CC_STAT_AREA].argmax())] = False
    small: Mask = is_small[parts]
    return small
