"""A region's mask takes the place of the whole image's, and no seam shows where they meet."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inference.segmenters.protocol import Mask, Prompt
from inference.segmenters.region import Region, merged, prompt_within, region_of
from projects.errors import InvalidInput

SIZE = (200, 300)
REGION = Region(80, 40, 240, 160)


def disc(radius: float, centre: tuple[int, int] = (160, 100)) -> Mask:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    inside: Mask = (columns - centre[0]) ** 2 + (rows - centre[1]) ** 2 <= radius**2
    return inside


def test_inside_the_region_its_own_mask_counts() -> None:
    coarse, fine = disc(30), disc(33)

    result = merged(coarse, fine[REGION.place], REGION)

    assert (result == fine).all()


def test_outside_of_the_region_nothing_changes() -> None:
    coarse = disc(90)

    result = merged(coarse, np.zeros(REGION.size_hw, bool), REGION)

    outside = np.ones(SIZE, bool)
    outside[REGION.place] = False
    assert (result == coarse)[outside].all()
    assert (result == coarse)[REGION.y0, :].all()
    assert not result[100, 160]


def test_an_object_that_leaves_the_region_has_no_step_at_its_border() -> None:
    """Two bars of other widths meet: the outline runs from one to the other."""
    coarse, fine = np.zeros(SIZE, bool), np.zeros(SIZE, bool)
    coarse[90:110], fine[86:114] = True, True

    result = merged(coarse, fine[REGION.place], REGION)

    tops = result.argmax(axis=0)
    assert tops[0] == tops[REGION.x0] == 90
    assert tops[160] == 86
    assert abs(np.diff(tops)).max() <= 1
    assert cv2.connectedComponents(result.astype(np.uint8))[0] == 2


def test_at_the_border_of_the_image_nothing_fades() -> None:
    corner = Region(200, 0, 300, 100)
    fine = np.zeros(corner.size_hw, bool)
    fine[:50, 50:] = True

    result = merged(np.zeros(SIZE, bool), fine, corner)

    assert (result[:50, 250:]).all()
    assert not result[:, :250].any()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("part", [False, True])
def test_empty_and_full_masks(whole: bool, part: bool) -> None:
    result = merged(np.full(SIZE, whole), np.full(REGION.size_hw, part), REGION)

    assert result[100, 160] == part
    assert result[0, 0] == whole


def test_a_prompt_is_seen_from_the_region() -> None:
    prompt = Prompt(
        points_xy=np.array([[100, 50], [10, 10], [239.5, 159.5]], np.float32),
        point_labels=np.array([1, 0, 0]),
        box_xyxy=(60.0, 50.0, 120.0, 180.0),
        mask=disc(90),
    )

    seen = prompt_within(prompt, REGION)

    assert seen.points_xy.tolist() == [[20, 10], [159.5, 119.5]]
    assert seen.point_labels.tolist() == [1, 0]
    assert seen.box_xyxy == (0, 10, 40, 120)
    assert seen.mask is not None
    assert seen.mask.shape == REGION.size_hw
    beside = prompt_within(Prompt(box_xyxy=(0.0, 0.0, 50.0, 30.0)), REGION)
    assert beside.box_xyxy is None


def test_a_region_is_whole_pixels_of_the_image() -> None:
    assert region_of((-5.0, 10.2, 50.1, 500.0), SIZE) == Region(0, 10, 51, 200)


@pytest.mark.parametrize(
    ("corners", "code"),
    [
        ((10.0, 10.0, 20.0, 100.0), "region_too_small"),
        ((400.0, 10.0, 500.0, 100.0), "region_too_small"),
        ((100.0, 100.0, 50.0, 150.0), "region_too_small"),
        ((float("nan"), 0.0, 50.0, 50.0), "region_not_finite"),
    ],
)
def test_what_is_no_region_is_refused(
    corners: tuple[float, float, float, float], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        region_of(corners, SIZE)

    assert refused.value.code == code
