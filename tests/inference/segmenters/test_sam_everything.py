"""Everything mode finds what SamAutomaticMaskGenerator finds with the same settings."""

from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters import registry
from inference.segmenters.sam_everything import (
    EverythingSettings,
    crop_boxes,
    find_everything,
    suppress,
    without_small_parts,
)
from inference.segmenters.torch_door import SamAutomaticMaskGenerator, torch
from projects.errors import InvalidInput
from projects.masks.rle import iou, to_bitmap
from tests.inference.segmenters.discs import Discs, answers_of
from tests.inference.segmenters.small_sam import NAME

OPEN = {
    "points_per_side": 6,
    "pred_iou_thresh": 0.0,
    "stability_score_thresh": 0.0,
    "box_nms_thresh": 1.0,
    "min_mask_region_area": 0,
}
CASES = {
    "all answers": {},
    "by score": {"pred_iou_thresh": 0.6},
    "by stability": {"stability_score_thresh": 0.6, "stability_score_offset": 0.3},
    "boxes alike are dropped": {"box_nms_thresh": 0.6, "points_per_side": 12},
    "small regions are tidied": {"min_mask_region_area": 3000, "box_nms_thresh": 0.8},
    "crops": {"crop_n_layers": 1, "crop_nms_thresh": 0.5, "box_nms_thresh": 0.7},
    "fewer points in crops": {
        "points_per_side": 9,
        "crop_n_layers": 2,
        "crop_n_points_downscale_factor": 2,
        "crop_overlap_ratio": 0.5,
        "crop_nms_thresh": 0.6,
    },
}
ALIKE = 0.999


@pytest.fixture(scope="module")
def discs(sam_dir):
    """A SAM whose answers are local."""
    segmenter = registry.load(NAME, sam_dir, options={"precision": "exact"})
    segmenter._model.mask_decoder = Discs(segmenter._model)
    return segmenter


@pytest.mark.parametrize("case", CASES)
def test_finds_are_those_of_the_reference(discs, photo, case):
    wish = {**OPEN, **CASES[case]}
    wanted = SamAutomaticMaskGenerator(discs._model, **wish).generate(photo)

    found = find_everything(
        photo, discs.embed, answers_of(discs._model), 256, EverythingSettings(**wish)
    )

    assert len({record["segmentation"].tobytes() for record in wanted}) >= 20
    assert len(found) == len(wanted)
    for one, record in zip(found, wanted, strict=True):
        assert _iou(to_bitmap(one.rle), record["segmentation"]) >= ALIKE
        assert one.score == pytest.approx(record["predicted_iou"], abs=1e-5)
        assert one.stability == pytest.approx(record["stability_score"], abs=1e-3)
        assert [one.crop.x0, one.crop.y0, *one.crop.size_hw[::-1]] == record["crop_box"]


def test_a_case_that_changes_nothing_would_prove_nothing(discs, photo):
    counts = {
        case: len(
            find_everything(
                photo, discs.embed, answers_of(discs._model), 256, EverythingSettings(**OPEN | wish)
            )
        )
        for case, wish in CASES.items()
        if "crop_n_layers" not in wish and "points_per_side" not in wish
    }

    assert len(set(counts.values())) == len(counts)


def test_with_the_fast_decoder_they_are_the_same(sam_dir, photo):
    ours = registry.load(NAME, sam_dir, options={**OPEN, "precision": "exact"})
    wanted = SamAutomaticMaskGenerator(ours._model, **OPEN).generate(photo)

    found = ours.propose(photo, ours.embed(photo))

    assert len({record["segmentation"].tobytes() for record in wanted}) >= 20
    assert len(found) == len(wanted)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for record in wanted:
        alike = [one for one in found if _iou(one.mask, record["segmentation"]) >= ALIKE]
        apart = min(abs(one.score - record["predicted_iou"]) for one in alike)
        assert apart < 1e-4


def test_finds_are_kept_as_run_lengths_and_drawn_at_each_look(sam_dir, photo):
    ours = registry.load(NAME, sam_dir, options={**OPEN, "points_per_side": 2})

    found = ours.propose(photo, ours.embed(photo))

    assert found
    for one in found:
        assert one.rle.size_hw == photo.shape[:2]
        assert one.mask is not one.mask
        assert np.array_equal(one.mask, to_bitmap(one.rle))


