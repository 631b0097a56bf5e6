"""Models of transformers that know classes: Mask2Former, MaskFormer, OneFormer, SegFormer, DETR.

For workers: this imports torch. Masks are those of the library's own post-processing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inference.segmenters import class_masks, sidecars, transformers_folder
from inference.segmenters.class_segmenter import ClassSegmenter
from inference.segmenters.coded import CodedCandidate
from inference.segmenters.model_input import thickened
from inference.segmenters.protocol import Candidate, ImageRgb, Mask, ModelClass
from inference.segmenters.sam_frame import best_first
from inference.segmenters.sidecars import Sidecar
from inference.segmenters.transformers_door import (
    load_model,
    load_processor,
    picture_of,
    torch,
)
from projects.errors import InvalidInput
from projects.masks.rle import area, from_bitmap

MODEL_CLASSES = {
    "mask2former": "Mask2FormerForUniversalSegmentation",
    "maskformer": "MaskFormerForInstanceSegmentation",
    "oneformer": "OneFormerForUniversalSegmentation",
    "segformer": "SegformerForSemanticSegmentation",
    "detr": "DetrForSegmentation",
}
LONGEST_SIDE = (
    2048  # of answers; those of larger images are drawn out, or they would fill gigabytes
)
MASK_THRESHOLD, OVERLAP = 0.5, 0.8  # the library's own
NO_MASK = 0.05  # IoU with the best mask; less is no match


class NamedSegments(ClassSegmenter):
    """Finds segments with the classes of a model of transformers."""

    def __init__(
        self, sidecar: Sidecar, folder: transformers_folder.Folder, processor: Any, model: Any
    ) -> None:
        super().__init__(sidecar.name, folder.version)
        self._classes = sidecar.classes or folder.classes
        self._threshold = sidecar.threshold
        self._processor, self._model = processor, model
        self._is_semantic = folder.model_type == "segformer"
        self._reads_task = folder.model_type == "oneformer"

    def find(self, image_rgb: ImageRgb) -> list[Candidate]:
        """Return a candidate for each segment, or each class, in an image; best first."""
        words = {"task_inputs": ["panoptic"]} if self._reads_task else {}
        picture = picture_of(thickened(image_rgb))  # answers are asked for at the image's own size
        inputs = self._processor(images=[picture], return_tensors="pt", **words)
        with torch.inference_mode():
            outputs = self._model(**inputs.to(self._model.device))
        size_hw = (image_rgb.shape[0], image_rgb.shape[1])
        if self._is_semantic:
            return self._regions(outputs, size_hw)
        return self._segments(outputs, size_hw)

    def _regions(self, outputs: Any, size_hw: tuple[int, int]) -> list[Candidate]:
        answered = _bounded(size_hw)
        [class_map] = self._processor.post_process_semantic_segmentation(
            outputs, target_sizes=[answered]
        )
        shares = class_masks.softmax(outputs.logits[0].float().cpu().numpy())
        numbers = class_masks.narrowed(class_map.cpu().numpy(), len(self._classes))
        whole = _drawn_out(numbers, size_hw)
        return class_masks.from_class_map(whole, shares, self._classes)

    def _segments(self, outputs: Any, size_hw: tuple[int, int]) -> list[Candidate]:
        [found] = self._processor.post_process_panoptic_segmentation(
            outputs,
            threshold=self._threshold,
            mask_threshold=MASK_THRESHOLD,
            overlap_mask_area_threshold=OVERLAP,
            label_ids_to_fuse=_stuff(self._classes),
            target_sizes=[_bounded(size_hw)],
        )
        numbers = found["segmentation"].cpu().numpy().astype(np.int32)
        whole = _drawn_out(numbers, size_hw)
        steady = _stabilities(_mask_logits(outputs))
        kept = [
            CodedCandidate(
                from_bitmap(whole == segment["id"]),
                score=float(segment["score"]),
                stability=steady(numbers == segment["id"]),
                class_name=self._classes[segment["label_id"]].name,
            )
            for segment in found["segments_info"]
            if not self._classes[segment["label_id"]].is_ignored
        ]
        return best_first([one for one in kept if area(one.rle)])


def load(
    name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]
) -> NamedSegments:
    """Load a folder of transformers.

    Raises:
        CheckpointRefused: if it lacks weights or what prepares images.
        ClassesDiffer: if a description names another number of classes.
        InvalidInput: if there are options.
    """
    if options:
        raise InvalidInput(f"{name} has no options {', '.join(options)}", code="unknown_option")
    torch.set_num_threads(threads)
    sidecar = sidecars.find(name, models_dir)
    folder = transformers_folder.read(sidecar.path)
    model = load_model(MODEL_CLASSES[folder.model_type], folder.path)
    known = sidecar.classes or folder.classes
    class_masks.refuse_other_count(model.config.num_labels, known, name)
    reads = "OneFormerProcessor" if folder.model_type == "oneformer" else "AutoImageProcessor"
    return NamedSegments(sidecar, folder, load_processor(reads, folder.path), model)


def _stuff(classes: tuple[ModelClass, ...]) -> set[int]:
    """The numbers of the classes that are known not to be counted: one segment each."""
    return {place for place, one in enumerate(classes) if one.is_thing is False}


def _bounded(size_hw: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, LONGEST_SIDE / max(size_hw))
    return max(1, round(size_hw[0] * scale)), max(1, round(size_hw[1] * scale))


def _drawn_out(numbers: class_masks.ClassMap, size_hw: tuple[int, int]) -> class_masks.ClassMap:
    if numbers.shape == size_hw:
        return numbers
    return np.asarray(cv2.resize(numbers, size_hw[::-1], interpolation=cv2.INTER_NEAREST))


def _mask_logits(outputs: Any) -> class_masks.Floats:
    """The masks of all queries, float32, Q x h x w, before any threshold."""
    masks = getattr(outputs, "masks_queries_logits", None)
    masks = outputs.pred_masks if masks is None else masks
    return np.asarray(masks[0].float().cpu().numpy(), np.float32)


def _stabilities(logits: class_masks.Floats) -> Callable[[Mask], float]:
    """Return what tells the stability of a segment by the query's mask that is most like it."""
    shares = class_masks.sigmoid(logits)
    masks = (shares > MASK_THRESHOLD).reshape(len(shares), -1)
    areas = masks.sum(axis=1)

    def steady(segment: Mask) -> float:
        height, width = shares.shape[1:]
        low = cv2.resize(segment.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        own = low.astype(bool).ravel()
        shared = masks[:, own].sum(axis=1)
        iou = shared / np.maximum(areas + own.sum() - shared, 1)
        best = int(iou.argmax())
        return class_masks.threshold_stability(shares[best]) if iou[best] > NO_MASK else 0.0

    return steady
