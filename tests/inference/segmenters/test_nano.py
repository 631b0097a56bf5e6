"""sam_nano: how a picture gets to the encoder, and what everything means."""

from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters import bundled, nano_everything, registry
from inference.segmenters.nano_everything import GridSettings
from inference.segmenters.onnx import OnnxDecoder
from inference.segmenters.protocol import Embedding, Prompt
from inference.segmenters.sam_frame import Frame
from inference.training.evaluate import iou_of
from projects.errors import InvalidInput

OPEN = GridSettings(least_score=0.0, least_stability=0.0, least_share=0.0, most_share=1.0)


class Regions:
    """A decoder that knows four regions of its square, and says how sure it is of each.

    The single answer and the first of the three are the region under the click, the second is the
    left or right half, the third everything.
    """

    side, low_side = 64, 32
    name, version = "regions", "1"

    def __init__(self) -> None:
        self.asked = 0

    def answers(self, embedding, points, labels, logits=None):
        self.asked += len(points)
        columns, rows = np.meshgrid(np.arange(self.low_side), np.arange(self.low_side))
        low = np.full((len(points), 4, self.low_side, self.low_side), -6.0, np.float32)
        for place, (x, y) in enumerate(points[:, 0] / 2):
            half = (columns < 16) == (x < 16)
            low[place, :2, half & ((rows < 16) == (y < 16))] = 6.0
            low[place, 2, half] = 6.0
            low[place, 3] = 6.0
        return np.tile(np.float32([0.5, 0.9, 0.8, 0.7]), (len(points), 1)), low


def embedding_of(size_hw: tuple[int, int]) -> Embedding:
    return Embedding("regions", "1", size_hw, np.zeros((1, 8, 8, 8), np.float32))


def test_everything_is_each_thing_once_the_surest_first() -> None:
    found = nano_everything.propose(Regions(), embedding_of((64, 64)), GridSettings())

    assert [round(float(one.mask.mean()), 2) for one in found] == [0.25] * 4 + [0.5] * 2
    assert [one.score for one in found] == pytest.approx([0.9] * 4 + [0.8] * 2)
    assert np.logical_or.reduce([one.mask for one in found[:4]]).all()


def test_everything_looks_only_where_the_image_is() -> None:
    decoder = Regions()

    found = nano_everything.propose(decoder, embedding_of((30, 120)), OPEN)

    assert decoder.asked == 14 * 4
    assert all(one.mask.shape == (30, 120) for one in found)
    assert any(one.mask.all() for one in found)


def test_everything_keeps_no_more_than_asked() -> None:
    settings = GridSettings(most=3)

    assert len(nano_everything.propose(Regions(), embedding_of((64, 64)), settings)) == 3


def test_in_a_few_pixels_everything_has_no_twins_and_nothing_empty() -> None:
    decoder = Regions()

    found = nano_everything.propose(decoder, embedding_of((1, 2)), OPEN)

    assert decoder.asked == 2
    drawn = [one.mask.tobytes() for one in found]
    assert sorted(drawn) == sorted({bytes([1, 0]), bytes([0, 1]), bytes([1, 1])})


def test_specks_go_and_pinholes_close() -> None:
    low = np.full((32, 32), -4, np.float32)
    low[4:24, 4:24] = 4
    low[10, 10], low[30, 30] = -1, 2

    tidy = nano_everything._tidied(low, 0.02)

    assert tidy[10, 10] > 0
    assert tidy[30, 30] < 0
    assert np.array_equal(tidy[4:10] > 0, low[4:10] > 0)


def test_everything_of_the_model_is_masks_of_the_picture(small_nano, nano_dir, photo) -> None:
    settings = {"least_score": 0.0, "least_stability": 0.0, "points_per_side": 4}
    nano = registry.load(bundled.NAME, nano_dir, options=settings)
    embedding = nano.embed(photo)

    found, again = nano.propose(photo, embedding), nano.propose(photo, embedding)

    assert 1 < len(found) <= 100
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.mask.shape == photo.shape[:2] and one.mask.dtype == bool for one in found)
    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(found, again, strict=True))
    with pytest.raises(InvalidInput, match="embedding"):
        nano.propose(photo[:100], embedding)


def test_padding_changes_nothing(small_nano) -> None:
    """The mean colour below a wide picture is what the padding holds."""
    wide = np.random.default_rng(0).integers(0, 255, (32, 64, 3)).astype(np.uint8)
    mean = np.round(small_nano._bundle.mean).astype(np.uint8)
    square = np.concatenate([wide, np.broadcast_to(mean, wide.shape)])

    padded, filled = small_nano.embed(wide), small_nano.embed(square)

    spread = padded.array.std()
    assert np.abs(padded.array - filled.array).max() < 0.1 * spread


def test_float16_of_a_store_changes_next_to_nothing(small_nano, photo) -> None:
    embedding = small_nano.embed(photo)
    stored = Embedding(
        embedding.segmenter,
        embedding.version,
        embedding.size_hw,
        embedding.array.astype(np.float16),
    )
    asked = Prompt(np.array([[300, 200]], np.float32), np.array([1]))

    ours, theirs = (small_nano.predict(one, asked)[0] for one in (embedding, stored))

    assert (ours.mask != theirs.mask).mean() < 0.01


def test_a_click_is_answered_by_the_single_answer_before_two_others(
    small_nano, nano_dir, photo
) -> None:
    decoder = OnnxDecoder(small_nano.decoder_onnx(), is_held=True)
    embedding = small_nano.embed(photo)
    for x, y in ((40, 60), (200, 120), (310, 230)):
        points, labels = np.array([[x, y]], np.float32), np.array([1])

        alone = decoder.predict(embedding, Prompt(points, labels))
        several = decoder.predict(embedding, Prompt(points, labels, multimask=True))

        assert len(alone) == 1
        assert len(several) == 3
        assert np.array_equal(several[0].logits, alone[0].logits)
        assert several[1].score >= several[2].score
        frame = Frame(embedding.size_hw, decoder.side)
        spot = np.vstack([frame.scaled_points(points), np.zeros((1, 2), np.float32)])
        scores, low = decoder.answers(embedding, spot[None], np.array([[1, -1]], np.float32))
        overlaps = [iou_of(low[0, 0] > 0, low[0, place] > 0) for place in (1, 2, 3)]
        left_out = 1 + int(np.argmax(overlaps))
        expected = sorted({1, 2, 3} - {left_out}, key=lambda place: -scores[0, place])
        for candidate, place in zip(several[1:], expected, strict=True):
            assert np.allclose(candidate.logits, low[0, place], atol=1e-4)
