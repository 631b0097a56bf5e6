"""Decodes stored SAM embeddings with onnxruntime alone, for the web process: no torch here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from inference.segmenters import decoder_files, guarantee
from inference.segmenters.box_prompts import sam_answers
from inference.segmenters.freed_memory import give_back_memory, give_back_when_idle
from inference.segmenters.prompts import validate_embedding
from inference.segmenters.protocol import FOREGROUND, Box, Candidate, Embedding, Logits, Prompt
from inference.segmenters.sam_frame import PAD_LABEL, Floats, Frame, best_first, candidate
from inference.segmenters.sam_prompt import SamPrompt, for_decoder, of_box
from projects.errors import Unavailable

SINGLE, THREE = 0, (1, 2, 3)  # places of the answers
LEADS_WITH, LEADS_WITH_SINGLE = "leads_with", "single"  # a decoder's own word on its first answer
BOX_LABELS = (2, 3)  # top left and bottom right corner
KNOWN_ROWS = "known_rows"  # what a browser keeps of an earlier answer (``sam_slim``); none here
MOST_STEPS = 15  # back from the last click of those that came without an answer
NO_UPSCALING = np.array([1, 1], np.float32)  # masks are drawn out here, one by one, to save memory


def open_session(path: Path, threads: int) -> Any:
    """Open an ONNX file for the CPU, frugal with memory."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    settings.enable_cpu_mem_arena = False  # a few MB slower memory beats keeping the peak for ever
    return onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])


class OnnxDecoder:
    """Answers prompts on SAM's embeddings, float16 or float32, 1 x C x h x w.

    Args:
        path: As ``sam_export`` or ``inference.training.export`` writes it.
        threads: For onnxruntime's own pool.
        is_held: Whether clicks and boxes bind the answers (see ``guarantee``), whatever the model
            says; else they are the model's own.
        is_frugal: Whether memory goes back to the system when nobody has asked for a while.

    Attributes:
        name: The segmenter that the decoder belongs to.
        version: Its version.
        side: Of the model's square input, in pixels.
    """

    def __init__(
        self, path: Path, threads: int = 1, *, is_held: bool = False, is_frugal: bool = False
    ) -> None:
        self._session = open_session(path, threads)
        facts = self._session.get_modelmeta().custom_metadata_map
        self.name: str = facts["segmenter"]
        self.version: str = facts["version"]
        self.side = int(facts["side"])
        self._is_held = is_held
        self._is_frugal = is_frugal
        self._unasked = {
            one.name: np.zeros((0, 0, 0), np.float32)
            for one in self._session.get_inputs()
            if one.name == KNOWN_ROWS
        }
        self._leads_with_single = facts.get(LEADS_WITH) == LEADS_WITH_SINGLE

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with one candidate, or three for ``multimask``, best first.

        Where the file says that it leads with the single answer, that comes first and takes the
        place of the one of the three that is most like it. Such a model has learned clicks one by
        one, each with its last answer: of several that come without one it is asked in turn.

        Raises:
            InvalidInput: as ``sam_prompt.for_decoder``.
        """
        frame = Frame(embedding.size_hw, self.side)
        asked = for_decoder(prompt, embedding, frame, self.name, self.version)
        points, labels = _points_and_corners(asked, frame)
        logits = asked.logits
        if logits is None and self._leads_with_single:
            logits = self._led_up_to(embedding, asked, frame)
        scores, low = self.answers(embedding, points[None], labels[None], logits)
        drawn = [
            self._drawn(frame, asked, low[0, k], scores[0, k]) for k in self._places(asked, low)
        ]
        return drawn[:1] + best_first(drawn[1:]) if self._leads_with_single else best_first(drawn)

    def predict_boxes(self, embedding: Embedding, boxes_xyxy: Sequence[Box]) -> Iterator[Candidate]:
        """Answer each box with one candidate, in their order.

        Raises:
            InvalidInput: if a box does not fit the image, or the embedding is another's.
        """
        validate_embedding(embedding, self.name, self.version)
        frame = Frame(embedding.size_hw, self.side)
        for box, low, score in sam_answers(self.answers, embedding, frame, boxes_xyxy):
            yield self._drawn(frame, of_box(box), low, score)

    def answers(
        self, embedding: Embedding, points: Floats, labels: Floats, logits: Logits | None = None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the model's bare answers to P prompts: scores, P x 4, and logits, P x 4 x h x w.

        Args:
            embedding: The image's.
            points: P x T x 2, in pixels of the model.
            labels: P x T, as SAM's decoder has them, padding included.
            logits: float32, 1 x h x w, the last answer, for all of them.
        """
        low_side = 4 * embedding.array.shape[-1]
        last = np.zeros((1, low_side, low_side), np.float32) if logits is None else logits
        scores, low = self._session.run(
            ["iou_predictions", "low_res_masks"],
            {
                "image_embeddings": np.asarray(embedding.array, np.float32),
                "point_coords": points.astype(np.float32),
                "point_labels": labels.astype(np.float32),
                "mask_input": last[None],
                "has_mask_input": np.array([logits is not None], np.float32),
                "orig_im_size": NO_UPSCALING,
                **self._unasked,
            },
        )
        if self._is_frugal:
            give_back_when_idle()
        return scores, low

    def _led_up_to(self, embedding: Embedding, asked: SamPrompt, frame: Frame) -> Logits | None:
        """Return the answer to all but the last click, the box first; None if there is no such."""
        order = np.arange(len(asked.point_labels))
        first = 0
        if asked.box_xyxy is None:
            is_inside = asked.point_labels == FOREGROUND
            order = np.argsort(order != int(np.argmax(is_inside)), kind="stable")
            first = 1
        logits = None
        for count in range(max(first, len(order) - MOST_STEPS), len(order)):
            some = order[:count]
            step = replace(
                asked, points_xy=asked.points_xy[some], point_labels=asked.point_labels[some]
            )
            points, labels = _points_and_corners(step, frame)
            logits = self.answers(embedding, points[None], labels[None], logits)[1][0, :1]
        return logits

    def _places(self, asked: SamPrompt, low: Logits) -> Sequence[int]:
        """Return which of the four answers are given: the single one, or three."""
        if not asked.multimask:
            return [SINGLE]
        if not self._leads_with_single:
            return THREE
        single = low[0, SINGLE] > 0
        alike = [_overlap(single, low[0, place] > 0) for place in THREE]
        return [SINGLE, *(place for place in THREE if place != THREE[int(np.argmax(alike))])]

    def _drawn(self, frame: Frame, asked: SamPrompt, low: Logits, score: np.float32) -> Candidate:
        upscaled = frame.upscaled(low)
        answer = candidate(upscaled, float(score), low)
        if not self._is_held:
            return answer
        return replace(answer, mask=guarantee.hold(answer.mask, upscaled, asked))