def test_batches_of_other_sizes_find_the_same(sam_dir, photo):
    one, other = (
        registry.load(NAME, sam_dir, options={**OPEN, "points_per_side": 4, "points_per_batch": n})
        for n in (1, 7)
    )
    embedding = one.embed(photo)

    first, second = one.propose(photo, embedding), other.propose(photo, embedding)

    assert len(first) == len(second)
    for a in first:
        assert max(iou(a.rle, b.rle) for b in second) >= ALIKE


def test_a_decoder_in_training_is_asked_anew_each_time(sam_dir, photo, small_sam):
    segmenter = registry.load(NAME, sam_dir, options={**OPEN, "points_per_side": 2})
    segmenter._is_final = False
    embedding = segmenter.embed(photo)
    by_torch = segmenter.propose(photo, embedding)
    segmenter._is_final = True
    by_file = segmenter.propose(photo, embedding)

    assert len(by_torch) == len(by_file)
    for one, other in zip(by_torch, by_file, strict=True):
        assert iou(one.rle, other.rle) >= ALIKE


def test_suppression_is_that_of_torchvision():
    from torchvision.ops.boxes import batched_nms

    chance = np.random.default_rng(4)
    corners = chance.uniform(0, 100, (200, 2))
    boxes = np.concatenate([corners, corners + chance.uniform(0, 60, (200, 2))], axis=1)
    boxes[:9] = boxes[0]
    boxes[9:12, 2:] = boxes[9:12, :2]
    scores = np.round(chance.random(200), 1)
    for most_alike in (0.0, 0.3, 0.7, 1.0):
        wanted = batched_nms(
            torch.from_numpy(boxes).float(),
            torch.from_numpy(scores),
            torch.zeros(200),
            iou_threshold=most_alike,
        )
        assert suppress(boxes, scores, most_alike) == wanted.tolist()


def test_crops_are_those_of_the_reference():
    from segment_anything.utils.amg import generate_crop_boxes

    settings = EverythingSettings(crop_n_layers=2)
    for size_hw in ((426, 640), (1000, 333), (64, 64)):
        boxes, layers = generate_crop_boxes(size_hw, 2, settings.crop_overlap_ratio)

        assert [list(crop[:4]) for crop in crop_boxes(size_hw, settings)] == boxes
        assert [crop.layer for crop in crop_boxes(size_hw, settings)] == layers


@pytest.mark.parametrize("size_hw", [(1, 1), (1, 9), (3, 2)])
def test_a_picture_of_a_few_pixels_is_searched_too(sam_dir, size_hw):
    options = {**OPEN, "points_per_side": 2, "crop_n_layers": 1, "min_mask_region_area": 4}
    ours = registry.load(NAME, sam_dir, options=options)
    image = np.full((*size_hw, 3), 90, np.uint8)

    found = ours.propose(image, ours.embed(image))

    assert all(one.mask.shape == size_hw and one.mask.any() for one in found)


@pytest.mark.parametrize("mode", ["holes", "islands"])
def test_small_parts_go_as_in_the_reference(mode):
    from segment_anything.utils.amg import remove_small_regions

    chance = np.random.default_rng(1)
    for _ in range(20):
        mask = chance.random((30, 40)) < chance.random()
        wanted, was_changed = remove_small_regions(mask, 6, mode)
        if mode == "holes":
            came, had_any = without_small_parts(~mask, 6, keeps_largest=False)
            came = ~came
        else:
            came, had_any = without_small_parts(mask, 6, keeps_largest=True)

        assert np.array_equal(came, wanted)
        assert had_any == was_changed


@pytest.mark.parametrize(
    "wrong",
    [
        {"points_per_side": 0},
        {"points_per_side": 10_000},
        {"pred_iou_thresh": 1.5},
        {"stability_score_thresh": float("nan")},
        {"crop_n_layers": 9},
        {"min_mask_region_area": -1},
        {"box_nms_thresh": "much"},
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(sam_dir, wrong):
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        registry.load(NAME, sam_dir, options=wrong)


def _iou(one: np.ndarray, other: np.ndarray) -> float:
    either = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / either if either else 1.0
