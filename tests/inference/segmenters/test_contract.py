"""What holds for every segmenter: shapes, ranges, same answers twice, bad prompts refused."""

from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.box_prompts import predict_boxes
from inference.segmenters.protocol import Embedding, Prompt
from projects.errors import InvalidInput

HEIGHT, WIDTH = 426, 640


def prompt(points=(), labels=(), **fields) -> Prompt:
    return Prompt(np.array(points, np.float32).reshape(-1, 2), np.array(labels, np.int64), **fields)


def square_mask() -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[150:300, 380:500] = True
    return mask


GOOD = {
    "click": prompt([(410, 240)], [1]),
    "ambiguous click": prompt([(410, 240)], [1], multimask=True),
    "clicks": prompt([(410, 240), (100, 60), (420, 200)], [1, 0, 1]),
    "corner click": prompt([(639.9, 425.9)], [1]),
    "box": prompt(box_xyxy=(340.0, 140.0, 530.0, 400.0)),
    "box over the border": prompt(box_xyxy=(500.0, 300.0, 900.0, 900.0)),
    "thin box": prompt(box_xyxy=(10.2, 10.0, 10.9, 300.0)),
    "box and click": prompt([(350, 150)], [0], box_xyxy=(340.0, 140.0, 530.0, 400.0)),
    "mask": prompt(mask=square_mask()),
    "mask and clicks": prompt([(390, 160), (350, 200)], [0, 1], mask=square_mask()),
}
NAN = float("nan")
BAD = {
    "nothing": prompt(),
    "only outside": prompt([(10, 10)], [0]),
    "left of the image": prompt([(-1, 10)], [1]),
    "below the image": prompt([(10, HEIGHT)], [1]),
    "not a number": prompt([(NAN, 10)], [1]),
    "infinite": prompt([(np.inf, 10)], [1]),
    "strange label": prompt([(10, 10)], [2]),
    "label too many": prompt([(10, 10)], [1, 0]),
    "1,000 points": prompt([(10, 10)] * 1000, [1] * 1000),
    "reversed box": prompt(box_xyxy=(200.0, 100.0, 100.0, 200.0)),
    "empty box": prompt(box_xyxy=(100.0, 100.0, 100.0, 200.0)),
    "box outside": prompt(box_xyxy=(700.0, 10.0, 800.0, 20.0)),
    "box not a number": prompt(box_xyxy=(NAN, 10.0, 20.0, 20.0)),
    "box of three": prompt(box_xyxy=(1.0, 2.0, 3.0)),
    "mask of another size": prompt(mask=np.ones((10, 10), bool)),
    "mask of numbers": prompt(mask=np.ones((HEIGHT, WIDTH), np.uint8)),
    "empty mask": prompt(mask=np.zeros((HEIGHT, WIDTH), bool)),
    "logits not a number": prompt(logits=np.full((1, 64, 64), NAN, np.float32)),
    "logits of another size": prompt([(1, 1)], [1], logits=np.zeros((1, 8, 4), np.float32)),
}


@pytest.fixture(scope="module")
def embedding(segmenter, photo):
    return segmenter.embed(photo)


@pytest.mark.parametrize("case", GOOD)
def test_a_good_prompt_gets_one_to_three_masks_of_the_image(segmenter, embedding, case):
    answers = segmenter.predict(embedding, GOOD[case])

    assert 1 <= len(answers) <= (3 if GOOD[case].multimask else 1)
    assert [answer.score for answer in answers] == sorted(
        (answer.score for answer in answers), reverse=True
    )
    for answer in answers:
        assert answer.mask.dtype == np.bool_
        assert answer.mask.shape == (HEIGHT, WIDTH)
        assert 0 <= answer.score <= 1
        assert 0 <= answer.stability <= 1


@pytest.mark.parametrize("case", ["ambiguous click", "box", "mask and clicks"])
def test_the_same_prompt_gets_the_same_answer(segmenter, embedding, case):
    first = segmenter.predict(embedding, GOOD[case])
    second = segmenter.predict(embedding, GOOD[case])

    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.mask, other.mask)
        assert (one.score, one.stability) == (other.score, other.stability)


BOXES = [(340.0, 140.0, 530.0, 400.0), (500.0, 300.0, 900.0, 900.0), (20.0, 30.0, 200.0, 90.0)]


def test_boxes_asked_together_get_the_answers_of_each(segmenter, embedding):
    if "box" not in segmenter.kinds:
        pytest.skip("it answers no boxes")
    together = list(predict_boxes(segmenter, embedding, BOXES))

    for box, answer in zip(BOXES, together, strict=True):
        [alone] = segmenter.predict(embedding, Prompt(box_xyxy=box))
        either = np.count_nonzero(alone.mask | answer.mask)
        assert np.count_nonzero(alone.mask & answer.mask) >= 0.98 * either
        assert answer.score == pytest.approx(alone.score, abs=0.01)
        assert answer.stability == pytest.approx(alone.stability, abs=0.02)


@pytest.mark.parametrize("case", BAD)
def test_a_bad_prompt_is_refused_before_the_model_sees_it(segmenter, embedding, case):
    with pytest.raises(InvalidInput):
        segmenter.predict(embedding, BAD[case])


def test_another_segmenters_embedding_is_refused(segmenter, embedding):
    foreign = Embedding("another", segmenter.version, embedding.size_hw, embedding.array)
    outdated = Embedding(segmenter.name, "0", embedding.size_hw, embedding.array)

    for wrong in (foreign, outdated):
        with pytest.raises(InvalidInput):
            segmenter.predict(wrong, GOOD["box"])


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=["gray", "alpha", "float", "empty"],
)
def test_what_is_no_rgb_image_is_refused(segmenter, image):
    with pytest.raises(InvalidInput):
        segmenter.embed(image)


@pytest.mark.parametrize(
    "size_hw", [(1, 1), (1, 200), (200, 1), (2, 3), (3, 500)], ids=lambda size: f"{size}"
)
def test_tiny_and_thin_images_get_answers(segmenter, size_hw):
    image = np.full((*size_hw, 3), 90, np.uint8)
    embedding = segmenter.embed(image)

    clicked = segmenter.predict(embedding, prompt([(0.5, 0.5)], [1]))
    boxed = segmenter.predict(embedding, prompt(box_xyxy=(0.0, 0.0, 1.0, 1.0)))

    assert clicked[0].mask.shape == boxed[0].mask.shape == size_hw


def test_an_image_of_one_colour_gets_answers(segmenter):
    embedding = segmenter.embed(np.full((120, 160, 3), 128, np.uint8))

    answers = segmenter.predict(embedding, prompt([(80, 60)], [1], multimask=True))

    assert all(np.isfinite([answer.score, answer.stability]).all() for answer in answers)
