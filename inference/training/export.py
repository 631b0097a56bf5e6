"""The two ONNX files of a trained model: encoder and decoder, with a check that they agree.

They and the facts beside them are what ``inference.segmenters.bundled`` serves.
Weights are stored as float16 and computed with as float32: the file is half as large, and runtimes
turn the weights back once, when they load it. Batch normalisation melts into the convolutions.
"""

from __future__ import annotations

import argparse
import json
import logging
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime

from inference.segmenters.bundled import DECODER_NAME, ENCODER_NAME, FACTS_NAME, NAME
from inference.segmenters.checkpoints import sha256_of
from inference.segmenters.onnx import LEADS_WITH, LEADS_WITH_SINGLE
from inference.segmenters.sam_export import OPSET, write_decoder
from inference.segmenters.torch_door import Sam, torch
from inference.training import checkpoint
from inference.training.encoder import STRIDE
from inference.training.guided import GUIDE_CHANNELS, GuidedDecoder, GuidedEncoder
from inference.training.model import CORNER_1, CORNER_2, PAD, POSITIVE

logger = logging.getLogger(__name__)

SMALLEST_STORED = 256  # numbers; smaller arrays stay float32, they weigh nothing


@dataclass(frozen=True)
class Parity:
    """How far the files are from the model they were made of, on noise.

    Attributes:
        embedding: Largest difference, relative to the embedding's standard deviation.
        flipped: Share of mask pixels on another side, of the worst mask.
        iou: Largest difference of predicted IoU.
    """

    embedding: float
    flipped: float
    iou: float


def export_files(sam: Sam, out: Path, version: str, *, is_half: bool = True) -> dict[str, object]:
    """Write encoder, decoder and a file of facts: sha256, bytes and parity of both.

    Args:
        sam: On the CPU, ready to answer.
        out: Folder, made if absent.
        version: Tells embeddings of these weights from others'; the decoder carries it.
        is_half: Whether to store weights as float16.
    """
    out.mkdir(parents=True, exist_ok=True)
    encoder, decoder = out / ENCODER_NAME, out / DECODER_NAME
    _export_encoder(sam, encoder)
    _export_decoder(sam, decoder, version)
    if is_half:
        for path in (encoder, decoder):
            graph = onnx.load(str(path))
            store_as_half(graph)
            onnx.save(graph, str(path))
    facts: dict[str, object] = {
        "version": version,
        "side": sam.image_encoder.img_size,
        "pixel_mean": sam.pixel_mean.flatten().tolist(),
        "pixel_std": sam.pixel_std.flatten().tolist(),
        "files": {
            path.name: {"sha256": sha256_of(path), "bytes": path.stat().st_size}
            for path in (encoder, decoder)
        },
        "parity": asdict(measure_parity(sam, encoder, decoder)),
    }
    (out / FACTS_NAME).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return facts


def store_as_half(graph: Any) -> None:
    """Store a model's larger float32 constants as float16, each with a cast back to float32."""
    casts = []
    for constant in graph.graph.initializer:
        numbers = onnx.numpy_helper.to_array(constant)
        if numbers.dtype != np.float32 or numbers.size < SMALLEST_STORED:
            continue
        if np.abs(numbers).max() > np.finfo(np.float16).max:
            continue
        name = constant.name
        stored = onnx.numpy_helper.from_array(numbers.astype(np.float16), f"{name}.half")
        constant.CopyFrom(stored)
        cast = onnx.helper.make_node("Cast", [stored.name], [name], to=onnx.TensorProto.FLOAT)
        casts.append(cast)
    nodes = [*casts, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)


def measure_parity(sam: Sam, encoder: Path, decoder: Path, seed: int = 0) -> Parity:
    """Compare the files with the model on a picture of noise, by a click and by a box."""
    side = sam.image_encoder.img_size
    chance = torch.Generator().manual_seed(seed)
    pixels = torch.nn.functional.interpolate(
        torch.randn(1, 3, side // STRIDE, side // STRIDE, generator=chance), (side, side)
    )
    with torch.no_grad():
        expected = GuidedEncoder(sam).eval()(pixels)
    came = _session(encoder).run(None, {"pixels": pixels.numpy()})[0]
    apart = np.abs(came - expected.numpy()).max() / max(float(expected.std()), 1e-9)
    flipped, iou = 0.0, 0.0
    for points, labels in _probes(side):
        low, scores = _decoded(_session(decoder), came, points, labels)
        with torch.no_grad():
            ious, masks = GuidedDecoder(sam).eval()(
                expected,
                torch.from_numpy(points),
                torch.from_numpy(labels),
                torch.zeros(1, 1, *low.shape[2:]),
                torch.zeros(1),
            )
        changed = ((low > 0) != (masks.numpy() > 0)).mean(axis=(0, 2, 3)).max()
        flipped = max(flipped, float(changed))
        iou = max(iou, float(np.abs(scores - ious.numpy()).max()))
    return Parity(float(apart), flipped, iou)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line of ``export``."""
    parser.set_defaults(run=_run)
    parser.add_argument("--weights", type=Path, required=True, help="weights.pt of a run")
    parser.add_argument("--out", type=Path, required=True, help="folder for the ONNX files")
    parser.add_argument("--storage", choices=("float16", "float32"), default="float16")


def _run(options: argparse.Namespace) -> None:
    sam, _ = checkpoint.load_weights(options.weights)
    version = sha256_of(options.weights)[:16]
    facts = export_files(sam, options.out, version, is_half=options.storage == "float16")
    logger.info("%s", json.dumps(facts, indent=1))


def _export_encoder(sam: Sam, path: Path) -> None:
    side = sam.image_encoder.img_size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter is told to be old; we know
        torch.onnx.export(
            GuidedEncoder(sam).eval(),
            (torch.zeros(1, 3, side, side),),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=["pixels"],
            output_names=["embedding"],
        )


def _export_decoder(sam: Sam, path: Path, version: str) -> None:
    side = sam.image_encoder.img_size
    write_decoder(
        GuidedDecoder(sam).eval(),
        sam.prompt_encoder.embed_dim + GUIDE_CHANNELS,
        side // STRIDE,
        {
            "segmenter": NAME,
            "version": version,
            "side": str(side),
            LEADS_WITH: LEADS_WITH_SINGLE,
        },
        path,
    )


def _probes(
    side: int,
) -> list[tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]]:
    """A click with its pad, and a box; float32, 1 x 2 x 2, and int64, 1 x 2."""
    click = np.array([[[side / 3, side / 2], [0, 0]]], np.float32)
    box = np.array([[[side / 4, side / 4], [side / 2, side * 0.75]]], np.float32)
    return [
        (click, np.array([[POSITIVE, PAD]], np.int64)),
        (box, np.array([[CORNER_1, CORNER_2]], np.int64)),
    ]


def _decoded(
    session: Any,
    embedding: npt.NDArray[np.float32],
    points: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    low_side = 4 * embedding.shape[2]
    side = np.float32(STRIDE * embedding.shape[2])
    scores, low = session.run(
        None,
        {
            "image_embeddings": embedding,
            "point_coords": points,
            "point_labels": labels.astype(np.float32),
            "mask_input": np.zeros((1, 1, low_side, low_side), np.float32),
            "has_mask_input": np.zeros(1, np.float32),
            "orig_im_size": np.array([side, side], np.float32),
        },
    )
    return low, scores


def _session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
