"""SAM's frame of reference without torch: prompts in, masks out, the same in every decoder.

The model sees the image scaled so that its long side is the model's side, in the top left corner of
a square; its low-resolution masks cover that square (segment_anything/utils/transforms.py and
modeling/sam.py, postprocess_masks).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters.protocol import Box, Candidate, Logits, Mask

Floats = npt.NDArray[np.float64]

LOGIT_THRESHOLD = 0.0
PAD_LABEL = -1  # of the point that SAM's prompt encoder adds where there is no box
STABILITY_OFFSET = 1.0  # in logits, as SamAutomaticMaskGenerator has it
SURE = 1e-3  # a mask's pixels become logits of about +-7, what SAM itself says of clear ones


@dataclass(frozen=True)
class Frame:
    """How an image lies in the model's square.

    Attributes:
        size_hw: Of the image.
        side: Of the square, in pixels of the model.
    """

    size_hw: tuple[int, int]
    side: int

    @property
    def scaled_hw(self) -> tuple[int, int]:
        """Size of the image in the square."""
        scale = self.side * 1.0 / max(self.size_hw)
        height, width = (max(1, int(size * scale + 0.5)) for size in self.size_hw)
        return height, width

    def scaled_points(self, points_xy: npt.NDArray[np.floating]) -> Floats:
        """Return points, N x 2, in pixels of the model."""
        (height, width), (new_height, new_width) = self.size_hw, self.scaled_hw
        return points_xy.astype(np.float64) * [new_width / width, new_height / height]

    def logits_of(self, mask: Mask, low_side: int) -> Logits:
        """Return a mask of the image as low-resolution logits, float32, 1 x low_side x low_side."""
        height, width = self.scaled_hw
        scaled = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
        square = np.zeros((self.side, self.side), np.float32)
        square[:height, :width] = scaled
        share = cv2.resize(square, (low_side, low_side), interpolation=cv2.INTER_AREA)
        share = np.clip(share.astype(np.float64), SURE, 1 - SURE)
        logits: Logits = np.log(share / (1 - share))[None].astype(np.float32)
        return logits

    def upscaled(self, low: Logits, size_hw: tuple[int, int] | None = None) -> Logits:
        """Return low-resolution logits, h x w, at the size of the image, or at another one."""
        square = cv2.resize(low, (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        height, width = self.scaled_hw
        size_wh = (size_hw or self.size_hw)[::-1]
        whole = cv2.resize(square[:height, :width], size_wh, interpolation=cv2.INTER_LINEAR)
        return np.asarray(whole, np.float32)


def stability(logits: npt.NDArray[np.floating]) -> float:
    """Return the IoU of the masks at a higher and a lower threshold, 0..1."""
    high = np.count_nonzero(logits > LOGIT_THRESHOLD + STABILITY_OFFSET)
    low = np.count_nonzero(logits > LOGIT_THRESHOLD - STABILITY_OFFSET)
    return high / low if low else 0.0


def candidate(upscaled: Logits, score: float, low: Logits) -> Candidate:
    """Return a candidate from logits at the image's size, a predicted IoU and low-res logits."""
    return Candidate(
        mask=upscaled > LOGIT_THRESHOLD,
        score=min(max(score, 0.0), 1.0),
        stability=stability(upscaled),
        logits=low,
    )


def box_of_mask(mask: Mask) -> Box:
    """Return the box around the true pixels of a mask that has some."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def best_first(candidates: list[Candidate]) -> list[Candidate]:
    """Return candidates by falling score, equal ones as they came."""
    return sorted(candidates, key=lambda one: -one.score)
