"""SAM 2.1, EdgeTAM and SAM-HQ through transformers: clicks, boxes, masks, and everything.

For workers: this imports torch. An embedding is all feature maps that the decoder needs, one after
the other in one flat array, so that it is stored like any other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inference.segmenters import sidecars, transformers_folder
from inference.segmenters.box_prompts import in_batches
from inference.segmenters.coded import CodedCandidate, coded, drawn_out
from inference.segmenters.model_input import thickened
from inference.segmenters.prompts import (
    refuse_unknown_kinds,
    validate_embedding,
    validate_image,
    validate_own_image,
    validate_prompt,
)
from inference.segmenters.protocol import Box, Candidate, Embedding, ImageRgb, Logits, Mask, Prompt
from inference.segmenters.sam_frame import SURE, Frame, best_first, box_of_mask, candidate
from inference.segmenters.transformers_door import (
    load_model,
    load_processor,
    picture_of,
    torch,
)
from inference.segmenters.transformers_folder import PROMPT_KINDS, Folder
from inference.segmenters.vision_operators import suppress
from projects.errors import InvalidInput
from projects.masks.rle import bbox_xywh

MODEL_CLASSES = {
    "sam2": "Sam2Model",
    "sam2_video": "Sam2Model",
    "edgetam": "EdgeTamModel",
    "edgetam_video": "EdgeTamModel",
    "sam_hq": "SamHQModel",
}
SAM_HQ = "sam_hq"
LOW_PER_CELL = 4  # pixels of a low-resolution mask along a cell of the embedding
LONGEST_SIDE = 2048  # of everything: larger images are searched at this size


@dataclass(frozen=True)
class EverythingSettings:
    """How ``propose`` looks for everything; names as SamAutomaticMaskGenerator's."""

    points_per_side: int = 16
    points_per_batch: int = 16
    pred_iou_thresh: float = 0.8
    stability_score_thresh: float = 0.9
    box_nms_thresh: float = 0.7


