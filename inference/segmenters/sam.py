"""Segment Anything (A. Kirillov et al., "Segment Anything", ICCV 2023) through segment-anything.

For workers: this imports torch. No image is kept between calls; masks are those of ``SamPredictor``
and ``SamAutomaticMaskGenerator`` bit for bit where the embedding is the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from inference.segmenters import checkpoints, sam_build, sam_export, sam_int8
from inference.segmenters.box_prompts import sam_answers
from inference.segmenters.checkpoints import Checkpoint
from inference.segmenters.coded import CodedCandidate, drawn_out
from inference.segmenters.onnx import OnnxDecoder
from inference.segmenters.prompts import validate_embedding, validate_image, validate_own_image
from inference.segmenters.protocol import Box, Candidate, Embedding, ImageRgb, Logits, Prompt
from inference.segmenters.sam_build import speed_up
from inference.segmenters.sam_everything import (
    Answers,
    EverythingSettings,
    Scores,
    find_everything,
)
from inference.segmenters.sam_frame import Floats, Frame, best_first, candidate
from inference.segmenters.sam_memory import OutOfMemory, clear_when_full
from inference.segmenters.sam_precision import AUTO, Precision, choose, compute_exactly
from inference.segmenters.sam_prompt import SAM_KINDS, SamPrompt, for_decoder
from inference.segmenters.sam_slim import SlimDecoder
from inference.segmenters.sound_numbers import refuse_unsound_numbers
from inference.segmenters.torch_door import SamPredictor, torch
from projects.errors import InvalidInput, sentence

DECODERS = ("float32", "int8")
MOST_AT_ONCE = 256
GPU_BATCH = 8  # images at once on a GPU; halved where they do not fit
GPU_POINTS = 64  # clicks at once there, as SamAutomaticMaskGenerator has it


def load(
    name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]
) -> SamSegmenter:
    """Load a checkpoint after its sha256 was found right.

    Args:
        name: A published SAM or one that a sidecar describes.
        models_dir: The folder of checkpoints.
        threads: For torch's own pool.
        options: Fields of ``EverythingSettings``; ``device`` ("cpu", "cuda"; by default the GPU
            if there is one); ``precision`` ("exact", "fast", or "auto": fast where the hardware has
            bfloat16); ``decoder`` ("float32", or "int8": small to load, where its masks agree);
            ``images_at_once`` (0: 8 on a GPU, 1 elsewhere).

    Raises:
        CheckpointRefused: if the file holds other bytes or does not fit the architecture.
        InvalidInput: if an option is unknown.
        OutOfMemory: if the model does not fit.
    """
    chosen = dict(options)
    device = str(chosen.pop("device", "cuda" if torch.cuda.is_available() else "cpu"))
    precision = choose(chosen.pop("precision", AUTO), device)
    if precision is Precision.EXACT:
        compute_exactly()
    at_once = _images_at_once(chosen.pop("images_at_once", 0), device)
    is_small = wants_small(chosen.pop("decoder", DECODERS[0]))
    unknown = sorted(set(chosen) - set(EverythingSettings.__dataclass_fields__))
    if unknown:
        raise InvalidInput(f"{name} has no options {', '.join(unknown)}", code="unknown_option")
    torch.set_num_threads(threads)
    path = checkpoints.verified_path(name, models_dir)
    checkpoint = checkpoints.find(name, models_dir)
    settings = EverythingSettings(**chosen)  # type: ignore[arg-type]  # names are checked above
    with clear_when_full(name, "be loaded"):
        model = speed_up(sam_build.load(checkpoint.shape, path), precision).to(device)
    return SamSegmenter(
        checkpoint,
        model,
        models_dir,
        settings,
        is_final=True,
        has_small_decoder=is_small,
        at_once=at_once,
    )


def _images_at_once(wish: object, device: str) -> int:
    if isinstance(wish, bool) or not isinstance(wish, int) or not 0 <= wish <= MOST_AT_ONCE:
        raise InvalidInput(
            f"images_at_once is a whole number from 0 to {MOST_AT_ONCE}, got {str(wish)[:40]!r}",
            code="bad_option",
        )
    return wish or (1 if device == "cpu" else GPU_BATCH)


def wants_small(wish: object) -> bool:
    """Say whether a setting asks for the decoder with weights of 8 bits.

    Raises:
        InvalidInput: if it is none of ``DECODERS``.
    """
    if wish not in DECODERS:
        raise InvalidInput(
            f"decoder is one of {', '.join(DECODERS)}, got {str(wish)[:40]!r}", code="bad_option"
        )
    return wish == DECODERS[1]


class SamSegmenter:
    """A loaded SAM. Embeddings are float32, 1 x C x h x w.

    Args:
        checkpoint: What the weights are known by.
        model: A Sam of segment-anything, or one with an encoder of the same use.
        models_dir: Where its ONNX decoder goes.
        settings: How to look for everything.
        is_final: Whether the weights will not change, so that an exported decoder stays right.
        has_small_decoder: Whether the decoder is offered with weights of 8 bits, if that holds.
        at_once: How many images ``embed_many`` encodes in one run; fewer where they do not fit.
    """

    kinds = SAM_KINDS
    stores_embedding = True
    needs_worker = True

    def __init__(
        self,
        checkpoint: Checkpoint,
        model: Any,
        models_dir: Path,
        settings: EverythingSettings | None = None,
        *,
        is_final: bool = False,
        has_small_decoder: bool = False,
        at_once: int = 1,
    ) -> None:
        self.name = checkpoint.name
        self.version = checkpoint.version
        self._model = model
        self._models_dir = models_dir
        self._settings = settings or EverythingSettings()
        self._is_final = is_final
        self._has_small_decoder = has_small_decoder
        self.at_once = at_once
        self._decoder: OnnxDecoder | None = None

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        """Run the encoder on an image (uint8, HxWx3, RGB); seconds on a CPU.

        Raises:
            OutOfMemory: if it does not fit.
        """
        return self.embed_many([image_rgb])[0]

    def embed_many(self, images_rgb: Sequence[ImageRgb]) -> list[Embedding]:
        """Run the encoder on images of any sizes, several at once on a GPU.

        Raises:
            OutOfMemory: if not even one fits.
        """
        images = [validate_image(image) for image in images_rgb]
        at_once = self.at_once
        found: list[Embedding] = []
        while len(found) < len(images):
            batch = images[len(found) : len(found) + at_once]
            try:
                features = self._encoded(batch)
            except OutOfMemory:
                if len(batch) == 1:
                    raise
                at_once = len(batch) // 2
                continue
            found += [
                Embedding(
                    self.name, self.version, (image.shape[0], image.shape[1]), features[place, None]
                )
                for place, image in enumerate(batch)
            ]
        return found

    def _encoded(self, images: Sequence[ImageRgb]) -> npt.NDArray[np.float32]:
        """Return features, float32, B x C x h x w."""
        height, width = images[0].shape[:2]
        with (
            clear_when_full(self.name, f"encode a picture of {width}x{height}"),
            torch.inference_mode(),
        ):
            squares = torch.cat([self._square(image) for image in images])
            features = self._model.image_encoder(squares).cpu().numpy()
        refuse_unsound_numbers(
            features, self.name, sentence(f"Delete them and run: manage.py fetch_model {self.name}")
        )
        return np.asarray(features, np.float32)

    def _square(self, image: ImageRgb) -> Any:
        """Return the model's input, float32, 1 x 3 x side x side, as SamPredictor.set_image."""
        side = self._model.image_encoder.img_size
        height, width = Frame((image.shape[0], image.shape[1]), side).scaled_hw
        scaled = np.array(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))
        pixels = torch.from_numpy(scaled).to(self._model.device).permute(2, 0, 1)
        return self._model.preprocess(pixels[None])

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with one candidate, or three for ``multimask``, best first.

        Raises:
            InvalidInput: as ``sam_prompt.for_decoder``.
            OutOfMemory: if it does not fit.
        """
        frame = Frame(embedding.size_hw, self._model.image_encoder.img_size)
        asked = for_decoder(prompt, embedding, frame, self.name, self.version)
        height, width = embedding.size_hw
        with clear_when_full(self.name, f"answer on a picture of {width}x{height}"):
            masks, scores, low = _ask(self._predictor(embedding, frame), asked)
        return best_first(
            [
                candidate(masks[place], float(scores[place]), low[place])
                for place in range(len(masks))
            ]
        )

    def predict_boxes(self, embedding: Embedding, boxes_xyxy: Sequence[Box]) -> Iterator[Candidate]:
        """Answer each box with one candidate, in their order; many in one run.

        Raises:
            InvalidInput: if a box does not fit the image, or the embedding is another's.
            OutOfMemory: if it does not fit.
        """
        validate_embedding(embedding, self.name, self.version)
        frame = Frame(embedding.size_hw, self._model.image_encoder.img_size)
        with clear_when_full(self.name, f"answer {len(boxes_xyxy)} boxes"):
            for _, low, score in sam_answers(self._answers(), embedding, frame, boxes_xyxy):
                yield candidate(frame.upscaled(low), float(score), low)

    def propose(self, image_rgb: ImageRgb, embedding: Embedding) -> list[Candidate]:
        """Return masks for everything, best first, found from a grid of points.

        Raises:
            InvalidInput: if the embedding is not of this image and segmenter.
            OutOfMemory: if it does not fit.
        """
        image = validate_own_image(image_rgb, embedding, self.name, self.version)
        height, width = embedding.size_hw
        with clear_when_full(self.name, f"look for everything in a picture of {width}x{height}"):
            searched = _shrunk(image, self._settings.longest_side)
            known = replace(embedding, size_hw=(searched.shape[0], searched.shape[1]))
            whole = {known.size_hw: known}  # encoded already; a crop is smaller
            found = find_everything(
                searched,
                lambda part: whole.pop((part.shape[0], part.shape[1]), None) or self.embed(part),
                self._answers(),
                self._model.image_encoder.img_size,
                self._everything(),
            )
            found.sort(key=lambda find: -find.score)
            return [
                CodedCandidate(
                    drawn_out(find.rle, embedding.size_hw),
                    score=min(max(find.score, 0.0), 1.0),
                    stability=find.stability,
                )
                for find in found
            ]

    def _everything(self) -> EverythingSettings:
        """How to look for everything here: a GPU is kept busy by more clicks at once."""
        if self._settings.points_per_batch is not None or self._model.device.type == "cpu":
            return self._settings
        return replace(self._settings, points_per_batch=GPU_POINTS)

    def decoder_onnx(self) -> Path:
        """Return the ONNX decoder's file, exported at the first call."""
        path = self._exported()
        if not self._has_small_decoder:
            checkpoints.small_decoder_path(path).unlink(missing_ok=True)  # of another setting
            return path
        return sam_int8.offer(path, self.embed) or path

    def _exported(self) -> Path:
        return sam_export.exported(self._model, self.name, self.version, self._models_dir)

    def _predictor(self, embedding: Embedding, frame: Frame) -> Any:
        """Return a SamPredictor that believes to have seen the image."""
        predictor = SamPredictor(self._model)
        features = torch.from_numpy(embedding.array.astype(np.float32))
        predictor.features = features.to(self._model.device)
        predictor.original_size, predictor.input_size = frame.size_hw, frame.scaled_hw
        predictor.is_image_set = True
        return predictor

    def _answers(self) -> Answers:
        """Return the fast decoder: by onnxruntime on a CPU, by torch elsewhere."""
        if self._is_final and self._model.device.type == "cpu":
            if self._decoder is None:
                self._decoder = OnnxDecoder(self._exported(), torch.get_num_threads())
            return self._decoder.answers
        return partial(_torch_answers, self._model)


