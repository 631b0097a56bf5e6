"""The one door to torch, torchvision and segment-anything.

PyPI's torchvision does not import beside a CPU-only torch: its compiled operators cannot be loaded,
and it stumbles over their absence ("operator torchvision::nms does not exist"). Only then the
operators it asks for are declared before the import; non-maximum suppression gets a body.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path
from typing import Any

import torch

_declared: list[Any] = []  # operators live as long as their library object


def _suppress(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Greedy non-maximum suppression: int64 indices kept, by falling score.

    Args:
        boxes: float, N x 4, (x0, y0, x1, y1).
        scores: float, N.
        iou_threshold: A box is dropped if its IoU with a better one is greater.
    """
    order = torch.argsort(scores, descending=True, stable=True)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while order.numel():
        best, order = order[0], order[1:]
        kept.append(best)
        low = torch.maximum(boxes[best, :2], boxes[order, :2])
        high = torch.minimum(boxes[best, 2:], boxes[order, 2:])
        shared = (high - low).clamp(min=0).prod(dim=1)
        iou = shared / (areas[best] + areas[order] - shared)
        order = order[~(iou > iou_threshold)]
    return torch.stack(kept) if kept else torch.empty(0, dtype=torch.int64)


def _has_compiled_operators() -> bool:
    specification = importlib.util.find_spec("torchvision")
    if specification is None or specification.origin is None:
        return False
    folder = Path(specification.origin).parent
    for suffix in importlib.machinery.EXTENSION_SUFFIXES:
        library = folder / f"_C{suffix}"
        if library.is_file():
            try:
                torch.ops.load_library(str(library))  # type: ignore[no-untyped-call]
            except OSError:
                return False
            return True
    return False


def _import_torchvision() -> None:
    if not _has_compiled_operators():
        library: Any = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        signature = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        library.define(f"nms{signature}")
        library.define(f"qnms{signature}")
        library.impl("nms", _suppress, "CPU")
        library.impl("nms", _suppress, "CUDA")
        _declared.append(library)
    extension = importlib.import_module("torchvision").extension
    if _declared:
        extension._has_ops = lambda: True  # noqa: SLF001  batched_nms asks before it calls nms


_import_torchvision()

import segment_anything  # noqa: E402  needs a torchvision that imports
from segment_anything.modeling import (  # noqa: E402
    ImageEncoderViT,
    MaskDecoder,
    PromptEncoder,
    Sam,
    TwoWayTransformer,
)
from segment_anything.utils.onnx import SamOnnxModel  # noqa: E402

SamAutomaticMaskGenerator = segment_anything.SamAutomaticMaskGenerator
SamPredictor = segment_anything.SamPredictor

__all__ = [
    "ImageEncoderViT",
    "MaskDecoder",
    "PromptEncoder",
    "Sam",
    "SamAutomaticMaskGenerator",
    "SamOnnxModel",
    "SamPredictor",
    "TwoWayTransformer",
    "torch",
]
