"""Decodes stored SAM embeddings with onnxruntime alone, for the web process: no torch here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from inference.segmenters import checkpoints
from inference.segmenters.protocol import Candidate, Embedding, Prompt
from inference.segmenters.sam_frame import Floats, Frame, best_first, candidate
from inference.segmenters.sam_prompt import SamPrompt, for_decoder
from projects.errors import Unavailable

PAD_LABEL = -1  # the point that SAM's prompt encoder adds where there is no box
BOX_LABELS = (2, 3)  # top left and bottom right corner
NO_UPSCALING = np.array([1, 1], np.float32)  # masks are drawn out here, one by one, to save memory


class OnnxDecoder:
    """Answers prompts on SAM's embeddings, float16 or float32, 1 x C x h x w.

    Attributes:
        name: The segmenter that the decoder belongs to.
        version: Its version.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        settings.enable_cpu_mem_arena = (
            False  # a few MB slower memory beats keeping the peak for ever
        )
        self._session = onnxruntime.InferenceSession(
            str(path), settings, providers=["CPUExecutionProvider"]
        )
        facts = self._session.get_modelmeta().custom_metadata_map
        self.name: str = facts["segmenter"]
        self.version: str = facts["version"]
        self._side = int(facts["side"])

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with one candidate, or three for ``multimask``, best first.

        Raises:
            InvalidInput: as ``sam_prompt.for_decoder``.
        """
        frame = Frame(embedding.size_hw, self._side)
        asked = for_decoder(prompt, embedding, frame, self.name, self.version)
        points, labels = _points_and_corners(asked, frame)
        low_side = 4 * embedding.array.shape[-1]
        no_mask = np.zeros((1, low_side, low_side), np.float32)
        scores, low = self._session.run(
            ["iou_predictions", "low_res_masks"],
            {
                "image_embeddings": embedding.array.astype(np.float32),
                "point_coords": points[None].astype(np.float32),
                "point_labels": labels[None].astype(np.float32),
                "mask_input": (no_mask if asked.logits is None else asked.logits)[None],
                "has_mask_input": np.array([asked.logits is not None], np.float32),
                "orig_im_size": NO_UPSCALING,
            },
        )
        places = range(1, low.shape[1]) if asked.multimask else range(1)
        return best_first(
            [
                candidate(frame.upscaled(low[0, place]), float(scores[0, place]), low[0, place])
                for place in places
            ]
        )


def load_decoder(name: str, models_dir: Path, threads: int = 1) -> OnnxDecoder:
    """Open the decoder that a worker has exported for a segmenter.

    Raises:
        Unavailable: if no worker has loaded the segmenter yet.
        NotFound: if there is no segmenter of that name.
    """
    path = checkpoints.decoder_path(name, checkpoints.find(name, models_dir).version, models_dir)
    if not path.is_file():
        raise Unavailable(
            f"The decoder of {name} is not there yet; a worker writes it when it loads the model.",
            code="decoder_missing",
        )
    return OnnxDecoder(path, threads)


def _points_and_corners(asked: SamPrompt, frame: Frame) -> tuple[Floats, Floats]:
    """Return clicks and corners of the box in pixels of the model, and their labels."""
    points = asked.points_xy.astype(np.float64)
    labels = asked.point_labels.astype(np.float64)
    if asked.box_xyxy is not None:
        corners = np.array(asked.box_xyxy).reshape(2, 2)
        points, labels = np.concatenate([points, corners]), np.append(labels, BOX_LABELS)
        return frame.scaled_points(points), labels
    scaled = frame.scaled_points(points)
    if not len(points):
        return scaled, labels
    return np.concatenate([scaled, [[0.0, 0.0]]]), np.append(labels, PAD_LABEL)
