"""SAM's prompt encoder and mask decoder as an ONNX file, for browsers and for ``onnx.OnnxDecoder``.

The graph is ``sam_slim``'s: inputs as in segment_anything/utils/onnx.py, several prompts at once,
and four low-resolution masks each, the single answer first, then the three of ``multimask``. The
metadata name the segmenter, its version and input side.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import onnx

from inference.segmenters.checkpoints import decoder_path
from inference.segmenters.sam_slim import ReusingDecoder
from inference.segmenters.torch_door import torch

OPSET = 17
DYNAMIC_AXES = {
    "point_coords": {0: "prompts", 1: "points"},
    "point_labels": {0: "prompts", 1: "points"},
    "iou_predictions": {0: "prompts"},
    "low_res_masks": {0: "prompts"},
}
UNUSED_INPUT = "orig_im_size"  # of SAM's published decoders; taken and left alone


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
        side = str(int(model.image_encoder.img_size))
        _export(model, temporary, {"segmenter": name, "version": version, "side": side})
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_decoder(
    decoder: Any, channels: int, cells: int, facts: dict[str, str], path: Path
) -> None:
    """Write a decoder with ``SlimDecoder``'s inputs and outputs as a signed ONNX file.

    Args:
        decoder: A module on the CPU, in the mode it is to be written in.
        channels: Of an embedding.
        cells: Of an embedding, to a side.
        facts: Metadata of the file.
        path: Overwritten if it is there.
    """
    inputs = {
        "image_embeddings": torch.zeros(1, channels, cells, cells),
        "point_coords": torch.zeros(2, 3, 2),
        "point_labels": torch.ones(2, 3),
        "mask_input": torch.zeros(1, 1, 4 * cells, 4 * cells),
        "has_mask_input": torch.zeros(1),
    }
    outputs, axes = ["iou_predictions", "low_res_masks"], dict(DYNAMIC_AXES)
    if isinstance(decoder, ReusingDecoder):
        inputs["known_rows"] = torch.zeros(0, 0, 0)
        outputs.append("image_rows")
        axes["known_rows"] = {0: "images", 1: "rows", 2: "cells"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of each constant it takes over
        torch.onnx.export(
            decoder,
            tuple(inputs.values()),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=axes,
        )
    _sign(path, facts)


def _export(model: Any, path: Path, facts: dict[str, str]) -> None:
    device, prompts = model.device, model.prompt_encoder
    model.to("cpu")  # tracing mixes in constants of the CPU
    try:
        # The exporter leaves the wrapper, and with it the model, in the wrapper's mode.
        decoder = ReusingDecoder(model).train(model.training)
        write_decoder(decoder, prompts.embed_dim, prompts.image_embedding_size[0], facts, path)
    finally:
        model.to(device)


def _sign(path: Path, facts: dict[str, str]) -> None:
    graph = onnx.load(str(path))
    graph.graph.input.append(
        onnx.helper.make_tensor_value_info(UNUSED_INPUT, onnx.TensorProto.FLOAT, [2])
    )
    onnx.helper.set_model_props(graph, facts)
    with path.open("wb") as opened:
        opened.write(graph.SerializeToString())
        opened.flush()
        os.fsync(opened.fileno())