def _ask(predictor: Any, asked: SamPrompt) -> tuple[Any, Any, Any]:
    has_points = len(asked.points_xy) > 0
    answer: tuple[Any, Any, Any] = predictor.predict(
        point_coords=asked.points_xy if has_points else None,
        point_labels=asked.point_labels if has_points else None,
        box=None if asked.box_xyxy is None else np.array(asked.box_xyxy),
        mask_input=asked.logits,
        multimask_output=asked.multimask,
        return_logits=True,
    )
    return answer


def _shrunk(image: ImageRgb, longest_side: int | None) -> ImageRgb:
    height, width = image.shape[:2]
    if longest_side is None or max(height, width) <= longest_side:
        return image
    scale = longest_side / max(height, width)
    size_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def _torch_answers(
    model: Any, embedding: Embedding, points: Floats, labels: Floats
) -> tuple[Scores, Logits]:
    """Answer as ``OnnxDecoder.answers`` does, where the model is."""
    device, low_side = model.device, 4 * embedding.array.shape[-1]
    with torch.inference_mode():
        scores, low = SlimDecoder(model)(
            torch.from_numpy(np.asarray(embedding.array, np.float32)).to(device),
            torch.from_numpy(points.astype(np.float32)).to(device),
            torch.from_numpy(labels.astype(np.float32)).to(device),
            torch.zeros(1, 1, low_side, low_side, device=device),
            torch.zeros(1, device=device),
        )
    return scores.cpu().numpy(), low.cpu().numpy()
