"""COCO's average precision of a file against itself, by pycocotools: anything below 1 is a defect.

Done in groups of images so that memory stays flat; a perfect group is perfect for itself.
"""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

Json = Mapping[str, object]

GROUP = 200  # images evaluated at once
_SCORE = 0.9
_MAX_AREA = 1e10  # COCO's own bound of "all sizes"


@dataclass(slots=True)
class SelfEvaluation:
    """Gathers images and their annotations, and evaluates group after group.

    Crowds are left out as detections: COCO ignores them, found or not. As many detections are
    looked at as the fullest image has, instead of COCO's 100.

    Attributes:
        categories: The file's categories.
        precisions: AP of each group that has something to find.
        crowds: Objects left out as crowds.
        most_objects: Detections looked at in the fullest image.
    """

    categories: Sequence[Json]
    precisions: list[float] = field(default_factory=list)
    crowds: int = 0
    most_objects: int = 0
    _images: list[Json] = field(default_factory=list)
    _annotations: list[Json] = field(default_factory=list)

    def add(self, image: Json, annotations: Sequence[Json]) -> None:
        """Take an image in; every ``GROUP`` images are evaluated at once."""
        self._images.append(image)
        self._annotations.extend(annotations)
        if len(self._images) == GROUP:
            self.finish()

    def finish(self) -> None:
        """Evaluate what has been gathered since the last group."""
        found = [entry for entry in self._annotations if not entry["iscrowd"]]
        self.crowds += len(self._annotations) - len(found)
        if found:
            most = max(Counter(entry["image_id"] for entry in found).values())
            self.most_objects = max(self.most_objects, most)
            self.precisions.append(self._evaluated(found, most))
        self._images, self._annotations = [], []

    @property
    def average_precision(self) -> float | None:
        """The worst group's AP, or None where there is nothing to find."""
        return min(self.precisions) if self.precisions else None

    def _evaluated(self, found: Sequence[Json], most: int) -> float:
        # pycocotools prints its progress and has no switch for it.
        with contextlib.redirect_stdout(io.StringIO()):
            truth = COCO()
            truth.dataset = {
                "info": {},
                "images": self._images,
                "annotations": [dict(entry) for entry in self._annotations],
                "categories": self.categories,
            }
            truth.createIndex()
            detections = truth.loadRes(
                [
                    {
                        "image_id": entry["image_id"],
                        "category_id": entry["category_id"],
                        "segmentation": truth.annToRLE(entry),
                        "score": _SCORE,
                    }
                    for entry in found
                ]
            )
            evaluation = COCOeval(truth, detections, "segm")
            evaluation.params.maxDets = [most]
            evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, _MAX_AREA]], ["all"]
            evaluation.evaluate()
            evaluation.accumulate()
        precision = evaluation.eval["precision"]
        return float(np.mean(precision[precision > -1]))
