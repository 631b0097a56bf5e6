"""Turns a full memory, of machine or graphics card, into an error that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from inference.segmenters.torch_door import torch
from projects.errors import Unavailable

TELLING = (
    "allocate memory", "out of memory", "bad_alloc", "Insufficient memory",
    "ALLOC_FAILED",  # of cuBLAS and cuDNN, which have memory of their own
)  # fmt: skip


class OutOfMemory(Unavailable):
    """The model and this picture do not fit into what memory is free."""

    default_code = "out_of_memory"


@contextmanager
def clear_when_full(name: str, doing: str) -> Iterator[None]:
    """Within it, a failed allocation of Python, torch, OpenCV or CUDA is an ``OutOfMemory``.

    Args:
        name: Of the segmenter.
        doing: What it was about, e.g. "encode a picture of 8000x6000".

    Raises:
        OutOfMemory: naming both, and what helps.
    """
    try:
        yield
    except (MemoryError, RuntimeError, cv2.error) as error:  # torch's are RuntimeErrors
        if not (isinstance(error, MemoryError) or any(word in str(error) for word in TELLING)):
            raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise OutOfMemory(
            f"There was not enough free memory for {name} to {doing}. "
            "Use a smaller model, stop other work on this machine, or give the worker more memory.",
            segmenter=name,
        ) from error
