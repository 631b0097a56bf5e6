"""The classic segmenter: clicks hold, boxes bind, corrections stay local, proposals differ."""

from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.coded import CodedCandidate
from inference.segmenters.protocol import Prompt
from projects.errors import InvalidInput


def prompt(points=(), labels=(), **fields) -> Prompt:
    return Prompt(np.array(points, np.float32).reshape(-1, 2), np.array(labels, np.int64), **fields)


def shapes(height: int = 240, width: int = 320) -> tuple[np.ndarray, np.ndarray]:
    """A red disc on a green ground with a little noise, and the disc's mask."""
    rows, columns = np.mgrid[:height, :width]
    disc = (rows - height * 0.5) ** 2 + (columns - width * 0.4) ** 2 < (height * 0.25) ** 2
    image = np.where(disc[..., None], (200, 60, 50), (70, 130, 60)).astype(np.int16)
    noise = np.random.default_rng(0).integers(-12, 13, image.shape)
    return (image + noise).clip(0, 255).astype(np.uint8), disc


def iou(one: np.ndarray, other: np.ndarray) -> float:
    return np.count_nonzero(one & other) / np.count_nonzero(one | other)


def random_clicks(generator, size_hw, count):
    points = generator.uniform((0, 0), size_hw[::-1], (count, 2))
    return points, np.append(1, generator.integers(0, 2, count - 1))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("start", ["clicks", "box", "mask"])
def test_each_click_is_on_its_side(classic, photo, start, seed):
    generator = np.random.default_rng(seed)
    embedding = classic.embed(photo)
    points, labels = random_clicks(generator, photo.shape[:2], 2 + seed)
    fields = {}
    if start == "box":
        fields["box_xyxy"] = (150.0, 100.0, 450.0, 330.0)
    if start == "mask":
        fields["mask"] = np.zeros(photo.shape[:2], bool)
        fields["mask"][100:300, 200:400] = True

    answer = classic.predict(embedding, prompt(points, labels, **fields))[0]

    assert [bool(answer.mask[int(y), int(x)]) for x, y in points] == [
        label == 1 for label in labels
    ]


def test_of_two_clicks_on_one_pixel_the_later_counts(classic, photo):
    embedding = classic.embed(photo)

    answer = classic.predict(embedding, prompt([(300, 200), (300, 200)], [1, 0]))[0]

    assert not answer.mask[200, 300]


@pytest.mark.parametrize("seed", range(8))
def test_a_box_answer_stays_in_the_box_grown_by_a_tenth(classic, photo, seed):
    generator = np.random.default_rng(seed)
    height, width = photo.shape[:2]
    x0, x1 = np.sort(generator.uniform(0, width, 2)) + np.array([0, 5])
    y0, y1 = np.sort(generator.uniform(0, height, 2)) + np.array([0, 5])

    mask = classic.predict(classic.embed(photo), prompt(box_xyxy=(x0, y0, x1, y1)))[0].mask

    rows, columns = np.nonzero(mask)
    aside, above = (x1 - x0) * 0.1 + 1, (y1 - y0) * 0.1 + 1
    assert mask.any()
    assert columns.min() >= x0 - aside
    assert columns.max() + 1 <= x1 + aside
    assert rows.min() >= y0 - above
    assert rows.max() + 1 <= y1 + above


@pytest.mark.parametrize(
    "asked",
    [prompt([(128, 120)], [1]), prompt(box_xyxy=(65.0, 57.0, 191.0, 183.0))],
    ids=["click", "box"],
)
def test_a_clear_thing_is_found(classic, asked):
    image, disc = shapes()

    answer = classic.predict(classic.embed(image), asked)[0]

    assert iou(answer.mask, disc) > 0.93
    assert answer.score > 0.6


def test_a_small_thing_in_a_large_picture_is_found_at_full_resolution(classic):
    image, disc = shapes(240, 320)
    large, _ = shapes(1800, 2400)
    large[1500:1740, 2000:2320] = image
    truth = np.zeros(large.shape[:2], bool)
    truth[1500:1740, 2000:2320] = disc

    answer = classic.predict(classic.embed(large), prompt([(2128, 1620)], [1]))[0]

    assert iou(answer.mask, truth) > 0.9


def test_an_ambiguous_click_gets_candidates_that_differ(classic, photo):
    answers = classic.predict(classic.embed(photo), prompt([(425, 225)], [1], multimask=True))

    assert len(answers) >= 2
    for place, one in enumerate(answers):
        assert one.mask[225, 425]
        for other in answers[place + 1 :]:
            assert iou(one.mask, other.mask) < 0.8


def test_a_correction_of_a_mask_leaves_the_rest_alone(classic):
    image, disc = shapes()
    damaged = disc.copy()
    damaged[60:90, 110:150] = False
    damaged[150:160, 240:250] = True

    answer = classic.predict(classic.embed(image), prompt([(128, 75)], [1], mask=damaged))[0].mask

    assert iou(answer[:140, :200], disc[:140, :200]) > iou(damaged[:140, :200], disc[:140, :200])
    assert np.array_equal(answer[150:160, 240:250], damaged[150:160, 240:250])


def test_a_correction_in_a_box_stays_in_it_whatever_the_mask_to_refine_did(classic):
    image, disc = shapes()
    asked = prompt([(128, 75)], [1], mask=disc, box_xyxy=(100, 60, 160, 110))

    answer = classic.predict(classic.embed(image), asked)[0].mask

    assert answer[75, 128]
    rows, columns = np.nonzero(answer)
    assert rows.min() >= 55
    assert rows.max() < 115
    assert columns.min() >= 94
    assert columns.max() < 166


def test_a_mask_without_clicks_is_drawn_to_the_edge(classic):
    image, disc = shapes()
    rough = np.zeros_like(disc)
    rough[62:178, 70:186] = True

    answer = classic.predict(classic.embed(image), prompt(mask=rough))[0].mask

    assert iou(answer, disc) > iou(rough, disc) + 0.1


def test_logits_alone_are_refused(classic, photo):
    with pytest.raises(InvalidInput):
        classic.predict(classic.embed(photo), prompt(logits=np.zeros((1, 64, 64), np.float32)))


def test_everything_is_a_number_of_regions_that_differ(classic, photo):
    found = classic.propose(photo, classic.embed(photo))

    assert 8 <= len(found) <= 40
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for place, one in enumerate(found):
        assert one.mask.any()
        assert 0 <= one.score <= 1
        assert 0 <= one.stability <= 1
        assert all(iou(one.mask, other.mask) <= 0.7 for other in found[place + 1 :])


def test_everything_is_kept_as_run_lengths(classic, photo):
    """Forty masks of 100 megapixels as arrays would be 4 GB."""
    found = classic.propose(photo, classic.embed(photo))

    assert all(isinstance(one, CodedCandidate) for one in found)


def test_everything_is_the_same_twice(classic, photo):
    first, second = (classic.propose(photo, classic.embed(photo)) for _ in range(2))

    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("size_hw", [(1, 1), (1, 40), (3, 3), (50, 60)])
def test_everything_of_a_flat_picture_is_no_error(classic, size_hw):
    image = np.full((*size_hw, 3), 77, np.uint8)

    found = classic.propose(image, classic.embed(image))

    assert all(one.mask.shape == size_hw for one in found)
