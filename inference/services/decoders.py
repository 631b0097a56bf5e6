"""ONNX decoders of stored embeddings, for this process and for browsers; a worker writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from inference.segmenters import decoder_files
from inference.segmenters.protocol import Candidate, Embedding, Prompt

LOADER = "inference.segmenters.onnx.load_decoder"  # by path: onnxruntime loads with the first click


class Decoder(Protocol):
    """What answers prompts on embeddings without the model that made them."""

    version: str

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with one candidate, or three for ``multimask``, best first."""
        ...


_loaded: dict[Path, Decoder] = {}
_lock = Lock()


def version_of(*, name: str) -> str:
    """The version that the segmenter's weights give its embeddings.

    Raises:
        NotFound: If it is not one of those with weights.
        Unavailable: If it is the bundled one and its files are absent or refused.
    """
    return decoder_files.version_of(name, Path(settings.MODELS_DIR))


def decoder_file(*, name: str) -> Path | None:
    """The segmenter's ONNX decoder; None until a worker has loaded the segmenter.

    Raises:
        ApplicationError: As ``version_of``.
    """
    return decoder_files.find(name, Path(settings.MODELS_DIR))


def decoder_of(*, name: str) -> Decoder | None:
    """The segmenter's decoder, opened now or before; None until a worker has written it."""
    path = decoder_file(name=name)
    if path is None:
        return None
    with _lock:
        if path not in _loaded:
            _loaded.clear()  # one model's decoder at a time; another costs a moment to open
            load = cast("Callable[[str, Path, int], Decoder]", import_string(LOADER))
            _loaded[path] = load(name, Path(settings.MODELS_DIR), settings.INFERENCE_THREADS)
        return _loaded[path]
