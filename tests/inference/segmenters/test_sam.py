"""Our SAM against segment-anything's own predictor and generator, on a real photograph."""

from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters import registry
from inference.segmenters.protocol import Embedding, Prompt
from inference.segmenters.torch_door import SamPredictor
from projects.errors import InvalidInput
from tests.inference.segmenters.small_sam import NAME

OPEN = {
    "points_per_side": 6,
    "points_per_batch": 16,
    "pred_iou_thresh": 0.0,
    "stability_score_thresh": 0.0,
    "box_nms_thresh": 1.0,
}
POINTS = np.array([[410.5, 240.0], [100.0, 60.0], [639.0, 425.0]], np.float32)
LABELS = np.array([1, 0, 1])
BOX = (340.0, 140.0, 530.5, 400.0)
ASKED = {
    "one point": {"points": 1},
    "points": {"points": 3},
    "box": {"box": BOX},
    "box and points": {"points": 2, "box": BOX},
    "logits alone": {"logits": True},
    "logits and points": {"points": 2, "logits": True},
}


@pytest.fixture(scope="module")
def theirs(small_sam, photo):
    predictor = SamPredictor(small_sam._model)
    predictor.set_image(photo)
    return predictor


@pytest.fixture(scope="module")
def embedding(small_sam, photo):
    return small_sam.embed(photo)


@pytest.mark.parametrize("multimask", [True, False])
@pytest.mark.parametrize("case", ASKED)
def test_masks_are_those_of_sam_predictor_bit_for_bit(
    small_sam, theirs, embedding, case, multimask
):
    asked = ASKED[case]
    count, box = asked.get("points", 0), asked.get("box")
    logits = None
    if asked.get("logits"):
        logits = theirs.predict(POINTS[:1], LABELS[:1], multimask_output=False)[2]

    ours = small_sam.predict(
        embedding, Prompt(POINTS[:count], LABELS[:count], box, None, logits, multimask)
    )
    masks, scores, low = theirs.predict(
        point_coords=POINTS[:count] if count else None,
        point_labels=LABELS[:count] if count else None,
        box=None if box is None else np.array(box),
        mask_input=logits,
        multimask_output=multimask,
    )

    assert len(ours) == len(masks) == (3 if multimask else 1)
    assert ((scores > 0) & (scores < 1)).all()  # nothing was cut off below
    for answer, place in zip(ours, np.argsort(-scores, kind="stable"), strict=True):
        assert np.array_equal(answer.mask, masks[place])
        assert answer.score == pytest.approx(float(scores[place]), abs=1e-5)
        assert np.array_equal(answer.logits, low[place])


def test_a_large_image_is_searched_small_and_its_masks_drawn_out(sam_dir, photo):
    ours = registry.load(NAME, sam_dir, options={**OPEN, "longest_side": 200})

    found = ours.propose(photo, ours.embed(photo))

    assert found
    assert all(one.mask.shape == photo.shape[:2] for one in found)


def test_a_mask_to_refine_says_something_to_the_model(small_sam, embedding, photo):
    mask = np.zeros(photo.shape[:2], bool)
    mask[150:300, 380:500] = True
    click = Prompt(POINTS[:1], LABELS[:1])

    plain = small_sam.predict(embedding, click)[0]
    refined = small_sam.predict(embedding, Prompt(POINTS[:1], LABELS[:1], mask=mask))[0]

    assert not np.array_equal(plain.logits, refined.logits)


def test_the_image_of_another_size_than_the_embedding_is_refused(small_sam, embedding, photo):
    with pytest.raises(InvalidInput):
        small_sam.propose(photo[:100], embedding)


def test_a_stored_half_precision_embedding_gives_nearly_the_same_masks(small_sam, embedding):
    half = Embedding(
        embedding.segmenter,
        embedding.version,
        embedding.size_hw,
        embedding.array.astype(np.float16),
    )

    full_answer = small_sam.predict(embedding, Prompt(POINTS, LABELS, BOX))[0].mask
    half_answer = small_sam.predict(half, Prompt(POINTS, LABELS, BOX))[0].mask

    assert np.mean(full_answer != half_answer) < 0.01


def test_an_unknown_option_is_refused(sam_dir):
    with pytest.raises(InvalidInput, match="speed"):
        registry.load(NAME, sam_dir, options={"speed": 1})
