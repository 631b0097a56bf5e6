"""SAM's prompt encoder and mask decoder as an ONNX file, for browsers and for ``onnx.OnnxDecoder``.

Inputs and outputs are those of segment_anything/utils/onnx.py with four masks: the single answer
first, then the three of ``multimask``. The metadata name the segmenter, its version and input side.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import onnx

from inference.segmenters.checkpoints import decoder_path
from inference.segmenters.torch_door import SamOnnxModel, torch

OPSET = 17


def exported(model: Any, name: str, version: str, models_dir: Path) -> Path:
    """Return the decoder's file, written in one step if it is not there yet.

    Args:
        model: A Sam of segment-anything.
        name: Of the segmenter.
        version: Of the segmenter; part of the file's name.
        models_dir: Where the file goes.
    """
    path = decoder_path(name, version, models_dir)
    if path.is_file():
        return path
    descriptor, temporary_name = tempfile.mkstemp(dir=models_dir, suffix=".onnx.part")
    os.close(descriptor)
    temporary = Path(temporary_name)
    try:
        _export(model, temporary)
        _sign(temporary, {"segmenter": name, "version": version, "side": str(_side(model))})
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _export(model: Any, path: Path) -> None:
    device = model.device
    embedding_side = model.prompt_encoder.image_embedding_size[0]
    inputs = {
        "image_embeddings": torch.randn(
            1, model.prompt_encoder.embed_dim, embedding_side, embedding_side
        ),
        "point_coords": torch.zeros(1, 5, 2),
        "point_labels": torch.ones(1, 5),
        "mask_input": torch.zeros(1, 1, 4 * embedding_side, 4 * embedding_side),
        "has_mask_input": torch.ones(1),
        "orig_im_size": torch.tensor([1500.0, 2250.0]),
    }
    model.to("cpu")  # tracing mixes in constants of the CPU
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tracing warns of each constant it takes over
            torch.onnx.export(
                # The exporter leaves the wrapper, and with it the model, in the wrapper's mode.
                SamOnnxModel(model, return_single_mask=False).train(model.training),
                tuple(inputs.values()),
                str(path),
                dynamo=False,
                opset_version=OPSET,
                input_names=list(inputs),
                output_names=["masks", "iou_predictions", "low_res_masks"],
                dynamic_axes={"point_coords": {1: "points"}, "point_labels": {1: "points"}},
            )
    finally:
        model.to(device)


def _sign(path: Path, facts: dict[str, str]) -> None:
    graph = onnx.load(str(path))
    onnx.helper.set_model_props(graph, facts)
    with path.open("wb") as opened:
        opened.write(graph.SerializeToString())
        opened.flush()
        os.fsync(opened.fileno())


def _side(model: Any) -> int:
    return int(model.image_encoder.img_size)