def _overlap(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> float:
    """Return the IoU of two masks, 0 if both are empty."""
    return float((one & other).sum() / max(1, (one | other).sum()))


def load_decoder(name: str, models_dir: Path, threads: int = 1) -> OnnxDecoder:
    """Open a segmenter's decoder, shipped or exported by a worker; its answers are bound.

    What decoding frees goes back to the system soon: the web process is to stay small.

    Raises:
        Unavailable: if no worker has loaded the segmenter yet.
        NotFound: if there is no segmenter of that name.
    """
    path = decoder_files.find(name, models_dir)
    if path is None:
        raise Unavailable(
            f"The decoder of {name} is not there yet; a worker writes it when it loads the model.",
            code="decoder_missing",
        )
    decoder = OnnxDecoder(path, threads, is_held=True, is_frugal=True)
    give_back_memory()  # reading the file takes twice its size
    return decoder


def _points_and_corners(asked: SamPrompt, frame: Frame) -> tuple[Floats, Floats]:
    """Return clicks and corners of the box in pixels of the model, and their labels.

    Without a box there is a point of padding, also to an answer alone: no file takes no points.
    """
    points = asked.points_xy.astype(np.float64)
    labels = asked.point_labels.astype(np.float64)
    if asked.box_xyxy is not None:
        corners = np.array(asked.box_xyxy).reshape(2, 2)
        points, labels = np.concatenate([points, corners]), np.append(labels, BOX_LABELS)
        return frame.scaled_points(points), labels
    return np.concatenate([frame.scaled_points(points), [[0.0, 0.0]]]), np.append(labels, PAD_LABEL)
