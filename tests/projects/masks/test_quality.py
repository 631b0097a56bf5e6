"""Panoptic quality: its arithmetic, and panopticapi's rules for void and crowds."""

from __future__ import annotations

import numpy as np
import pytest

from projects.masks.quality import LabelledSegment, PanopticQuality, Tally


def row(*runs: tuple[int, int]) -> np.ndarray:
    """A map of one row, from (id, pixels)."""
    return np.concatenate([np.full(pixels, segment_id, np.int32) for segment_id, pixels in runs])[
        None
    ]


def segments(ids: np.ndarray, **category_of: int) -> list[LabelledSegment]:
    return [
        LabelledSegment(int(name[1:]), category, int((ids == int(name[1:])).sum()))
        for name, category in category_of.items()
    ]


def tally_of(truth, truth_segments, prediction, prediction_segments, category: int = 1) -> Tally:
    quality = PanopticQuality()
    quality.add(truth, truth_segments, prediction, prediction_segments)
    return quality.tallies.get(category, Tally())


def test_a_map_against_itself_is_perfect() -> None:
    ids = row((1, 10), (0, 5), (2, 7), (70_000, 3))
    described = segments(ids, _1=1, _2=1, _70000=4)
    quality = PanopticQuality()

    quality.add(ids, described, ids, described)

    assert quality.mean() == 1
    assert quality.tallies[1] == Tally(iou_sum=2, matched=2)


def test_quality_is_iou_over_matches_and_half_the_misses() -> None:
    truth = row((1, 10), (2, 10), (3, 10))
    guess = row((1, 8), (2, 12), (9, 10))

    tally = tally_of(
        truth, segments(truth, _1=1, _2=1, _3=1), guess, segments(guess, _1=1, _2=1, _9=2)
    )

    assert (tally.matched, tally.false_positives, tally.false_negatives) == (2, 0, 1)
    assert tally.iou_sum == pytest.approx(8 / 10 + 10 / 12)
    assert tally.quality == pytest.approx((8 / 10 + 10 / 12) / 2.5)


def test_exactly_half_is_no_match() -> None:
    truth, guess = row((1, 10)), row((1, 5), (0, 5))

    tally = tally_of(truth, segments(truth, _1=1), guess, segments(guess, _1=1))

    assert (tally.matched, tally.false_positives, tally.false_negatives) == (0, 1, 1)


def test_another_category_is_no_match() -> None:
    ids = row((1, 10))

    tally = tally_of(ids, segments(ids, _1=1), ids, segments(ids, _1=2))

    assert (tally.matched, tally.false_negatives) == (0, 1)


def test_void_in_the_truth_is_left_out_of_the_union() -> None:
    truth, guess = row((1, 10), (0, 10)), row((1, 20))

    tally = tally_of(truth, segments(truth, _1=1), guess, segments(guess, _1=1))

    assert tally.iou_sum == 1


@pytest.mark.parametrize(("on_void", "false_positives"), [(6, 0), (5, 1)])
def test_a_guess_mostly_on_void_is_no_false_positive(on_void: int, false_positives: int) -> None:
    truth = row((0, on_void), (2, 10 - on_void))
    guess = row((1, 10))

    tally = tally_of(truth, segments(truth, _2=2), guess, segments(guess, _1=1))

    assert tally.false_positives == false_positives


def test_crowds_are_neither_missed_nor_matched_and_excuse_guesses_of_their_class() -> None:
    truth, guess = row((1, 10), (2, 10)), row((7, 10), (8, 10))
    crowd = LabelledSegment(1, 1, 10, iscrowd=True)
    quality = PanopticQuality()

    quality.add(truth, [crowd, LabelledSegment(2, 2, 10)], guess, segments(guess, _7=1, _8=1))

    assert quality.tallies[1] == Tally(false_positives=1)
    assert quality.tallies[2] == Tally(false_negatives=1)


def test_an_area_that_is_not_the_maps_costs_quality() -> None:
    ids = row((1, 8))

    tally = tally_of(ids, [LabelledSegment(1, 1, 10)], ids, segments(ids, _1=1))

    assert tally.quality == pytest.approx(0.8)


def test_the_mean_is_over_categories_that_occur() -> None:
    truth, guess = row((1, 10), (2, 10)), row((1, 10), (0, 10))
    quality = PanopticQuality()

    quality.add(truth, segments(truth, _1=1, _2=2), guess, segments(guess, _1=1))

    assert quality.mean() == 0.5
    assert quality.mean([1, 99]) == 1
    assert quality.mean([99]) is None


@pytest.mark.parametrize("described", [{}, {"_1": 1, "_5": 1}])
def test_ids_without_a_segment_and_segments_without_a_pixel_are_errors(
    described: dict[str, int],
) -> None:
    ids = row((1, 10))

    with pytest.raises(KeyError, match="differ"):
        PanopticQuality().add(ids, segments(ids, _1=1), ids, segments(ids, **described))
