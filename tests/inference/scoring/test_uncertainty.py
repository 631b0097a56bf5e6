"""Unsure images come first, and the reason says why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from inference.scoring.uncertainty import (
    SuggestionScore,
    boundary_entropy,
    image_priority,
    shaken_boxes,
    suggestion_disagreement,
    suggestion_uncertainty,
)

SURE = SuggestionScore(score=0.95, stability=0.98, disagreement=0.05, area_share=0.2)
WEAK = SuggestionScore(score=0.26, stability=0.95, disagreement=0.0, area_share=0.1)
UNSURE = SuggestionScore(score=0.2, stability=0.4, disagreement=0.7, area_share=0.1)


@dataclass
class Masked:
    mask: np.ndarray


def stripe(first: int, last: int) -> Masked:
    mask = np.zeros((4, 10), bool)
    mask[:, first:last] = True
    return Masked(mask)


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], 0.0),
        ([stripe(0, 5)], 0.0),
        ([stripe(0, 5), stripe(0, 5)], 0.0),
        ([stripe(0, 5), stripe(5, 10)], 1.0),
        ([stripe(0, 4), stripe(0, 8)], 0.5),
        ([stripe(0, 4), stripe(0, 8), stripe(0, 4)], 1 - (0.5 + 1 + 0.5) / 3),
        ([stripe(0, 0), stripe(0, 0)], 0.0),
    ],
    ids=["none", "one", "same", "apart", "half", "three", "empty"],
)
def test_disagreement_is_one_minus_the_mean_iou(candidates, expected):
    assert suggestion_disagreement(candidates) == pytest.approx(expected)


@pytest.mark.parametrize("field", ["score", "stability"])
def test_uncertainty_falls_with(field):
    values = [suggestion_uncertainty(replace(SURE, **{field: level})) for level in (0, 0.3, 0.6, 1)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4


def test_uncertainty_rises_with_disagreement():
    values = [suggestion_uncertainty(replace(SURE, disagreement=level)) for level in (0, 0.5, 1)]
    assert values == sorted(values)
    assert len(set(values)) == 3


@pytest.mark.parametrize("others", [0, 1, 5, 40])
@pytest.mark.parametrize("field", ["score", "stability"])
def test_an_image_is_never_less_urgent_for_a_suggestion_less_sure(others, field):
    priorities = [
        image_priority([SURE] * others + [replace(UNSURE, **{field: level})]).value
        for level in (0.9, 0.5, 0.1)
    ]
    assert priorities == sorted(priorities)


def test_one_unsure_suggestion_among_many_counts_more_than_none():
    assert image_priority([SURE] * 12 + [UNSURE]).value > image_priority([SURE] * 13).value + 0.2


def test_priority_stays_within_zero_and_one():
    worst = SuggestionScore(score=-3, stability=0, disagreement=2, area_share=7)
    best = SuggestionScore(score=1.2, stability=1, disagreement=0, area_share=0)
    assert image_priority([worst]).value == 1
    assert image_priority([best]).value == 0


@pytest.mark.parametrize(
    ("suggestions", "reason"),
    [
        ([], "the model found nothing"),
        ([SURE], "the only suggestion is sure (score 0.95)"),
        ([SURE, SURE], "all 2 suggestions are sure (lowest score 0.95)"),
        ([WEAK, WEAK], "2 suggestions of low score (lowest 0.26)"),
        ([UNSURE], "1 of 1 suggestion is unsure (lowest score 0.20)"),
        ([SURE, UNSURE], "1 of 2 suggestions is unsure (lowest score 0.20)"),
        ([SURE] * 9 + [UNSURE] * 3, "3 of 12 suggestions are unsure (lowest score 0.20)"),
    ],
)
def test_the_reason_is_in_words(suggestions, reason):
    assert image_priority(suggestions).reason == reason


def test_a_sharp_border_is_less_undecided_than_a_soft_one():
    ramp = np.linspace(-1, 1, 32)[None].repeat(32, axis=0)

    values = [boundary_entropy(slope * ramp) for slope in (1, 10, 100, 1000)]

    assert values == sorted(values, reverse=True)
    assert 0.99 < values[0] <= 1
    assert values[-1] < 0.05


@pytest.mark.parametrize("level", [-5.0, 5.0])
def test_a_mask_without_a_border_has_no_entropy(level):
    assert boundary_entropy(np.full((8, 8), level, np.float32)) is None


def test_extreme_logits_have_an_entropy_too():
    logits = np.full((8, 8), -1e4, np.float32)
    logits[2:5, 2:5] = 1e4

    assert boundary_entropy(logits) == 0


def test_shaken_boxes_stay_inside_and_are_never_empty():
    for box in ((0.0, 0.0, 64.0, 48.0), (10.0, 10.0, 20.0, 40.0), (63.0, 47.0, 64.0, 48.0)):
        shaken = shaken_boxes(box, (48, 64))

        assert len(shaken) == 3
        for x0, y0, x1, y1 in shaken:
            assert 0 <= x0 < x1 <= 64
            assert 0 <= y0 < y1 <= 48
    assert len({*shaken_boxes((10.0, 10.0, 30.0, 40.0), (48, 64))}) == 3


def test_an_undecided_border_makes_a_suggestion_less_sure():
    unknown = suggestion_uncertainty(SURE)
    sharp, soft = (
        suggestion_uncertainty(replace(SURE, boundary_entropy=bits)) for bits in (0.0, 1.0)
    )

    assert sharp < unknown < soft
