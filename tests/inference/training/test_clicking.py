"""Simulated clicks are answered as the smart tool has them answered."""

from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.protocol import Candidate, Embedding, ImageRgb, Prompt
from inference.training.clicking import Clicking

SIZE = (600, 900)
OBJECT = (slice(200, 260), slice(400, 480))
WITHIN = ((410, 210), (470, 250), (440, 230), (430, 215), (450, 245))


class Remembering:
    """Answers with the object, a row less of it for each click, in whatever part it is shown."""

    name, version = "remembering", "1"
    kinds = frozenset({"points", "box", "mask"})
    stores_embedding = True
    needs_worker = False

    def __init__(self, *, looks_closer: bool = True) -> None:
        self.looks_closer = looks_closer
        self.asked: list[tuple[tuple[int, int], Prompt]] = []

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        height, width = image_rgb.shape[:2]
        return Embedding(self.name, self.version, (height, width), image_rgb)

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        self.asked.append((embedding.size_hw, prompt))
        mask = np.asarray(embedding.array)[..., 0] > 0
        rows = np.flatnonzero(mask.any(axis=1))
        mask[rows[: len(prompt.points_xy)]] = False
        return [Candidate(mask, 0.5, 1.0, np.zeros((4, 4), np.float32))]


@pytest.fixture
def picture() -> ImageRgb:
    pixels = np.zeros((*SIZE, 3), np.uint8)
    pixels[OBJECT] = 255
    return pixels


def clicked(model: Remembering, picture: ImageRgb, *places: tuple[int, int]) -> Clicking:
    clicking = Clicking(model, picture, model.embed(picture))
    for x, y in places:
        clicking.click(x, y, is_positive=True)
    return clicking


def test_the_fourth_click_on_a_small_object_looks_closer(picture: ImageRgb) -> None:
    model = Remembering()

    clicking = clicked(model, picture, *WITHIN)

    sizes = [size for size, _ in model.asked]
    prompts = [prompt for _, prompt in model.asked]
    assert sizes[:4] == [SIZE] * 4
    assert sizes[4] == sizes[5]
    assert max(sizes[4]) < 300
    assert len(sizes) == 6
    assert [prompt.multimask for prompt in prompts] == [True] + [False] * 5
    assert prompts[4].mask is not None
    assert (prompts[4].logits, prompts[5].mask) == (None, None)
    assert prompts[5].logits is not None
    expected = picture[..., 0] > 0
    expected[200 : 200 + 5] = False
    assert (clicking.answer == expected).all()


def test_a_click_in_the_part_is_on_its_side_of_the_merged_mask(picture: ImageRgb) -> None:
    clicking = clicked(Remembering(), picture, *WITHIN[:4], (390, 230))

    assert clicking.answer[230, 390]


def test_a_click_beyond_the_part_brings_the_whole_image_back(picture: ImageRgb) -> None:
    model = Remembering()

    clicked(model, picture, *WITHIN[:4], (20, 20))

    size, prompt = model.asked[-1]
    assert size == SIZE
    assert prompt.mask is not None
    assert prompt.mask.sum() == (60 - 4) * 80
    assert prompt.logits is None


def test_other_segmenters_are_asked_about_the_whole_image(picture: ImageRgb) -> None:
    model = Remembering(looks_closer=False)

    clicked(model, picture, *WITHIN)

    assert {size for size, _ in model.asked} == {SIZE}
