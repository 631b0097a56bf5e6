"""A person's clicks on one object, answered as the smart tool has them answered.

The first click may mean the part or the whole; each further one goes on from the last answer. From
the fourth on, an object that is small in the image is looked at closer, where the segmenter does
that: its part of the image is encoded for itself, and the mask so far goes with it. A click beyond
that part brings the whole image back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inference.segmenters import guarantee
from inference.segmenters.closer_look import region_around
from inference.segmenters.protocol import Embedding, ImageRgb, Logits, Mask, Prompt, Segmenter
from inference.segmenters.region import Region, merged, prompt_within
from inference.segmenters.sam_frame import box_of_mask

CLICKS_BEFORE_CLOSER = 4  # with fewer, what is meant is not sure enough to look at it alone


class Clicking:
    """The clicks so far and their answer.

    Args:
        segmenter: Whom to ask.
        rgb: The image, uint8, HxWx3.
        embedding: Of it.
    """

    def __init__(self, segmenter: Segmenter, rgb: ImageRgb, embedding: Embedding) -> None:
        self.answer: Mask = np.zeros(embedding.size_hw, np.bool_)
        self._segmenter, self._rgb, self._whole = segmenter, rgb, embedding
        self._points: list[tuple[int, int]] = []
        self._labels: list[int] = []
        self._base: Mask = self.answer  # where clicks start, and what stays around the region
        self._region: Region | None = None
        self._part: Embedding | None = None
        self._logits: Logits | None = None

    def click(self, x: int, y: int, *, is_positive: bool) -> Mask:
        """Return the mask after one more click, bool, HxW."""
        self._points.append((x, y))
        self._labels.append(int(is_positive))
        if self._region is not None and not self._are_all_in(self._region):
            self._region, self._logits, self._base = None, None, self.answer
        self._ask()
        if self._region is None and len(self._points) >= CLICKS_BEFORE_CLOSER:
            self._look_closer()
        return self.answer

    def _ask(self) -> None:
        if self._region is None or self._part is None:
            best = self._segmenter.predict(self._whole, self._prompt())[0]
            self.answer, self._logits = best.mask, best.logits
            return
        prompt = self._prompt()
        best = self._segmenter.predict(self._part, prompt_within(prompt, self._region))[0]
        drawn = merged(self._base, best.mask, self._region)
        self.answer, self._logits = guarantee.hold(drawn, None, prompt), best.logits

    def _look_closer(self) -> None:
        if not self.answer.any():
            return
        box = box_of_mask(self.answer)
        region = region_around(self._segmenter, box, self._whole.size_hw)
        if region is None or not self._are_all_in(region):
            return
        self._region, self._base, self._logits = region, self.answer, None
        self._part = self._segmenter.embed(region.crop(self._rgb))
        self._ask()

    def _prompt(self) -> Prompt:
        goes_on_from_mask = self._logits is None and self._base.any()
        return Prompt(
            points_xy=np.array(self._points, np.float32),
            point_labels=np.array(self._labels, np.int64),
            mask=self._base if goes_on_from_mask else None,
            logits=None if self._logits is None else self._logits[None],
            multimask=len(self._points) == 1,
        )

    def _are_all_in(self, region: Region) -> bool:
        points: npt.NDArray[np.int64] = np.array(self._points)
        inside = (points >= [region.x0, region.y0]) & (points < [region.x1, region.y1])
        return bool(inside.all())
