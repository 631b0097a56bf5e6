"""A candidate that is kept as run lengths and drawn only while somebody looks at its mask."""

from __future__ import annotations

import cv2
import numpy as np

from inference.segmenters.protocol import Candidate, Logits, Mask
from projects.masks.rle import from_bitmap, to_bitmap
from projects.masks.types import Rle

INSIDE, HALF = 255, 127  # of a pixel, in bytes


class CodedCandidate(Candidate):
    """A candidate whose ``mask`` is decoded anew at each look: hundreds fit beside each other."""

    def __init__(
        self,
        rle: Rle,
        score: float,
        stability: float,
        logits: Logits | None = None,
        class_name: str = "",
        *,
        is_region: bool = False,
    ) -> None:
        said = {
            "_rle": rle,
            "score": score,
            "stability": stability,
            "logits": logits,
            "class_name": class_name,
            "is_region": is_region,
        }
        for name, value in said.items():
            object.__setattr__(self, name, value)

    @property
    def rle(self) -> Rle:
        """The mask as it is kept."""
        kept: Rle = self.__dict__["_rle"]
        return kept

    @property
    def mask(self) -> Mask:
        """The mask, bool, HxW, in Fortran order."""
        return to_bitmap(self.rle)


def coded(candidate: Candidate) -> CodedCandidate:
    """Return a candidate with its mask as run lengths."""
    if isinstance(candidate, CodedCandidate):
        return candidate
    return CodedCandidate(
        from_bitmap(candidate.mask),
        candidate.score,
        candidate.stability,
        candidate.logits,
        candidate.class_name,
        is_region=candidate.is_region,
    )


def drawn_out(rle: Rle, size_hw: tuple[int, int]) -> Rle:
    """Return a mask at another size, its border drawn straight between pixels."""
    if rle.size_hw == size_hw:
        return rle
    turned = to_bitmap(rle).T.astype(np.uint8) * INSIDE  # in the order of runs: nothing is copied
    soft = cv2.resize(turned, size_hw, interpolation=cv2.INTER_LINEAR)
    return from_bitmap((soft > HALF).T)
