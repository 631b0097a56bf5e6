"""Prints torchmetrics' panoptic quality of an unpacked panoptic export against itself.

A program of its own: torchmetrics imports torchvision, and torchvision's wheel does not import
beside a CPU-only torch unless its operators are declared, which must not leak into other tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image


def declare_missing_operators() -> None:
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    sys.modules[__name__].torchvision_library = library  # it must live as long as its operators


try:
    from torchmetrics import detection
except RuntimeError:
    for name in [each for each in sys.modules if each.startswith(("torchvision", "torchmetrics"))]:
        del sys.modules[name]
    declare_missing_operators()
    from torchmetrics import detection


def pair_of(folder: Path, annotation: dict) -> torch.Tensor:
    rgb = np.array(Image.open(folder / annotation["file_name"])).astype(np.int64)
    ids = rgb @ [1, 256, 65536]
    category_of = {0: 0} | {
        segment["id"]: segment["category_id"] for segment in annotation["segments_info"]
    }
    return torch.from_numpy(np.stack([np.vectorize(category_of.get)(ids), ids], -1))[None]


def main(document: Path) -> None:
    panoptic = json.loads(document.read_text())
    things = {each["id"] for each in panoptic["categories"] if each["isthing"]}
    stuffs = {each["id"] for each in panoptic["categories"] if not each["isthing"]} | {0}
    quality = detection.PanopticQuality(things=things, stuffs=stuffs)
    for annotation in panoptic["annotations"]:
        pair = pair_of(document.with_suffix(""), annotation)
        quality.update(pair, pair)
    sys.stdout.write(str(float(quality.compute())))


main(Path(sys.argv[1]))
