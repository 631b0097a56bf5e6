"""JSON files that describe models in the folder of models: how they are read and found wanting.

What they say is for ``checkpoints`` (SAM's) and ``sidecars`` (all others) to know.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from projects.errors import InvalidInput

logger = logging.getLogger(__name__)

SHA256 = re.compile(r"[0-9a-f]{64}")
Came = TypeVar("Came")
Made = TypeVar("Made")


def read(path: Path, make: Callable[[Mapping[str, object]], Made]) -> Made:
    """Return what ``make`` makes of a description.

    Raises:
        InvalidInput: naming the file and what is wrong with it.
    """
    try:
        return make(_object_in(path))
    except (ValueError, RecursionError, OSError, InvalidInput) as error:
        raise InvalidInput(f"{path.name}: {error}", code="sidecar_malformed") from error


def sound(came: Iterable[Came], read_one: Callable[[Came], Made]) -> Iterator[Made]:
    """Yield what is read of each; what is malformed (InvalidInput) is logged and left out."""
    for one in came:
        try:
            yield read_one(one)
        except InvalidInput as error:
            logger.warning("Left out a model: %s", error)


def malformed(came: Iterable[Came], read_one: Callable[[Came], object]) -> list[str]:
    """Say what is wrong with those that ``sound`` leaves out, a sentence for each."""
    words = []
    for one in came:
        try:
            read_one(one)
        except InvalidInput as error:
            words.append(error.message)
    return words


def sha256_in(stated: Mapping[str, object]) -> str:
    """Return the hash that a description pins.

    Raises:
        InvalidInput: if it has none, or something else in its place.
    """
    came = stated.get("sha256")
    if not isinstance(came, str) or not SHA256.fullmatch(came):
        raise InvalidInput("sha256 must be 64 lower case hex digits")
    return came


def _object_in(path: Path) -> Mapping[str, object]:
    stated = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(stated, dict):
        raise InvalidInput("expected an object")
    return stated
