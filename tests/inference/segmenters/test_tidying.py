"""Candidates are tidied: specks, pinholes, doubles, and covering the image."""

from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.protocol import Candidate
from inference.segmenters.tidying import Cover, Tidying, parse, tidy
from projects.errors import InvalidInput

SIZE = (40, 60)


def box(y0: int, x0: int, y1: int, x1: int) -> np.ndarray:
    mask = np.zeros(SIZE, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def candidate(mask: np.ndarray, score: float = 0.9, name: str = "") -> Candidate:
    return Candidate(mask, score, 0.8, class_name=name)


def masks(kept) -> list[np.ndarray]:
    return [one.candidate.mask for one in kept]


def test_the_defaults_change_nothing() -> None:
    found = [candidate(box(0, 0, 9, 9)), candidate(box(0, 0, 9, 9))]

    kept = tidy(found, Tidying(), SIZE)

    assert [one.candidate for one in kept] == found
    assert [one.origin for one in kept] == [0, 1]


def test_small_parts_go_and_with_the_last_one_the_candidate() -> None:
    with_speck = box(0, 0, 10, 10) | box(30, 50, 32, 52)
    found = [candidate(box(0, 30, 3, 33)), candidate(with_speck, 0.7, "car")]

    kept = tidy(found, Tidying(least_region=10), SIZE)

    assert [one.origin for one in kept] == [1]
    assert np.array_equal(kept[0].candidate.mask, box(0, 0, 10, 10))
    assert (kept[0].candidate.score, kept[0].candidate.class_name) == (0.7, "car")


def test_small_holes_are_filled_and_large_ones_stay() -> None:
    holed = box(0, 0, 30, 30) & ~box(3, 3, 5, 5) & ~box(10, 10, 20, 20)

    kept = tidy([candidate(holed)], Tidying(fill_holes=10), SIZE)

    assert np.array_equal(kept[0].candidate.mask, box(0, 0, 30, 30) & ~box(10, 10, 20, 20))


def test_of_doubles_the_first_stays_but_classes_do_not_compete() -> None:
    found = [
        candidate(box(0, 0, 10, 10), name="cat"),
        candidate(box(0, 0, 10, 11), name="cat"),
        candidate(box(0, 0, 10, 10), name="dog"),
        candidate(box(0, 0, 10, 20), name="cat"),
    ]

    kept = tidy(found, Tidying(most_alike=0.8), SIZE)

    assert [one.origin for one in kept] == [0, 2, 3]


@pytest.mark.parametrize("cover", [Cover.LEAVE, Cover.FILL, Cover.NAME])
def test_covering_leaves_no_overlap_and_parts_lie_on_their_wholes(cover: Cover) -> None:
    car, wheel = box(5, 5, 35, 35), box(20, 10, 30, 20)

    kept = tidy([candidate(car), candidate(wheel)], Tidying(cover=cover), SIZE)

    shown = np.sum(masks(kept), axis=0)
    assert shown.max() == 1
    assert (shown == 1).all() == (cover is not Cover.LEAVE)
    assert np.array_equal(masks(kept)[1] & car, wheel)
    if cover is Cover.NAME:
        assert kept[2].origin is None
        assert kept[2].candidate.is_region
        assert np.array_equal(kept[2].candidate.mask, ~car)


def test_a_gap_goes_to_the_nearest_mask() -> None:
    found = [candidate(box(0, 0, 40, 10)), candidate(box(0, 50, 40, 60))]

    left, right = masks(tidy(found, Tidying(cover=Cover.FILL), SIZE))

    assert np.array_equal(left, box(0, 0, 40, 30))
    assert np.array_equal(right, box(0, 30, 40, 60))


def test_what_is_nearly_hidden_is_given_up() -> None:
    hidden, above = box(0, 0, 10, 10), box(0, 0, 10, 9)

    kept = tidy(
        [candidate(hidden), candidate(above)], Tidying(least_region=20, cover="leave"), SIZE
    )

    assert [one.origin for one in kept] == [1]


def test_nothing_found_still_names_the_rest_and_fills_nothing() -> None:
    assert tidy([], Tidying(cover=Cover.FILL), SIZE) == []
    assert tidy([], Tidying(cover=Cover.NAME), SIZE)[0].candidate.mask.all()


def test_settings_are_read_as_they_were_written() -> None:
    wish = Tidying(least_region=5, most_alike=0.7, cover=Cover.FILL)

    assert parse(wish.settings()) == wish
    assert Tidying().settings() == {}
    assert wish.settings() == {"least_region": 5, "most_alike": 0.7, "cover": "fill"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"least_region": -1},
        {"least_region": 1.5},
        {"fill_holes": True},
        {"most_alike": 0},
        {"most_alike": "all"},
        {"cover": "blanket"},
        {"smooth": 1},
    ],
)
def test_a_wrong_setting_is_refused_by_name(wrong) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        parse(wrong)
