"""The bundled model: encoder and decoder through onnxruntime alone, in any process.

Its frame of reference is SAM's (``sam_frame``), its decoder ``onnx.OnnxDecoder``; only the way from
a picture to an embedding is its own. No torch here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters import bundled, nano_everything
from inference.segmenters.bundled import Bundle
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.freed_memory import give_back_memory
from inference.segmenters.nano_everything import GridSettings
from inference.segmenters.onnx import OnnxDecoder, open_session
from inference.segmenters.prompts import validate_image, validate_own_image
from inference.segmenters.protocol import Box, Candidate, Embedding, ImageRgb, Prompt
from inference.segmenters.sam_frame import Frame
from inference.segmenters.sam_prompt import SAM_KINDS
from projects.errors import InvalidInput


def load(
    name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]
) -> NanoSegmenter:
    """Load the model after the sha256 of its files was found right.

    Args:
        name: Its own; there is one of this kind.
        models_dir: Where a folder of that name is taken instead of the shipped one.
        threads: For onnxruntime's own pool.
        options: Fields of ``GridSettings``.

    Raises:
        CheckpointRefused: if a file holds other bytes, or files of two versions lie together.
        InvalidInput: if an option is unknown.
    """
    unknown = sorted(set(options) - set(GridSettings.__dataclass_fields__))
    if unknown:
        raise InvalidInput(f"{name} has no options {', '.join(unknown)}", code="unknown_option")
    settings = GridSettings(**dict(options))  # type: ignore[arg-type]  # names are checked above
    return NanoSegmenter(bundled.read(models_dir), threads, settings)


class NanoSegmenter:
    """A loaded ``sam_nano``. Embeddings are float32, 1 x C x h x w."""

    name = bundled.NAME
    kinds = SAM_KINDS
    stores_embedding = True
    needs_worker = False
    looks_closer = True

    def __init__(
        self, bundle: Bundle, threads: int = 1, settings: GridSettings | None = None
    ) -> None:
        cv2.setNumThreads(threads)
        self.version = bundle.version
        self._bundle = bundle
        self._threads = threads
        self._settings = settings or GridSettings()
        self._one_at_a_time = Lock()
        self._decoder = OnnxDecoder(bundle.decoder, threads, is_held=True)
        if (self._decoder.name, self._decoder.version) != (self.name, self.version):
            raise CheckpointRefused(
                f"{bundle.decoder} is of {self._decoder.name} {self._decoder.version}, "
                f"its facts tell of {self.name} {self.version}. {bundled.MEND}"
            )

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        """Run the encoder on an image (uint8, HxWx3, RGB)."""
        image = validate_image(image_rgb)
        size_hw = (image.shape[0], image.shape[1])
        pixels = self._pixels(image, Frame(size_hw, self._bundle.side))
        with self._one_at_a_time:  # two at once would take twice the memory, and not less time
            features = self._encoder.run(None, {"pixels": pixels})[0]
        give_back_memory()
        return Embedding(self.name, self.version, size_hw, np.asarray(features, np.float32))

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with one candidate, or three for ``multimask``, best first.

        Raises:
            InvalidInput: as ``sam_prompt.for_decoder``.
        """
        return self._decoder.predict(embedding, prompt)

    def predict_boxes(self, embedding: Embedding, boxes_xyxy: Sequence[Box]) -> Iterator[Candidate]:
        """Answer each box with one candidate, in their order; many in one run.

        Raises:
            InvalidInput: if a box does not fit the image, or the embedding is another's.
        """
        yield from self._decoder.predict_boxes(embedding, boxes_xyxy)
        give_back_memory()

    def propose(self, image_rgb: ImageRgb, embedding: Embedding) -> list[Candidate]:
        """Return masks for everything, best first, found from a grid of points.

        Raises:
            InvalidInput: if the embedding is not of this image and segmenter.
        """
        validate_own_image(image_rgb, embedding, self.name, self.version)
        found = nano_everything.propose(self._decoder, embedding, self._settings)
        give_back_memory()
        return found

    def decoder_onnx(self) -> Path:
        """Return the shipped decoder's file."""
        return self._bundle.decoder

    @cached_property
    def _encoder(self) -> Any:
        """The encoder, opened with the first picture: prompts on stored embeddings need none."""
        return open_session(self._bundle.encoder, self._threads)

    def _pixels(self, image: ImageRgb, frame: Frame) -> npt.NDArray[np.float32]:
        """Return the image as the encoder takes it: fitted, normalised, the rest the mean."""
        height, width = frame.scaled_hw
        is_smaller = height < image.shape[0] or width < image.shape[1]
        how = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
        scaled = cv2.resize(image, (width, height), interpolation=how)
        pixels = np.zeros((1, 3, frame.side, frame.side), np.float32)
        mean, deviation = (
            np.array(told, np.float32) for told in (self._bundle.mean, self._bundle.deviation)
        )
        normal = (scaled.astype(np.float32) - mean) / deviation
        pixels[0, :, :height, :width] = normal.transpose(2, 0, 1)
        return pixels
