"""The interactive guarantee: clicks are on their side, box answers stay near the box."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.segmenters import registry
from inference.segmenters.guarantee import hold
from inference.segmenters.onnx import load_decoder
from inference.segmenters.protocol import Prompt
from tests.inference.segmenters.small_sam import NAME

HEIGHT, WIDTH = 60, 90
SHORT = settings(max_examples=10, deadline=None, derandomize=True)


def prompt(points=(), labels=(), **fields) -> Prompt:
    return Prompt(np.array(points, np.float32).reshape(-1, 2), np.array(labels, np.int64), **fields)


def ramp() -> np.ndarray:
    """Logits that fall from 5 at the left to -5 at the right, 10 x 11."""
    return np.tile(np.linspace(5, -5, 11, dtype=np.float32), (10, 1))


@st.composite
def prompts(draw: st.DrawFn) -> Prompt:
    inside = st.tuples(
        st.floats(0, WIDTH, exclude_max=True, width=32),
        st.floats(0, HEIGHT, exclude_max=True, width=32),
    )
    points = draw(st.lists(inside, max_size=6))
    box = None
    if draw(st.booleans()) or not points:
        x0, y0 = draw(st.floats(0, WIDTH - 2)), draw(st.floats(0, HEIGHT - 2))
        box = (x0, y0, draw(st.floats(x0 + 1, WIDTH)), draw(st.floats(y0 + 1, HEIGHT)))
    labels = draw(st.lists(st.integers(0, 1), min_size=len(points), max_size=len(points)))
    if box is None:
        labels[0] = 1
    return prompt(points, labels, box_xyxy=box, multimask=draw(st.booleans()))


def assert_holds(mask: np.ndarray, asked: Prompt) -> None:
    last = {
        (int(x), int(y)): bool(label)
        for (x, y), label in zip(asked.points_xy, asked.point_labels, strict=True)
    }
    assert {spot: bool(mask[spot[1], spot[0]]) for spot in last} == last
    if asked.box_xyxy is None or not mask.any():
        return
    x0, y0, x1, y1 = asked.box_xyxy
    aside, above = (x1 - x0) * 0.1 + 1, (y1 - y0) * 0.1 + 1
    rows, columns = np.nonzero(mask)
    far = (columns < x0 - aside) | (columns + 1 > x1 + aside)
    far |= (rows < y0 - above) | (rows + 1 > y1 + above)
    clicked = {spot for spot, is_inside in last.items() if is_inside}
    for row, column in zip(rows[far], columns[far], strict=True):
        assert any(abs(column - x) <= 1 and abs(row - y) <= 1 for x, y in clicked)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    chance = np.random.default_rng(4)
    image = chance.integers(0, 60, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    image[15:45, 20:60] += 120
    return image


@pytest.fixture(scope="module", params=["classic", "sam_nano", NAME])
def answering(request, picture, sam_dir: Path, nano_dir: Path, small_sam):
    """What answers a person, with an embedding of the picture: SAM's web decoder, not its model."""
    if request.param == NAME:
        small_sam.decoder_onnx()
        return load_decoder(NAME, sam_dir), small_sam.embed(picture)
    own = registry.load(request.param, nano_dir)
    return own, own.embed(picture)


@SHORT
@given(asked=prompts())
def test_every_segmenter_keeps_it(answering, asked: Prompt) -> None:
    segmenter, embedding = answering

    for answer in segmenter.predict(embedding, asked):
        assert_holds(answer.mask, asked)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(asked=prompts(), seed=st.integers(0, 2**16), has_logits=st.booleans())
def test_any_mask_is_made_to_keep_it(asked: Prompt, seed: int, has_logits: bool) -> None:
    logits = np.random.default_rng(seed).normal(0, 4, (HEIGHT, WIDTH)).astype(np.float32)
    mask = logits > 0
    before = mask.copy()
    beliefs = logits if has_logits else None

    held = hold(mask, beliefs, asked)

    assert held.dtype == np.bool_
    assert np.array_equal(mask, before)
    assert_holds(held, asked)
    assert np.array_equal(hold(held, beliefs, asked), held)


def test_an_answer_that_agrees_is_left_as_it_is() -> None:
    logits = ramp()

    held = hold(logits > 0, logits, prompt([(1, 5), (9, 5)], [1, 0]))

    assert np.array_equal(held, logits > 0)


def test_a_click_inside_adds_what_is_believed_as_much() -> None:
    logits = ramp()

    held = hold(logits > 0, logits, prompt([(7, 5)], [1]))

    assert np.array_equal(held[5], np.arange(11) <= 8)  # a disc of one pixel reaches to the right
    assert np.array_equal(held[0], np.arange(11) <= 7)


def test_a_click_outside_takes_away_what_is_doubted_as_much() -> None:
    logits = ramp()

    held = hold(logits > 0, logits, prompt([(2, 5)], [0]))

    assert np.array_equal(held[0], np.arange(11) < 2)
    assert not held[5, 2]


def test_a_region_that_holds_the_other_side_is_but_a_disc() -> None:
    logits = ramp()

    held = hold(logits > 0, logits, prompt([(6, 0), (8, 5)], [0, 1]))

    assert held[5, 8]
    assert not held[0, 6:].any()
    assert not held[9, 6:].any()


def test_what_is_not_joined_to_the_click_stays() -> None:
    logits = np.full((20, 20), -9, np.float32)
    logits[2:6, 2:6], logits[12:16, 12:16] = -1, -1

    held = hold(logits > 0, logits, prompt([(3, 3)], [1]))

    assert held[2:6, 2:6].all()
    assert held.sum() == 16


def test_of_two_clicks_on_one_pixel_the_later_counts() -> None:
    assert not hold(np.ones((9, 9), bool), None, prompt([(4, 4), (4.5, 4.5)], [1, 0]))[4, 4]
    assert hold(np.zeros((9, 9), bool), None, prompt([(4, 4), (4.5, 4.5)], [0, 1]))[4, 4]


def test_what_is_far_outside_of_the_box_goes() -> None:
    held = hold(np.ones((60, 90), bool), None, prompt(box_xyxy=(20.0, 10.0, 60.0, 50.0)))

    rows, columns = np.nonzero(held)
    assert (columns.min(), columns.max() + 1) == (16, 64)
    assert (rows.min(), rows.max() + 1) == (6, 54)
