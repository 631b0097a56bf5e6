"""Everything in 48 megapixels within little memory: ``python -m ...large_picture KIND FOLDER``.

Prints how many masks were found. The limit is set once the model is loaded and has seen the
picture, so that it is one of what is made of the answers alone.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference.segmenters import class_masks, registry
from inference.segmenters.bundled import NAME as NANO
from inference.segmenters.protocol import Candidate, ModelClass

SIZE_HW = (6000, 8000)
ROOM = 600 << 20  # bytes; a dozen masks of the picture, or three as numbers
OBJECTS = 60
OPEN = {
    NANO: {"least_score": 0.0, "least_stability": 0.0, "least_share": 0.0, "most_alike": 1.0,
           "points_per_side": 6},
    "sam2": {"pred_iou_thresh": -9.0, "stability_score_thresh": 0.0, "box_nms_thresh": 1.0,
             "points_per_side": 5},
}  # fmt: skip


def limit() -> None:
    """Allow this process no more than ``ROOM`` beside what it holds."""
    told = Path("/proc/self/status").read_text().splitlines()
    held = next(int(line.split()[1]) * 1024 for line in told if line.startswith("VmData"))
    resource.setrlimit(resource.RLIMIT_DATA, (held + ROOM, held + ROOM))


def proposed(kind: str, folder: Path) -> Sequence[Candidate]:
    segmenter = registry.load(kind, folder, options=OPEN[kind])
    image = np.zeros((*SIZE_HW, 3), np.uint8)
    image[2000:, 3000:] = 200
    embedding = segmenter.embed(image)
    limit()
    return segmenter.propose(image, embedding)


def instances() -> Sequence[Candidate]:
    """As a detector gives them: small probabilities of many objects."""
    chance = np.random.default_rng(2)
    masks = chance.random((OBJECTS, 30, 40)).astype(np.float32)
    scores, numbers = np.linspace(0.5, 1, OBJECTS), np.zeros(OBJECTS, np.int64)
    objects = class_masks.Instances(scores.astype(np.float32), numbers, masks)
    limit()
    return class_masks.from_instances(objects, [ModelClass("cell")], 0.0, SIZE_HW)


def classes() -> Sequence[Candidate]:
    """As a model of classes gives them: small numbers for each class."""
    logits = np.random.default_rng(2).random((OBJECTS, 6, 8)).astype(np.float32)
    limit()
    class_map = class_masks.best_classes(logits, SIZE_HW)
    known = [ModelClass(f"class {number}") for number in range(OBJECTS)]
    return class_masks.from_class_map(class_map, logits, known)


def main(kind: str, folder: str) -> None:
    made = {"instances": instances, "classes": classes}.get(kind)
    found = made() if made else proposed(kind, Path(folder))
    assert all(one.mask.shape == SIZE_HW for one in found[:3])
    sys.stdout.write(f"{len(found)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
