"""Features of images as files: float16, little-endian, C x H x W, each with a checksum."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from projects.storage import check_room, local_path

HALF = np.dtype("<f2")
ROOT = "cache/embeddings"

Features = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class StoredFeatures:
    """Where features lie, and what proves that they are the ones that were written."""

    key: str
    shape: list[int]
    checksum: str
    size_bytes: int


def save_features(features: npt.NDArray[np.generic], *, sha256: str, family: str) -> StoredFeatures:
    """Write features to a new file.

    Args:
        features: C x H x W numbers within float16's range.
        sha256: Of the image that they are of.
        family: Names the segmenter and its version; becomes a folder.

    Raises:
        InsufficientStorage: If the disk has no room beside its reserve.
    """
    data = np.ascontiguousarray(features, HALF).tobytes()
    if local_path(ROOT):  # a folder of this machine, whose disk has a reserve
        check_room(len(data))
    folder = hashlib.sha256(family.encode()).hexdigest()[:16]
    # A name of its own: a file that a crash left half written is never taken for this one.
    name = f"{ROOT}/{folder}/{sha256[:2]}/{sha256}-{uuid4().hex[:8]}"
    key = default_storage.save(name, ContentFile(data))
    return StoredFeatures(key, [*features.shape], hashlib.sha256(data).hexdigest(), len(data))


def load_features(key: str, *, shape: Sequence[int], checksum: str) -> Features | None:
    """Read features, float16, C x H x W; None if the file is gone or not what was written."""
    try:
        with default_storage.open(key) as file:
            data = file.read()
    except FileNotFoundError:
        return None
    if hashlib.sha256(data).hexdigest() != checksum:
        return None
    if math.prod(shape) * HALF.itemsize != len(data):
        return None
    return np.frombuffer(data, HALF).reshape(shape)


def delete_features(key: str) -> None:
    """Remove a file of features, if it is there."""
    default_storage.delete(key)


def stored_keys(*, older_than_seconds: float) -> Iterator[str]:
    """The keys of all files of features but the young ones, whose rows may yet be written."""
    for folder in _folders(ROOT):
        for shard in _folders(folder):
            for name in _listing(shard)[1]:
                key = f"{shard}/{name}"
                if _age(key) >= older_than_seconds:
                    yield key


def _folders(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in sorted(_listing(folder)[0])]


def _listing(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _age(key: str) -> float:
    try:
        return time.time() - default_storage.get_modified_time(key).timestamp()
    except Exception:  # S3's storage has an error of its own for a file that is gone
        if default_storage.exists(key):
            raise
        return 0.0  # evicted since it was listed
