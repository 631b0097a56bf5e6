"""Mask R-CNN, DeepLabV3 and FCN of torchvision, with weights from a described ``.pth``.

For workers: this imports torch. A file of weights is opened only once its sha256 is right, and
only as tensors (``weights_only``).
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inference.segmenters import checkpoints, class_masks, sidecars
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.class_segmenter import ClassSegmenter
from inference.segmenters.model_input import prepared, thickened
from inference.segmenters.protocol import Candidate, ImageRgb
from inference.segmenters.sidecars import DEEPLABV3, FCN, MASK_RCNN, Sidecar
from inference.segmenters.sound_numbers import refuse_unsound_weights
from inference.segmenters.torch_door import torch, torchvision
from projects.errors import InvalidInput

# The first of each family is taken where the description names none.
ARCHITECTURES = {
    MASK_RCNN: ("maskrcnn_resnet50_fpn", "maskrcnn_resnet50_fpn_v2"),
    DEEPLABV3: ("deeplabv3_resnet50", "deeplabv3_resnet101", "deeplabv3_mobilenet_v3_large"),
    FCN: ("fcn_resnet50", "fcn_resnet101"),
}
CLASS_WEIGHTS = {
    MASK_RCNN: "roi_heads.box_predictor.cls_score.weight",
    DEEPLABV3: "classifier.4.weight",
    FCN: "classifier.4.weight",
}
# Mask R-CNN scales images to this shortest side unless the longest would pass the other; a
# description's input.size says them otherwise. Masks come at the size of what it was given.
SIDES = (800, 1333)


class SemanticModel(ClassSegmenter):
    """DeepLabV3 or FCN."""

    def __init__(self, sidecar: Sidecar, model: Any) -> None:
        super().__init__(sidecar.name, sidecar.sha256[:16])
        self._sidecar, self._model = sidecar, model

    def find(self, image_rgb: ImageRgb) -> list[Candidate]:
        """Return a candidate for each class in the image, best first."""
        pixels, placement = prepared(image_rgb, self._sidecar.input)
        with torch.inference_mode():
            logits = self._model(torch.from_numpy(pixels).to(_device_of(self._model)))["out"][0]
        numbers = np.ascontiguousarray(placement.cut(logits.float().cpu().numpy()), np.float32)
        class_map = class_masks.best_classes(numbers, placement.size_hw)
        shares = class_masks.softmax(numbers)
        return class_masks.from_class_map(class_map, shares, self._sidecar.classes)


class InstanceModel(ClassSegmenter):
    """Mask R-CNN."""

    def __init__(self, sidecar: Sidecar, model: Any) -> None:
        super().__init__(sidecar.name, sidecar.sha256[:16])
        self._sidecar, self._model = sidecar, model

    def find(self, image_rgb: ImageRgb) -> list[Candidate]:
        """Return a candidate for each object in the image, best first."""
        size_hw = (image_rgb.shape[0], image_rgb.shape[1])
        pixels = np.ascontiguousarray(thickened(_shrunk(image_rgb)).transpose(2, 0, 1))
        scaled = torch.from_numpy(pixels).to(_device_of(self._model)).float() / 255
        with torch.inference_mode():
            found = self._model([scaled])[0]
        objects = class_masks.Instances(
            found["scores"].cpu().numpy(),
            found["labels"].cpu().numpy(),
            found["masks"][:, 0].cpu().numpy(),
        )
        known = self._sidecar.classes
        return class_masks.from_instances(objects, known, self._sidecar.threshold, size_hw)


def load(
    name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]
) -> ClassSegmenter:
    """Load the weights that a description names, after their sha256 was found right.

    Raises:
        CheckpointRefused: if the file holds other bytes, no weights, or another architecture's.
        ClassesDiffer: if the weights are of another number of classes than described.
        InvalidInput: if there are options, or the architecture is unknown.
    """
    if options:
        raise InvalidInput(f"{name} has no options {', '.join(options)}", code="unknown_option")
    torch.set_num_threads(threads)
    sidecar = sidecars.find(name, models_dir)
    known = ARCHITECTURES[sidecar.family]
    architecture = sidecar.architecture or known[0]
    if architecture not in known:
        raise InvalidInput(
            f"architecture of {name} must be one of {', '.join(known)}; got {architecture}",
            code="sidecar_malformed",
        )
    weights = _weights(checkpoints.verify(sidecar.path, sidecar.sha256))
    model = _filled(architecture, weights, sidecar)
    kind = InstanceModel if sidecar.family == MASK_RCNN else SemanticModel
    return kind(sidecar, model.to("cuda" if torch.cuda.is_available() else "cpu"))


def _weights(path: Path) -> dict[str, Any]:
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise CheckpointRefused(f"{path.name} holds no weights: {error}") from error
    for wrapper in ("model", "state_dict"):
        stored = stored.get(wrapper, stored) if isinstance(stored, dict) else stored
    if not isinstance(stored, dict) or not all(torch.is_tensor(one) for one in stored.values()):
        raise CheckpointRefused(f"{path.name} holds no weights by name")
    refuse_unsound_weights(stored, path.name)
    return stored


def _filled(architecture: str, weights: dict[str, Any], sidecar: Sidecar) -> Any:
    last = weights.get(CLASS_WEIGHTS[sidecar.family])
    if last is None:
        raise CheckpointRefused(
            f"{sidecar.path.name} lacks {CLASS_WEIGHTS[sidecar.family]}: it is no {architecture}"
        )
    class_masks.refuse_other_count(len(last), sidecar.classes, sidecar.name)
    if sidecar.family == MASK_RCNN:
        model = _mask_rcnn(architecture, weights, sidecar)
    else:
        build = getattr(torchvision.models.segmentation, architecture)
        has_aux = any(name.startswith("aux_classifier.") for name in weights)
        model = build(
            weights=None,
            weights_backbone=None,
            num_classes=len(sidecar.classes),
            aux_loss=has_aux,
        )
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise CheckpointRefused(f"{sidecar.path.name} is no {architecture}: {error}") from error
    return model.eval()


def _mask_rcnn(architecture: str, weights: dict[str, Any], sidecar: Sidecar) -> Any:
    build = getattr(torchvision.models.detection, architecture)
    shortest, longest = sidecar.input.size_hw or SIDES
    model = build(
        min_size=shortest,
        max_size=longest,
        weights=None,
        weights_backbone=None,
        num_classes=len(sidecar.classes),
        box_score_thresh=sidecar.threshold,
    )
    if not any(name.endswith("num_batches_tracked") for name in weights):
        _freeze(model)
    return model


def _freeze(module: Any) -> None:
    """Put frozen normalisation in the place of the other, as the published Mask R-CNN has it.

    torchvision sets its eps to 0 then (models/detection/mask_rcnn.py, overwrite_eps).
    """
    for name, child in module.named_children():
        if isinstance(child, torch.nn.BatchNorm2d):
            setattr(module, name, torchvision.ops.FrozenBatchNorm2d(child.num_features, eps=0.0))
        else:
            _freeze(child)


def _device_of(model: Any) -> Any:
    return next(model.parameters()).device


def _shrunk(image_rgb: ImageRgb) -> ImageRgb:
    height, width = image_rgb.shape[:2]
    scale = SIDES[1] / max(height, width)
    if scale >= 1:
        return image_rgb
    size_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image_rgb, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
