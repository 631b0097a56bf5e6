"""Segment Anything (A. Kirillov et al., "Segment Anything", ICCV 2023) through segment-anything.

For workers: this imports torch. No image is kept between calls; masks are those of ``SamPredictor``
and ``SamAutomaticMaskGenerator`` bit for bit where the embedding is the float32 one.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inference.segmenters import checkpoints, sam_export
from inference.segmenters.checkpoints import Checkpoint, CheckpointRefused
from inference.segmenters.prompts import validate_embedding, validate_image
from inference.segmenters.protocol import Candidate, Embedding, ImageRgb, Mask, Prompt
from inference.segmenters.sam_frame import Frame, best_first, candidate
from inference.segmenters.sam_prompt import SAM_KINDS, SamPrompt, for_decoder
from inference.segmenters.sam_shape import SamShape
from inference.segmenters.torch_door import (
    ImageEncoderViT,
    MaskDecoder,
    PromptEncoder,
    Sam,
    SamAutomaticMaskGenerator,
    SamPredictor,
    TwoWayTransformer,
    torch,
)
from projects.errors import InvalidInput

MASKS_PER_POINT = 3
BATCH_BYTES = 512 << 20  # of float32 masks at once
MOST_BYTES = 1 << 30  # of all boolean masks together


@dataclass(frozen=True)
class EverythingSettings:
    """How ``propose`` looks for everything; names and meanings as SamAutomaticMaskGenerator's.

    Attributes:
        points_per_side: 16 finds what a person would mark in a quarter of the time of 32.
        points_per_batch: None takes as many as fit into half a gigabyte.
        longest_side: Larger images are searched at this size and their masks drawn out; None never.
    """

    points_per_side: int = 16
    points_per_batch: int | None = None
    pred_iou_thresh: float = 0.86
    stability_score_thresh: float = 0.92
    stability_score_offset: float = 1.0
    box_nms_thresh: float = 0.7
    crop_n_layers: int = 0
    min_mask_region_area: int = 64
    longest_side: int | None = 2048


def load(
    name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]
) -> SamSegmenter:
    """Load a checkpoint after its sha256 was found right.

    Args:
        name: A published SAM or one that a sidecar describes.
        models_dir: The folder of checkpoints.
        threads: For torch's own pool.
        options: Fields of ``EverythingSettings``, and ``device`` ("cpu", "cuda"; by default the
            GPU if there is one).

    Raises:
        CheckpointRefused: if the file holds other bytes or does not fit the architecture.
        InvalidInput: if an option is unknown.
    """
    chosen = dict(options)
    device = str(chosen.pop("device", "cuda" if torch.cuda.is_available() else "cpu"))
    unknown = sorted(set(chosen) - set(EverythingSettings.__dataclass_fields__))
    if unknown:
        raise InvalidInput(f"{name} has no options {', '.join(unknown)}", code="unknown_option")
    torch.set_num_threads(threads)
    path = checkpoints.verified_path(name, models_dir)
    checkpoint = checkpoints.find(name, models_dir)
    settings = EverythingSettings(**chosen)  # type: ignore[arg-type]  # names are checked above
    return SamSegmenter(
        checkpoint, load_weights(build(checkpoint.shape), path).to(device), models_dir, settings
    )


def build(shape: SamShape) -> Any:
    """Return an untrained Sam (segment_anything/build_sam.py, with its sizes as arguments)."""
    embedding_side = shape.image_side // shape.patch_side
    encoder = ImageEncoderViT(
        depth=shape.depth,
        embed_dim=shape.width,
        img_size=shape.image_side,
        mlp_ratio=4,
        norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
        num_heads=shape.heads,
        patch_size=shape.patch_side,
        qkv_bias=True,
        use_rel_pos=True,
        global_attn_indexes=shape.global_blocks,
        window_size=shape.window_side,
        out_chans=shape.prompt_width,
    )
    prompts = PromptEncoder(
        embed_dim=shape.prompt_width,
        image_embedding_size=(embedding_side, embedding_side),
        input_image_size=(shape.image_side, shape.image_side),
        mask_in_chans=16,
    )
    decoder = MaskDecoder(
        num_multimask_outputs=MASKS_PER_POINT,
        transformer=TwoWayTransformer(
            depth=2, embedding_dim=shape.prompt_width, mlp_dim=2048, num_heads=8
        ),
        transformer_dim=shape.prompt_width,
        iou_head_depth=3,
        iou_head_hidden_dim=256,
    )
    return Sam(encoder, prompts, decoder).eval()


def load_weights(model: Any, path: Path) -> Any:
    """Load a checkpoint's tensors, and nothing but tensors, into a Sam.

    Raises:
        CheckpointRefused: if the file holds anything else or other tensors.
    """
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except (pickle.UnpicklingError, RuntimeError, EOFError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointRefused(f"{path.name} cannot be loaded: {reason}") from error
    return model


class SamSegmenter:
    """A loaded SAM. Embeddings are float32, 1 x C x h x w."""

    kinds = SAM_KINDS
    stores_embedding = True
    needs_worker = True

    def __init__(
        self,
        checkpoint: Checkpoint,
        model: Any,
        models_dir: Path,
        settings: EverythingSettings | None = None,
    ) -> None:
        self.name = checkpoint.name
        self.version = checkpoint.version
        self._model = model
        self._models_dir = models_dir
        self._settings = settings or EverythingSettings()

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        """Run the encoder on an image (uint8, HxWx3, RGB); seconds on a CPU."""
        image = validate_image(image_rgb)
        predictor = SamPredictor(self._model)
        predictor.set_image(image)
        features = predictor.get_image_embedding().cpu().numpy()
        return Embedding(self.name, self.version, (image.shape[0], image.shape[1]), features)

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with one candidate, or three for ``multimask``, best first.

        Raises:
            InvalidInput: as ``sam_prompt.for_decoder``.
        """
        frame = Frame(embedding.size_hw, self._model.image_encoder.img_size)
        asked = for_decoder(prompt, embedding, frame, self.name, self.version)
        masks, scores, low = _ask(self._predictor(embedding, frame), asked)
        return best_first(
            [
                candidate(masks[place], float(scores[place]), low[place])
                for place in range(len(masks))
            ]
        )

    def propose(self, image_rgb: ImageRgb, embedding: Embedding) -> list[Candidate]:
        """Return masks for everything, best first, found from a grid of points.

        Raises:
            InvalidInput: if the embedding is not of this image and segmenter.
        """
        validate_embedding(embedding, self.name, self.version)
        image = validate_image(image_rgb)
        if image.shape[:2] != embedding.size_hw:
            raise InvalidInput(
                f"the image is {image.shape[:2]}, its embedding {embedding.size_hw}",
                code="foreign_embedding",
            )
        searched = _shrunk(image, self._settings.longest_side)
        generator = self._generator(searched.shape[0] * searched.shape[1])
        frame = Frame((searched.shape[0], searched.shape[1]), self._model.image_encoder.img_size)
        generator.predictor = _Embedded(self._predictor(embedding, frame))
        found = generator.generate(searched)
        found.sort(key=lambda record: -record["predicted_iou"])
        most = max(1, MOST_BYTES // (image.shape[0] * image.shape[1]))
        return [
            Candidate(
                mask=_drawn_out(_mask_of(record["segmentation"]), embedding.size_hw),
                score=min(max(float(record["predicted_iou"]), 0.0), 1.0),
                stability=float(record["stability_score"]),
            )
            for record in found[:most]
        ]

    def decoder_onnx(self) -> Path:
        """Return the ONNX decoder's file, exported at the first call."""
        return sam_export.exported(self._model, self.name, self.version, self._models_dir)

    def _predictor(self, embedding: Embedding, frame: Frame) -> Any:
        """Return a SamPredictor that believes to have seen the image."""
        predictor = SamPredictor(self._model)
        features = torch.from_numpy(embedding.array.astype(np.float32))
        predictor.features = features.to(self._model.device)
        predictor.original_size, predictor.input_size = frame.size_hw, frame.scaled_hw
        predictor.is_image_set = True
        return predictor

    def _generator(self, area_px: int) -> Any:
        settings = asdict(self._settings)
        settings.pop("longest_side")
        fitting = BATCH_BYTES // (4 * MASKS_PER_POINT * area_px)
        settings["points_per_batch"] = settings["points_per_batch"] or min(max(fitting, 1), 64)
        return SamAutomaticMaskGenerator(self._model, output_mode="uncompressed_rle", **settings)


class _Embedded:
    """A SamPredictor whose first image, the whole one, is already encoded."""

    def __init__(self, predictor: Any) -> None:
        self._predictor = predictor
        self._is_whole = True

    def set_image(self, image_rgb: ImageRgb) -> None:
        if not self._is_whole:
            self._predictor.set_image(image_rgb)
        self._is_whole = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._predictor, name)


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


def _drawn_out(mask: Mask, size_hw: tuple[int, int]) -> Mask:
    if mask.shape == size_hw:
        return mask
    soft = cv2.resize(mask.astype(np.float32), size_hw[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(soft > 0.5, np.bool_)  # noqa: PLR2004 half a pixel


def _mask_of(rle: dict[str, Any]) -> Mask:
    """Decode the generator's own uncompressed run lengths, down the columns, zeros first."""
    height, width = rle["size"]
    is_inside = np.arange(len(rle["counts"])) % 2 == 1
    return np.repeat(is_inside, rle["counts"]).reshape(width, height).T
