"""What is small in the image is looked at for itself, by models that have the time."""

from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.classic import ClassicSegmenter
from inference.segmenters.closer_look import (
    predict_closer,
    predict_merged,
    region_around,
    region_for,
)
from inference.segmenters.protocol import Box, Candidate, Embedding, ImageRgb, Prompt
from inference.segmenters.region import Region

SIZE = (600, 900)
SMALL: Box = (400, 200, 480, 260)
PART = Region(320, 120, 560, 340)
BRIGHT = 200


class Bright:
    """Finds the bright pixels in the box of whatever picture it is shown."""

    name, version = "bright", "1"
    kinds = frozenset({"points", "box"})
    stores_embedding = looks_closer = True
    needs_worker = False

    def __init__(self) -> None:
        self.seen_hw: list[tuple[int, ...]] = []

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        self.seen_hw.append(image_rgb.shape[:2])
        height, width = image_rgb.shape[:2]
        return Embedding(self.name, self.version, (height, width), image_rgb)

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        bright = np.asarray(embedding.array)[..., 0] > BRIGHT
        mask = np.zeros_like(bright)
        if prompt.box_xyxy is None:
            mask = bright
        else:
            x0, y0, x1, y1 = (round(side) for side in prompt.box_xyxy)
            mask[y0:y1, x0:x1] = bright[y0:y1, x0:x1]
        return [Candidate(mask, 0.5, 1.0, np.zeros((4, 4), np.float32))]


@pytest.fixture
def picture() -> ImageRgb:
    pixels: ImageRgb = np.random.default_rng(3).integers(0, 256, (*SIZE, 3), np.uint8)
    return pixels


def test_a_small_box_is_looked_at_with_its_own_size_around_it() -> None:
    assert region_around(Bright(), SMALL, SIZE) == PART


def test_a_speck_is_not_enlarged_without_end() -> None:
    region = region_around(Bright(), (500, 300, 510, 308), SIZE)

    assert region is not None
    assert max(region.size_hw) == 192


@pytest.mark.parametrize(
    ("box", "size_hw"),
    [
        ((100, 100, 500, 400), SIZE),  # fills the image with what lies around it
        ((10, 10, 20, 20), (200, 280)),  # an image that the model sees whole already
        ((10, 1, 20, 6), (8, 2000)),  # no room for a picture
        ((0, 0, 1, 1), (1, 1)),
    ],
)
def test_elsewhere_the_whole_image_does(box: Box, size_hw: tuple[int, int]) -> None:
    assert region_around(Bright(), box, size_hw) is None


def test_only_a_model_that_has_the_time_looks_closer() -> None:
    assert region_around(ClassicSegmenter(), SMALL, SIZE) is None


@pytest.mark.parametrize(
    ("prompt", "looks"),
    [
        (Prompt(box_xyxy=SMALL), True),
        (Prompt(box_xyxy=SMALL, points_xy=np.float32([[410, 210]]), point_labels=np.array([1])), 1),
        (Prompt(box_xyxy=SMALL, points_xy=np.float32([[50, 50]]), point_labels=np.array([0])), 0),
        (Prompt(points_xy=np.float32([[410, 210]]), point_labels=np.array([1])), False),
        (Prompt(box_xyxy=SMALL, mask=np.zeros(SIZE, bool)), False),
        (Prompt(box_xyxy=SMALL, logits=np.zeros((1, 4, 4), np.float32)), False),
    ],
)
def test_what_tells_of_the_whole_image_is_asked_of_it(prompt: Prompt, looks: bool) -> None:
    assert (region_for(Bright(), prompt, SIZE) is not None) == bool(looks)


def test_the_answer_is_the_images_mask_and_nothing_to_go_on_from(picture: ImageRgb) -> None:
    model = Bright()
    whole = model.embed(picture)

    [closer] = predict_closer(model, picture, whole, Prompt(box_xyxy=SMALL))

    assert model.seen_hw == [SIZE, PART.size_hw]
    assert (closer.mask == model.predict(whole, Prompt(box_xyxy=SMALL))[0].mask).all()
    assert closer.mask.sum() > 500
    assert closer.logits is None


def test_a_large_box_costs_no_second_look(picture: ImageRgb) -> None:
    model = Bright()

    [answer] = predict_closer(
        model, picture, model.embed(picture), Prompt(box_xyxy=(100, 100, 700, 500))
    )

    assert model.seen_hw == [SIZE]
    assert answer.logits is not None


def masks(*boxes: Box) -> list[Candidate]:
    found = []
    for x0, y0, x1, y1 in boxes:
        mask = np.zeros(SIZE, bool)
        mask[int(y0) : int(y1), int(x0) : int(x1)] = True
        found.append(Candidate(mask, 0.5, 1.0, None))
    return found


def test_a_closer_answer_goes_into_the_whole_image_s_likest_mask() -> None:
    tower, house = (390.0, 20.0, 490.0, 590.0), (10.0, 200.0, 890.0, 260.0)
    seen = np.zeros(PART.size_hw, bool)
    seen[:, 75:165] = True  # the tower, a little narrower
    prompt = Prompt(np.array([[440.0, 230.0]], np.float32), np.array([1]))

    for order in ((tower, house), (house, tower)):
        [answer] = predict_merged(
            lambda _, order=order: masks(*order),
            lambda _: [Candidate(seen, 0.9, 1.0, None)],
            prompt,
            PART,
        )

        assert answer.score == 0.9
        assert answer.mask[40, 440]  # the tower goes on above the part
        assert not answer.mask[230, 100]  # the house does not


def test_a_mask_to_refine_is_what_a_closer_answer_goes_into() -> None:
    [kept] = masks((10.0, 200.0, 890.0, 260.0))
    seen = np.zeros(PART.size_hw, bool)
    seen[:, 75:165] = True
    prompt = Prompt(np.array([[440.0, 230.0]], np.float32), np.array([1]), mask=kept.mask)

    [answer] = predict_merged(
        lambda _: masks((390.0, 20.0, 490.0, 590.0)),
        lambda _: [Candidate(seen, 0.9, 1.0, None)],
        prompt,
        PART,
    )

    outside = np.ones(SIZE, bool)
    outside[PART.place] = False
    assert (answer.mask == kept.mask)[outside].all()
    assert answer.mask[PART.y0 + 110, PART.x0 + 120]


def test_clicks_and_boxes_bind_what_is_merged_too() -> None:
    [kept] = masks((10.0, 200.0, 890.0, 260.0))
    seen = np.zeros(PART.size_hw, bool)
    seen[:, 75:165] = True
    clicks = np.array([[440, 230], [600, 230], [100, 20], [330, 130]], np.float32)
    labels = np.array([1, 0, 1, 1])
    prompt = Prompt(clicks, labels, mask=kept.mask, box_xyxy=(5.0, 10.0, 700.0, 400.0))

    [answer] = predict_merged(
        lambda _: [], lambda _: [Candidate(seen, 0.9, 1.0, None)], prompt, PART
    )

    assert [bool(answer.mask[y, x]) for x, y in clicks.astype(int)] == [1, 0, 1, 1]
    assert not answer.mask[:, 770:].any()
    assert answer.mask[230, 765]
