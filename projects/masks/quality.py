"""Panoptic quality (PQ) of one map against another.

Source: Kirillov et al., Panoptic Segmentation, CVPR 2019; the rules for void and crowds, and where
an area comes from, follow cocodataset/panopticapi:evaluation.py, pq_compute_single_core.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

VOID = 0
_MATCH = 0.5  # above it a match is unique
_IGNORED_SHARE = 0.5  # of a prediction on void or crowd, above which it is no false positive
_SHIFT = 24  # bits of an id


@dataclass(frozen=True, slots=True)
class LabelledSegment:
    """What a panoptic JSON says about a segment of its map."""

    id: int
    category_id: int
    area: int
    iscrowd: bool = False


@dataclass(slots=True)
class Tally:
    """Matches and misses of one category."""

    iou_sum: float = 0.0
    matched: int = 0
    false_positives: int = 0
    false_negatives: int = 0

    @property
    def quality(self) -> float | None:
        """PQ, 0 to 1; None where the category does not occur."""
        weight = self.matched + (self.false_positives + self.false_negatives) / 2
        return self.iou_sum / weight if weight else None


@dataclass(slots=True)
class PanopticQuality:
    """PQ over many images: ``add`` each, then ask for the mean over categories."""

    tallies: dict[int, Tally] = field(default_factory=dict)

    def add(
        self,
        truth: npt.NDArray[np.int32],
        truth_segments: Iterable[LabelledSegment],
        prediction: npt.NDArray[np.int32],
        prediction_segments: Iterable[LabelledSegment],
    ) -> None:
        """Count one image.

        Args:
            truth: int32, HxW, ids.
            truth_segments: Its segments; their areas are believed.
            prediction: int32, HxW, ids.
            prediction_segments: Its segments; their areas are counted from the map.

        Raises:
            KeyError: The predicted map and its segments have different ids.
        """
        overlaps = _overlaps(truth, prediction)
        areas: dict[int, int] = {}
        for (_, predicted_id), pixels in overlaps.items():
            areas[predicted_id] = areas.get(predicted_id, 0) + pixels
        true = {segment.id: segment for segment in truth_segments}
        predicted = {segment.id: segment for segment in prediction_segments}
        if (areas.keys() - {VOID}) != predicted.keys():
            strangers = sorted((areas.keys() - {VOID}) ^ predicted.keys())
            raise KeyError(f"ids in the map and in its segments differ: {strangers[:10]}")
        matched = self._match(overlaps, true, predicted, areas)
        self._count_misses(true, {true_id for true_id, _ in matched})
        unmatched = predicted.keys() - {predicted_id for _, predicted_id in matched}
        self._count_inventions([predicted[i] for i in unmatched], true, overlaps, areas)

    def mean(self, category_ids: Iterable[int] | None = None) -> float | None:
        """Give the mean PQ of these categories (all), leaving out those that do not occur."""
        chosen = self.tallies.keys() if category_ids is None else set(category_ids)
        qualities = [
            tally.quality
            for category_id, tally in sorted(self.tallies.items())
            if category_id in chosen and tally.quality is not None
        ]
        return sum(qualities) / len(qualities) if qualities else None

    def _match(
        self,
        overlaps: Mapping[tuple[int, int], int],
        true: Mapping[int, LabelledSegment],
        predicted: Mapping[int, LabelledSegment],
        areas: Mapping[int, int],
    ) -> set[tuple[int, int]]:
        matched = set()
        for (true_id, predicted_id), shared in overlaps.items():
            segment, guess = true.get(true_id), predicted.get(predicted_id)
            if segment is None or guess is None or segment.iscrowd:
                continue
            if segment.category_id != guess.category_id:
                continue
            on_void = overlaps.get((VOID, predicted_id), 0)
            iou = shared / (areas[predicted_id] + segment.area - shared - on_void)
            if iou > _MATCH:
                tally = self._tally(segment.category_id)
                tally.matched += 1
                tally.iou_sum += iou
                matched.add((true_id, predicted_id))
        return matched

    def _count_misses(self, true: Mapping[int, LabelledSegment], matched: set[int]) -> None:
        for segment in true.values():
            if segment.id not in matched and not segment.iscrowd:
                self._tally(segment.category_id).false_negatives += 1

    def _count_inventions(
        self,
        guesses: Iterable[LabelledSegment],
        true: Mapping[int, LabelledSegment],
        overlaps: Mapping[tuple[int, int], int],
        areas: Mapping[int, int],
    ) -> None:
        crowds = {segment.category_id: segment.id for segment in true.values() if segment.iscrowd}
        for guess in guesses:
            ignored = overlaps.get((VOID, guess.id), 0)
            if guess.category_id in crowds:
                ignored += overlaps.get((crowds[guess.category_id], guess.id), 0)
            if ignored <= _IGNORED_SHARE * areas[guess.id]:
                self._tally(guess.category_id).false_positives += 1

    def _tally(self, category_id: int) -> Tally:
        return self.tallies.setdefault(category_id, Tally())


def _overlaps(
    truth: npt.NDArray[np.int32], prediction: npt.NDArray[np.int32]
) -> dict[tuple[int, int], int]:
    """Count the pixels of each pair of ids that meet, by runs: maps are mostly flat."""
    # The order of the pixels does not matter here; that of the memory decides the speed.
    pairs = (truth.astype(np.int64) << _SHIFT | prediction).ravel(order="K")
    begins = np.concatenate(([0], np.flatnonzero(pairs[1:] != pairs[:-1]) + 1))
    lengths = np.diff(begins, append=pairs.size)
    keys, places = np.unique(pairs[begins], return_inverse=True)
    pixels = np.bincount(places, weights=lengths).astype(np.int64)
    below = (1 << _SHIFT) - 1
    return {
        (key >> _SHIFT, key & below): count
        for key, count in zip(keys.tolist(), pixels.tolist(), strict=True)
    }
