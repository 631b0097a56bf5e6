"""The one door to torch, torchvision and segment-anything.

PyPI's torchvision does not import beside a CPU-only torch: its compiled operators cannot be loaded,
and it stumbles over their absence ("operator torchvision::nms does not exist"). Only then the
operators it asks for are declared before the import, with the bodies of ``vision_operators``.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
from pathlib import Path
from typing import Any

import torch

from inference.segmenters import vision_operators

ROI_ALIGN_SIGNATURE = (
    "(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, "
    "int sampling_ratio, bool aligned) -> Tensor"
)
_declared: list[Any] = []  # operators live as long as their library object


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
        library.define(f"roi_align{ROI_ALIGN_SIGNATURE}")
        for device in ("CPU", "CUDA"):
            library.impl("nms", vision_operators.suppress, device)
            library.impl("roi_align", vision_operators.roi_align, device)
        _declared.append(library)
    extension = importlib.import_module("torchvision").extension
    if _declared:
        # Both ask before they call an operator; else roi_align is compiled anew, for minutes.
        asking: list[Any] = [extension, importlib.import_module("torchvision.ops.roi_align")]
        for module in asking:
            module._has_ops = lambda: True  # noqa: SLF001


_import_torchvision()

import segment_anything  # noqa: E402  needs a torchvision that imports
import torchvision  # noqa: E402  as above
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
    "torchvision",
]
