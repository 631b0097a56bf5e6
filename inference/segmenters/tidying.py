"""Makes what a segmenter found fit for people: no specks, no pinholes, nothing twice, no gaps.

Works on the candidates of every segmenter. Covering the image is for panoptic work: each pixel goes
to the smallest mask that has it, so that a wheel lies on its car, and what is left is left, goes to
the nearest mask, or becomes a region of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.coded import CodedCandidate
from inference.segmenters.protocol import Candidate, Mask
from inference.segmenters.sam_everything import without_small_parts
from projects.errors import InvalidInput
from projects.masks.rle import area, from_bitmap, iou_matrix
from projects.masks.types import Rle

MOST_PX = 1 << 30


class Cover(StrEnum):
    """What becomes of pixels that nothing or several masks have."""

    NO = ""  # masks may overlap and leave gaps
    LEAVE = "leave"  # no overlap, gaps stay void
    FILL = "fill"  # no overlap, a gap's pixels go to the nearest mask
    NAME = "name"  # no overlap, all gaps together are a region of their own


@dataclass(frozen=True, slots=True)
class Tidying:
    """How candidates are tidied; the defaults change nothing.

    Attributes:
        least_region: Connected parts of fewer pixels go, and with the last one the candidate.
        fill_holes: Holes of fewer pixels are filled.
        most_alike: Of two candidates of one class with a greater IoU the later one goes.
        cover: Whether, and how, they are made to cover the image.
    """

    least_region: int = 0
    fill_holes: int = 0
    most_alike: float = 1.0
    cover: Cover = Cover.NO

    def settings(self) -> dict[str, object]:
        """Return what differs from the defaults, as JSON holds it and ``parse`` reads it."""
        plain = asdict(Tidying())
        return {
            name: str(value) if isinstance(value, Cover) else value
            for name, value in asdict(self).items()
            if value != plain[name]
        }


@dataclass(frozen=True, slots=True)
class Kept:
    """A candidate after tidying.

    Attributes:
        candidate: With its mask as it is now.
        origin: The place of what it was, or None for the region of all gaps.
    """

    candidate: Candidate
    origin: int | None


def parse(came: Mapping[str, object]) -> Tidying:
    """Return the tidying that settings ask for.

    Raises:
        InvalidInput: naming the setting that is unknown or out of range.
    """
    unknown = sorted(set(came) - set(asdict(Tidying())))
    if unknown:
        raise InvalidInput(f"tidying has no setting {unknown[0]!r}", "bad_tidying")
    cover = str(came.get("cover", ""))
    if cover not in {choice.value for choice in Cover}:
        raise InvalidInput(
            f"cover is {cover[:20]!r}; expected 'leave', 'fill', 'name' or nothing", "bad_tidying"
        )
    return Tidying(
        least_region=_pixels("least_region", came.get("least_region", 0)),
        fill_holes=_pixels("fill_holes", came.get("fill_holes", 0)),
        most_alike=_share("most_alike", came.get("most_alike", 1.0)),
        cover=Cover(cover),
    )


def tidy(candidates: Sequence[Candidate], wish: Tidying, size_hw: tuple[int, int]) -> list[Kept]:
    """Return what is left of candidates, in their order.

    Args:
        candidates: Best first, all of one image.
        wish: What to do.
        size_hw: Of the image.
    """
    kept = [
        Kept(clean, place)
        for place, candidate in enumerate(candidates)
        if (clean := _clean(candidate, wish)) is not None
    ]
    kept = _distinct(kept, wish.most_alike)
    return kept if wish.cover is Cover.NO else _covering(kept, wish, size_hw)


def rle_of(candidate: Candidate) -> Rle:
    """Return the run lengths of a candidate's mask, the kept ones where there are."""
    if isinstance(candidate, CodedCandidate):
        return candidate.rle
    return from_bitmap(candidate.mask)


def _clean(candidate: Candidate, wish: Tidying) -> Candidate | None:
    mask, is_changed = candidate.mask, False
    if wish.fill_holes:
        outside, is_changed = without_small_parts(~mask, wish.fill_holes, keeps_largest=False)
        mask = ~outside
    if wish.least_region:
        mask, is_less = without_small_parts(mask, wish.least_region, keeps_largest=False)
        is_changed = is_changed or is_less
    if not mask.any():
        return None
    return _with_mask(candidate, mask) if is_changed else candidate


def _with_mask(candidate: Candidate, mask: Mask) -> CodedCandidate:
    return CodedCandidate(
        from_bitmap(mask),
        candidate.score,
        candidate.stability,
        class_name=candidate.class_name,
        is_region=candidate.is_region,
    )


def _distinct(kept: list[Kept], most_alike: float) -> list[Kept]:
    if most_alike >= 1 or len(kept) < 2:  # noqa: PLR2004 a pair
        return kept
    rles = [rle_of(one.candidate) for one in kept]
    alike = iou_matrix(rles, rles) > most_alike
    names = np.array([one.candidate.class_name for one in kept])
    alike &= names[:, None] == names[None, :]
    stays: list[int] = []
    for place in range(len(kept)):
        if not alike[place, stays].any():
            stays.append(place)
    return [kept[place] for place in stays]


def _covering(kept: list[Kept], wish: Tidying, size_hw: tuple[int, int]) -> list[Kept]:
    owner = np.zeros(size_hw, np.int32)  # 0 is void, else the place in ``kept`` and one
    areas = [area(rle_of(one.candidate)) for one in kept]
    for place in sorted(range(len(kept)), key=lambda place: -areas[place]):
        owner[kept[place].candidate.mask] = place + 1
    shown = np.bincount(owner.ravel(), minlength=len(kept) + 1)
    is_gone = shown < max(1, wish.least_region)
    is_gone[0] = False
    owner[is_gone[owner]] = 0
    if wish.cover is Cover.FILL:
        owner = _filled(owner)
    covering = [
        Kept(_with_mask(one.candidate, mask), one.origin)
        for place, one in enumerate(kept)
        if (mask := owner == place + 1).any()
    ]
    void = owner == 0
    if wish.cover is Cover.NAME and np.count_nonzero(void) >= max(1, wish.least_region):
        rest = CodedCandidate(from_bitmap(void), score=0.0, stability=0.0, is_region=True)
        covering.append(Kept(rest, None))
    return covering


def _filled(owner: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Give each void pixel to the owner of the nearest one that is none."""
    void = owner == 0
    if void.all() or not void.any():
        return owner
    _, nearest = cv2.distanceTransformWithLabels(
        void.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    owner_of = np.zeros(int(nearest.max()) + 1, np.int32)
    owner_of[nearest[~void]] = owner[~void]
    return owner_of[nearest]


def _pixels(name: str, came: object) -> int:
    if isinstance(came, bool) or not isinstance(came, int) or not 0 <= came <= MOST_PX:
        raise InvalidInput(
            f"{name} is a whole number of pixels, 0 to {MOST_PX}; got {came!r}", "bad_tidying"
        )
    return came


def _share(name: str, came: object) -> float:
    is_number = isinstance(came, (int, float)) and not isinstance(came, bool)
    if not is_number or not 0 < came <= 1:  # type: ignore[operator]  # seen above
        raise InvalidInput(f"{name} is above 0 and at most 1; got {came!r}", "bad_tidying")
    return float(came)  # type: ignore[arg-type]  # seen above
