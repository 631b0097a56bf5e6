"""Models that know classes, as ONNX files with a description; run by onnxruntime, without torch.

Semantic: one output of 1 x C x h x w numbers, or 1 x h x w class numbers. Instance: three outputs,
``scores`` N, ``labels`` N and ``masks`` N x h x w (or N x 1 x h x w), as torchvision names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from inference.segmenters import checkpoints, class_masks, sidecars
from inference.segmenters.class_segmenter import ClassSegmenter
from inference.segmenters.model_input import Placement, prepared
from inference.segmenters.protocol import Candidate, ImageRgb
from inference.segmenters.sidecars import ONNX_INSTANCE, Sidecar
from inference.segmenters.sound_numbers import refuse_unsound_numbers
from projects.errors import InvalidInput, Unavailable

INSTANCE_OUTPUTS = ("scores", "labels", "masks")
CLASS_NUMBERS = 3  # dimensions
SEMANTIC_DIMENSIONS = (CLASS_NUMBERS, 4)
MASK_DIMENSIONS = (3, 4)
INPUT_KINDS: Mapping[str, type] = {"tensor(float16)": np.float16, "tensor(double)": np.float64}
PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")  # the first that is there


class OnnxClasses(ClassSegmenter):
    """Finds what an ONNX model knows by name."""

    def __init__(self, sidecar: Sidecar, threads: int) -> None:
        super().__init__(sidecar.name, sidecar.sha256[:16])
        self._sidecar = sidecar
        self._session = _opened(sidecar, threads)
        self._outputs = _chosen_outputs(self._session, sidecar)

    def find(self, image_rgb: ImageRgb) -> list[Candidate]:
        """Return a candidate for each class, or each object, that the model finds, best first.

        Raises:
            ClassesDiffer: if the model gives another number of classes than described.
            CheckpointRefused: if it gives what are no numbers.
            Unavailable: if the model cannot run on its own input, or answers in another shape.
        """
        pixels, placement = prepared(image_rgb, self._sidecar.input)
        wanted = self._session.get_inputs()[0]
        came = pixels.astype(INPUT_KINDS.get(wanted.type, pixels.dtype), copy=False)
        try:
            answers = self._session.run(self._outputs, {wanted.name: came})
        except Exception as error:  # onnxruntime has no public base of its errors
            raise Unavailable(
                f"{self.name} cannot run on an input of {pixels.shape}: {error}", "model_broken"
            ) from error
        if self._sidecar.family == ONNX_INSTANCE:
            return self._instances(answers, placement)
        return self._regions(np.asarray(answers[0]), placement)

    def _regions(self, answer: np.ndarray[Any, Any], placement: Placement) -> list[Candidate]:
        known, size_hw = self._sidecar.classes, placement.size_hw
        if answer.ndim == 2:  # noqa: PLR2004 h x w: numbers of classes without a batch
            answer = answer[None]
        if answer.ndim not in SEMANTIC_DIMENSIONS or answer.shape[0] != 1 or not answer.size:
            raise self._shaped("1 x C x h x w numbers, or 1 x h x w numbers of classes", answer)
        if answer.ndim == CLASS_NUMBERS:
            numbers = placement.cut(answer[0]).astype(np.int32)
            narrow = class_masks.narrowed(numbers, len(known))
            whole = class_masks.nearest(narrow, size_hw)
            return class_masks.from_class_map(whole, None, known)
        class_masks.refuse_other_count(answer.shape[1], known, self.name)
        numbers_by_class = np.ascontiguousarray(placement.cut(answer[0]), np.float32)
        refuse_unsound_numbers(numbers_by_class.max(axis=0), self.name)  # -inf means "never"
        if self._sidecar.activation == "sigmoid":
            shares = class_masks.sigmoid(numbers_by_class)
            return class_masks.from_probabilities(shares, known, self._sidecar.threshold, size_hw)
        is_raw = self._sidecar.activation == "softmax"
        shares = class_masks.softmax(numbers_by_class) if is_raw else numbers_by_class
        class_map = class_masks.best_classes(numbers_by_class, size_hw)
        return class_masks.from_class_map(class_map, shares, known)

    def _instances(self, answers: list[Any], placement: Placement) -> list[Candidate]:
        scores, labels, masks = (np.asarray(answer) for answer in answers)
        count = scores.size
        if scores.ndim != 1 or labels.shape != (count,) or not _are_masks(masks, count):
            raise self._shaped("N scores, N labels and N x h x w masks", scores, labels, masks)
        masks = masks.reshape(count, *masks.shape[-2:])
        refuse_unsound_numbers(scores, self.name)
        refuse_unsound_numbers(masks, self.name)
        found = class_masks.Instances(
            scores.astype(np.float32),
            labels.astype(np.int64),
            np.ascontiguousarray(placement.cut(masks), np.float32),
        )
        return class_masks.from_instances(
            found, self._sidecar.classes, self._sidecar.threshold, placement.size_hw
        )

    def _shaped(self, wanted: str, *answers: np.ndarray[Any, Any]) -> Unavailable:
        shapes = ", ".join("x".join(map(str, answer.shape)) or "1" for answer in answers)
        return Unavailable(
            f"{self.name} must give {wanted}; it gives arrays of {shapes}. Export it anew, or name "
            "other outputs in its description.",
            "model_broken",
        )


def _are_masks(masks: np.ndarray[Any, Any], count: int) -> bool:
    """Whether they are N x h x w, or N x 1 x h x w, and not empty unless N is 0."""
    if masks.ndim not in MASK_DIMENSIONS or len(masks) != count or 0 in masks.shape[1:]:
        return False
    return masks.ndim == MASK_DIMENSIONS[0] or masks.shape[1] == 1


def load(
    name: str, models_dir: Path, *, threads: int, options: Mapping[str, object]
) -> OnnxClasses:
    """Open an ONNX model after its sha256 was found to be the described one.

    Raises:
        CheckpointRefused: if the file holds other bytes.
        InvalidInput: if there are options, or no such description.
        Unavailable: if the file is no ONNX model, or lacks the outputs that were described.
    """
    if options:
        raise InvalidInput(f"{name} has no options {', '.join(options)}", code="unknown_option")
    sidecar = sidecars.find(name, models_dir)
    checkpoints.verify(sidecar.path, sidecar.sha256)
    return OnnxClasses(sidecar, threads)


def _opened(sidecar: Sidecar, threads: int) -> Any:
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    settings.enable_cpu_mem_arena = False  # the peak of one image must not be kept for ever
    known = onnxruntime.get_available_providers()
    try:
        return onnxruntime.InferenceSession(
            str(sidecar.path), settings, providers=[one for one in PROVIDERS if one in known]
        )
    except Exception as error:  # as in ``find``
        raise Unavailable(
            f"{sidecar.path.name} cannot be opened: {error}", "model_broken"
        ) from error


def _chosen_outputs(session: Any, sidecar: Sidecar) -> list[str]:
    known = [output.name for output in session.get_outputs()]
    if sidecar.family == ONNX_INSTANCE:
        wanted = [sidecar.outputs.get(word, word) for word in INSTANCE_OUTPUTS]
    else:
        wanted = [sidecar.outputs.get("classes", known[0])]
    missing = [name for name in wanted if name not in known]
    if missing:
        raise Unavailable(
            f"{sidecar.name} has no output {missing[0]!r}; it has {', '.join(known)}. "
            'Name them in its description: "outputs".',
            "model_broken",
        )
    return wanted
