"""A SAM decoder with weights of 8 bits: a third of the bytes to load, offered only where it holds.

Made by onnxruntime's dynamic quantisation of the exported decoder. Clicks and boxes on a drawn
picture are put to both; the small file stays beside the large one only if their masks agree.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from onnxruntime.quantization import QuantType, quantize_dynamic

from inference.segmenters.checkpoints import small_decoder_path
from inference.segmenters.onnx import OnnxDecoder
from inference.segmenters.protocol import Embedding, ImageRgb, Mask
from inference.segmenters.sam_prompt import grid_prompts

logger = logging.getLogger(__name__)

LEAST_IOU = 0.99  # mean over the prompts
SIDE = 384  # of the drawn picture
SHAPES = 12


def offer(
    path: Path, embed: Callable[[ImageRgb], Embedding], least_iou: float = LEAST_IOU
) -> Path | None:
    """Return the small decoder beside a decoder, made and compared if it is not there yet.

    Args:
        path: The exported decoder.
        embed: The segmenter's encoder.
        least_iou: Mean IoU of the masks of both from which on it is offered.

    Returns:
        None where it does not hold; what was found is logged.
    """
    target = small_decoder_path(path)
    if target.is_file():
        return target
    descriptor, temporary_name = tempfile.mkstemp(dir=path.parent, suffix=".onnx.part")
    os.close(descriptor)
    temporary = Path(temporary_name)
    try:
        _quantise(path, temporary)
        found = agreement(OnnxDecoder(path), OnnxDecoder(temporary), embed(drawn_picture()))
        logger.info("Masks of %s with 8 bits: mean IoU %.4f with those of 32", path.name, found)
        if found < least_iou:
            logger.warning(
                "%s is not offered with 8 bits: its masks have a mean IoU of %.4f with those of 32 "
                "bits, below %.2f",
                path.name,
                found,
                least_iou,
            )
            return None
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def _quantise(path: Path, target: Path) -> None:
    """Write the same graph with weights of 8 bits, one scale a matrix."""
    logging.disable(logging.WARNING)  # it tells the root logger of each matrix that it leaves
    try:
        quantize_dynamic(path, target, weight_type=QuantType.QInt8)
    finally:
        logging.disable(logging.NOTSET)


def agreement(one: OnnxDecoder, other: OnnxDecoder, embedding: Embedding) -> float:
    """Return the mean IoU of two decoders' masks, each with its nearest."""
    ious = []
    for prompt in grid_prompts(embedding.size_hw):
        answers = other.predict(embedding, prompt)
        ious += [
            max(_iou(wanted.mask, answer.mask) for answer in answers)
            for wanted in one.predict(embedding, prompt)
        ]
    return float(np.mean(ious))


def drawn_picture() -> ImageRgb:
    """Return a picture of discs and boxes, always the same."""
    chance = np.random.default_rng(0)
    picture = np.full((SIDE, SIDE, 3), 110, np.uint8)
    for number in range(SHAPES):
        x, y, reach = (int(value) for value in chance.integers(20, SIDE - 20, 3))
        colour = [int(value) for value in chance.integers(0, 256, 3)]
        if number % 2:
            cv2.circle(picture, (x, y), 10 + reach // 6, colour, cv2.FILLED)
        else:
            cv2.rectangle(picture, (x, y), (x + reach // 3, y + reach // 5), colour, cv2.FILLED)
    noise = chance.normal(0, 6, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _iou(one: Mask, other: Mask) -> float:
    either = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / either if either else 1.0
