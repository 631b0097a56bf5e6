"""Where embeddings lie: float16 features in the storage, each with a row that proves its bytes.

Features can be made again from the image at any time, so a damaged file is simply dropped, and the
least used ones go when the budget is spent.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now

from inference.models import Embedding
from projects.storage import check_room

logger = logging.getLogger(__name__)

BUDGET_BYTES = 20 * 2**30  # 10,000 images at SAM's 2 MiB
USE_NOTED_SECONDS = 3600  # how exactly the last use is known; not every read is a write
HALF = np.dtype("<f2")

Features = npt.NDArray[np.float16]


def save_features(
    *, sha256: str, segmenter: str, version: str, features: npt.NDArray[np.generic]
) -> Embedding:
    """Keep the features of an image; what was there for it is replaced.

    Args:
        sha256: Of the stored image.
        segmenter: Whose features they are.
        version: Of that segmenter.
        features: C x H x W numbers within float16's range.

    Raises:
        InsufficientStorage: If the disk has no room beside its reserve.
    """
    data = np.ascontiguousarray(features, HALF).tobytes()
    check_room(len(data))
    family = hashlib.sha256(f"{segmenter}\0{version}".encode()).hexdigest()[:16]
    # A name of its own: a file that a crash left behind is never taken for this one.
    key = f"cache/embeddings/{family}/{sha256[:2]}/{sha256}-{uuid4().hex[:8]}"
    key = default_storage.save(key, ContentFile(data))
    with transaction.atomic():
        mine = Embedding.objects.filter(sha256=sha256, segmenter=segmenter, version=version)
        replaced = list(mine.select_for_update().values_list("key", flat=True))
        row, _ = Embedding.objects.update_or_create(
            sha256=sha256,
            segmenter=segmenter,
            version=version,
            defaults={
                "key": key,
                "shape": list(features.shape),
                "checksum": hashlib.sha256(data).hexdigest(),
                "size_bytes": len(data),
            },
        )
    for old in replaced:
        default_storage.delete(old)
    _spend_within(BUDGET_BYTES)
    return row


def load_features(row: Embedding) -> Features | None:
    """The stored features, float16 C x H x W; None (and no row any more) if they are damaged."""
    try:
        with default_storage.open(row.key) as file:
            data = file.read()
    except FileNotFoundError:
        data = b""
    if hashlib.sha256(data).hexdigest() != row.checksum or not _fits(row.shape, len(data)):
        logger.warning("the embedding %s is damaged or gone; it is made again", row.key)
        drop(row)
        return None
    an_hour_ago = Now() - timedelta(seconds=USE_NOTED_SECONDS)
    Embedding.objects.filter(pk=row.pk, used_at__lt=an_hour_ago).update(used_at=Now())
    return np.frombuffer(data, HALF).reshape(row.shape)


def drop(row: Embedding) -> None:
    """Forget an embedding and its file."""
    Embedding.objects.filter(pk=row.pk, key=row.key).delete()
    default_storage.delete(row.key)


def _fits(shape: Sequence[int], size: int) -> bool:
    return math.prod(shape) * HALF.itemsize == size


def _spend_within(budget: int) -> None:
    spent = Embedding.objects.aggregate(total=Sum("size_bytes"))["total"] or 0
    for row in Embedding.objects.order_by("used_at", "pk").iterator(chunk_size=100):
        if spent <= budget:
            return
        spent -= row.size_bytes
        drop(row)