class PromptedModel:
    """Answers prompts with a promptable model of transformers; keeps no image between calls."""

    kinds = PROMPT_KINDS
    stores_embedding = True
    needs_worker = True

    def __init__(
        self, name: str, folder: Folder, model: Any, processor: Any, settings: EverythingSettings
    ) -> None:
        self.name = name
        self.version = folder.version
        self._model, self._processor, self._settings = model, processor, settings
        self._is_padded = folder.model_type == SAM_HQ
        self._shapes = _shapes_of(model, is_padded=self._is_padded)
        self._side = _side_of(processor, is_padded=self._is_padded)

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        """Encode the image (uint8, HxWx3); the features are float32 in one row."""
        image = validate_image(image_rgb)
        # What is padded keeps its shape, and must not be scaled down to nothing.
        seen = thickened(image, 2 * self._side) if self._is_padded else image
        pixels = self._processor.image_processor(images=[picture_of(seen)], return_tensors="pt")
        with torch.inference_mode():
            made = self._model.get_image_embeddings(pixels["pixel_values"].to(self._model.device))
        maps = [made[0], made[1][0]] if self._is_padded else list(made)
        flat = torch.cat([one.reshape(-1) for one in maps]).float().cpu().numpy()
        return Embedding(self.name, self.version, (image.shape[0], image.shape[1]), flat)

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with one candidate, or three for ``multimask``, best first.

        Raises:
            InvalidInput: if the prompt does not fit the image, or the embedding is another's.
            Unprocessable: if the prompt is of a kind that it cannot answer.
        """
        validate_embedding(embedding, self.name, self.version)
        refuse_unknown_kinds(prompt, self.kinds, self.name)
        checked = validate_prompt(prompt, embedding.size_hw)
        box = checked.box_xyxy
        if checked.mask is not None and box is None and not len(checked.points_xy):
            box = box_of_mask(checked.mask)  # a mask alone says too little
        points = torch.from_numpy(self._scaled(checked.points_xy, embedding.size_hw))
        corners = None if box is None else np.array(box, np.float32).reshape(2, 2)
        low, scores = self._decoded(
            embedding,
            input_points=points[None, None] if len(points) else None,
            input_labels=torch.from_numpy(checked.point_labels)[None, None]
            if len(points)
            else None,
            input_boxes=None
            if corners is None
            else torch.from_numpy(self._scaled(corners, embedding.size_hw)).reshape(1, 1, 4),
            input_masks=self._dense(checked, embedding.size_hw),
            multimask_output=checked.multimask,
        )
        return best_first(
            [
                candidate(
                    self._upscaled(low[:, place : place + 1], embedding.size_hw)[0, 0],
                    float(scores[0, place]),
                    low[0, place],
                )
                for place in range(low.shape[1])
            ]
        )

    def predict_boxes(self, embedding: Embedding, boxes_xyxy: Sequence[Box]) -> Iterator[Candidate]:
        """Answer each box with one candidate, in their order; many in one run.

        Raises:
            InvalidInput: if a box does not fit the image, or the embedding is another's.
        """
        validate_embedding(embedding, self.name, self.version)
        for boxes in in_batches(boxes_xyxy, embedding.size_hw):
            corners = np.array(boxes, np.float32).reshape(-1, 2)
            low, scores = self._decoded(
                embedding,
                input_points=None,
                input_labels=None,
                input_boxes=torch.from_numpy(self._scaled(corners, embedding.size_hw)).reshape(
                    1, -1, 4
                ),
                input_masks=None,
                multimask_output=False,
            )
            for place in range(len(boxes)):
                whole = self._upscaled(low[place : place + 1], embedding.size_hw)
                yield candidate(whole[0, 0], float(scores[place, 0]), low[place, 0])

    def propose(self, image_rgb: ImageRgb, embedding: Embedding) -> list[Candidate]:
        """Return masks for everything, best first, found from a grid of points.

        Raises:
            InvalidInput: if the embedding is not of this image and segmenter.
        """
        validate_own_image(image_rgb, embedding, self.name, self.version)
        settings, size_hw = self._settings, embedding.size_hw
        scale = min(1.0, LONGEST_SIDE / max(size_hw))
        searched = (max(1, round(size_hw[0] * scale)), max(1, round(size_hw[1] * scale)))
        points = self._scaled(_grid(settings.points_per_side, size_hw), size_hw)
        found: list[CodedCandidate] = []
        for start in range(0, len(points), settings.points_per_batch):
            some = torch.from_numpy(points[start : start + settings.points_per_batch])
            low, scores = self._decoded(
                embedding,
                input_points=some[None, :, None],
                input_labels=torch.ones(1, len(some), 1, dtype=torch.int64),
                input_boxes=None,
                input_masks=None,
                multimask_output=True,
            )
            found += self._good(low, scores, searched)
        kept = best_first(list(_distinct(found, settings.box_nms_thresh)))
        return [
            CodedCandidate(drawn_out(coded(one).rle, size_hw), one.score, one.stability)
            for one in kept
        ]

    def decoder_onnx(self) -> Path | None:
        """Return None: it has no decoder for browsers."""
        return None

    def _good(
        self, low: Logits, scores: npt.NDArray[np.float32], size_hw: tuple[int, int]
    ) -> list[CodedCandidate]:
        """The masks of a batch (P x 3) that the model believes in and that are steady."""
        settings = self._settings
        kept = []
        for point in range(len(low)):
            for place in np.flatnonzero(scores[point] > settings.pred_iou_thresh):
                whole = self._upscaled(low[point : point + 1, place : place + 1], size_hw)[0, 0]
                one = candidate(whole, float(scores[point, place]), low[point, place])
                if one.stability >= settings.stability_score_thresh and one.mask.any():
                    kept.append(coded(replace(one, logits=None)))
        return kept

    def _decoded(
        self, embedding: Embedding, **prompt: Any
    ) -> tuple[Logits, npt.NDArray[np.float32]]:
        """Low-resolution logits P x n x h x w, and predicted IoUs P x n, of P objects."""
        device = self._model.device
        given = {
            word: value.to(device) if torch.is_tensor(value) else value
            for word, value in prompt.items()
        }
        with torch.inference_mode():
            answer = self._model(**self._features(embedding, device), **given)
        return (
            np.asarray(answer.pred_masks[0].float().cpu().numpy(), np.float32),
            np.asarray(answer.iou_scores[0].float().cpu().numpy(), np.float32),
        )

    def _features(self, embedding: Embedding, device: Any) -> dict[str, Any]:
        flat = torch.from_numpy(embedding.array.astype(np.float32)).to(device).reshape(-1)
        parts = torch.split(flat, [math.prod(shape) for shape in self._shapes])
        maps = [part.reshape(shape) for part, shape in zip(parts, self._shapes, strict=True)]
        if self._is_padded:
            return {"image_embeddings": maps[0], "intermediate_embeddings": [maps[1]]}
        return {"image_embeddings": maps}

    def _scaled(
        self, points_xy: npt.NDArray[np.float32], size_hw: tuple[int, int]
    ) -> npt.NDArray[np.float32]:
        """Points, N x 2, in pixels of the model."""
        if self._is_padded:
            return Frame(size_hw, self._side).scaled_points(points_xy).astype(np.float32)
        return np.asarray(
            points_xy * [self._side / size_hw[1], self._side / size_hw[0]], np.float32
        )

    def _dense(self, prompt: Prompt, size_hw: tuple[int, int]) -> Any:
        """What is to be refined, as logits for the prompt encoder, 1 x 1 x low x low."""
        low_side = LOW_PER_CELL * int(self._model.prompt_encoder.image_embedding_size[0])
        logits = prompt.logits
        if logits is not None and logits.shape[-1] != low_side:
            raise InvalidInput(
                f"logits of {self.name} are 1 x {low_side} x {low_side}, got {logits.shape}",
                code="logits_shape",
            )
        if logits is None and prompt.mask is not None:
            frame = Frame(size_hw, self._side)
            logits = (
                frame.logits_of(prompt.mask, low_side)
                if self._is_padded
                else _stretched(prompt.mask, low_side)
            )
        return None if logits is None else torch.from_numpy(logits)[None]

    def _upscaled(self, low: Logits, size_hw: tuple[int, int]) -> Logits:
        """Low-resolution logits, P x n x h x w, at the size of the image, by the library."""
        sizes: list[Any] = [[list(size_hw)]]
        if self._is_padded:
            sizes.append([list(Frame(size_hw, self._side).scaled_hw)])
        masks = [torch.from_numpy(low)]
        [whole] = self._processor.post_process_masks(masks, *sizes, binarize=False)
        return np.asarray(whole.numpy(), np.float32)


def load(
    name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]
) -> PromptedModel:
    """Load a folder of transformers.

    Args:
        name: Of a folder or description in ``models_dir``.
        models_dir: The folder of models.
        threads: For torch's own pool.
        options: Fields of ``EverythingSettings``.

    Raises:
        CheckpointRefused: if it lacks weights or what prepares images.
        InvalidInput: if an option is unknown.
    """
    unknown = sorted(set(options) - set(EverythingSettings.__dataclass_fields__))
    if unknown:
        raise InvalidInput(f"{name} has no options {', '.join(unknown)}", code="unknown_option")
    torch.set_num_threads(threads)
    folder = transformers_folder.read(sidecars.find(name, models_dir).path)
    model = load_model(MODEL_CLASSES[folder.model_type], folder.path)
    reads = "SamHQProcessor" if folder.model_type == SAM_HQ else "Sam2Processor"
    settings = EverythingSettings(**options)  # type: ignore[arg-type]  # names are checked above
    return PromptedModel(name, folder, model, load_processor(reads, folder.path), settings)


def _shapes_of(model: Any, *, is_padded: bool) -> list[tuple[int, ...]]:
    """The shapes of the feature maps that the decoder needs, in their order."""
    if is_padded:
        encoder, side = model.config.vision_config, model.prompt_encoder.image_embedding_size
        return [
            (1, encoder.output_channels, *side),
            (1, *side, encoder.hidden_size),
        ]
    decoder = model.mask_decoder
    channels = [decoder.conv_s0.out_channels, decoder.conv_s1.out_channels, model.hidden_dim]
    sizes = model.backbone_feature_sizes
    return [(1, count, *size) for count, size in zip(channels, sizes, strict=True)]


def _side_of(processor: Any, *, is_padded: bool) -> int:
    size = processor.image_processor.size
    return int(size["longest_edge"] if is_padded else size["height"])


def _grid(side: int, size_hw: tuple[int, int]) -> npt.NDArray[np.float32]:
    """The centres of side x side cells, N x 2, (x, y) in image pixels."""
    steps = (np.arange(side) + 0.5) / side
    xs, ys = np.meshgrid(steps * size_hw[1], steps * size_hw[0])
    return np.stack([xs.ravel(), ys.ravel()], axis=1).astype(np.float32)


def _stretched(mask: Mask, low_side: int) -> Logits:
    share = cv2.resize(
        mask.astype(np.float32), (low_side, low_side), interpolation=cv2.INTER_AREA
    ).clip(SURE, 1 - SURE)
    return np.asarray(np.log(share / (1 - share))[None], np.float32)


def _distinct(found: list[CodedCandidate], iou_threshold: float) -> list[CodedCandidate]:
    if not found:
        return []
    boxes = torch.tensor([bbox_xywh(one.rle) for one in found], dtype=torch.float32)
    boxes[:, 2:] += boxes[:, :2]
    kept = suppress(boxes, torch.tensor([one.score for one in found]), iou_threshold)
    return [found[int(place)] for place in kept]
