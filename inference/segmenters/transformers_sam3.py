"""SAM 3 through transformers: every object that words or exemplar boxes describe.

For workers: this imports torch. Its features are 55 MB an image, too many to store; those of the
last image stay in memory, so that several texts on one image read it once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from inference.segmenters import class_masks, sidecars, transformers_folder
from inference.segmenters.coded import CodedCandidate
from inference.segmenters.prompts import (
    refuse_unknown_kinds,
    validate_embedding,
    validate_image,
    validate_prompt,
)
from inference.segmenters.protocol import Candidate, Embedding, ImageRgb, Prompt
from inference.segmenters.sam_frame import best_first
from inference.segmenters.transformers_door import (
    load_model,
    load_processor,
    picture_of,
    torch,
)
from projects.errors import InvalidInput, Unprocessable
from projects.masks.rle import area, from_bitmap

SAM3_KINDS = transformers_folder.SAM3.kinds
MASK_THRESHOLD = 0.5
LONGEST_SIDE = 2048  # of answers; those of larger images are drawn out


class Sam3:
    """Finds what words say, or what exemplars look like."""

    kinds = SAM3_KINDS
    stores_embedding = False
    needs_worker = True

    def __init__(self, name: str, version: str, model: Any, processor: Any, threshold: float):
        self.name, self.version = name, version
        self._model, self._processor, self._threshold = model, processor, threshold
        self._seen: tuple[str, Any] = ("", None)

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        """Return the image itself (uint8, HxWx3)."""
        image = validate_image(image_rgb)
        return Embedding(self.name, self.version, (image.shape[0], image.shape[1]), image)

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with every object that fits, best first; there may be none.

        Raises:
            InvalidInput: if the prompt does not fit the image, or the embedding is another's.
            Unprocessable: if the prompt holds more than text and exemplars.
        """
        validate_embedding(embedding, self.name, self.version)
        refuse_unknown_kinds(prompt, self.kinds, self.name)
        checked = validate_prompt(prompt, embedding.size_hw)
        boxes: dict[str, Any] = {}
        if checked.exemplars:
            boxes = {
                "input_boxes": [[list(box) for box, _ in checked.exemplars]],
                "input_boxes_labels": [[int(is_alike) for _, is_alike in checked.exemplars]],
            }
        inputs = self._processor(
            text=[checked.text or None] if checked.exemplars else [checked.text],
            original_sizes=[list(embedding.size_hw)],
            return_tensors="pt",
            **boxes,
        ).to(self._model.device)
        inputs.pop("original_sizes")
        with torch.inference_mode():
            outputs = self._model(vision_embeds=self._features(embedding), **inputs)
        return self._candidates(outputs, embedding.size_hw)

    def propose(self, image_rgb: ImageRgb, embedding: Embedding) -> list[Candidate]:
        """Refuse: it must be told what to look for.

        Raises:
            Unprocessable: always.
        """
        del image_rgb, embedding
        raise Unprocessable(
            f"{self.name} finds what words say; it does not outline everything.",
            "unsupported_prompt",
        )

    def decoder_onnx(self) -> Path | None:
        """Return None: it has no decoder for browsers."""
        return None

    def _features(self, embedding: Embedding) -> Any:
        key = hashlib.sha256(embedding.array.tobytes()).hexdigest()
        if self._seen[0] != key:
            self._seen = ("", None)  # the old features go before the new ones come
            pixels = self._processor.image_processor(
                images=[picture_of(np.asarray(embedding.array, np.uint8))], return_tensors="pt"
            )
            with torch.inference_mode():
                made = self._model.get_vision_features(
                    pixel_values=pixels["pixel_values"].to(self._model.device)
                )
            self._seen = (key, made)
        return self._seen[1]

    def _candidates(self, outputs: Any, size_hw: tuple[int, int]) -> list[Candidate]:
        scale = min(1.0, LONGEST_SIDE / max(size_hw))
        answered = (max(1, round(size_hw[0] * scale)), max(1, round(size_hw[1] * scale)))
        [found] = self._processor.post_process_instance_segmentation(
            outputs,
            threshold=self._threshold,
            mask_threshold=MASK_THRESHOLD,
            target_sizes=[answered],
        )
        scores = outputs.pred_logits.sigmoid() * outputs.presence_logits.sigmoid()
        kept = outputs.pred_masks[0][scores[0] > self._threshold].float().cpu().numpy()
        candidates = [
            CodedCandidate(
                from_bitmap(class_masks.nearest(mask.cpu().numpy() > 0, size_hw)),
                score=float(score),
                stability=class_masks.threshold_stability(class_masks.sigmoid(logits)),
            )
            for mask, score, logits in zip(found["masks"], found["scores"], kept, strict=True)
        ]
        return best_first([one for one in candidates if area(one.rle)])


def load(name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]) -> Sam3:
    """Load the folder of SAM 3.

    Raises:
        CheckpointRefused: if it lacks weights, tokenizer or what prepares images.
        InvalidInput: if there are options.
    """
    if options:
        raise InvalidInput(f"{name} has no options {', '.join(options)}", code="unknown_option")
    torch.set_num_threads(threads)
    sidecar = sidecars.find(name, models_dir)
    folder = transformers_folder.read(sidecar.path)
    model = load_model("Sam3Model", folder.path)
    processor = load_processor("Sam3Processor", folder.path)
    return Sam3(name, folder.version, model, processor, sidecar.threshold)
