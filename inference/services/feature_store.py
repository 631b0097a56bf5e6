"""Which images have features stored: a row for each file, and a budget for all of them.

Features can be made again from the image at any time, so a damaged file is simply dropped, and the
ones unused for longest go when the budget is spent.
"""

from __future__ import annotations

import logging
from datetime import timedelta

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now

from inference.models import Embedding
from inference.storage import Features, delete_features, load_features, save_features

logger = logging.getLogger(__name__)

BUDGET_BYTES = 20 * 2**30  # 10,000 images at SAM's 2 MiB
USE_NOTED = timedelta(hours=1)  # how exactly the last use is known; not every read is a write


def keep(
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
    stored = save_features(features, sha256=sha256, family=f"{segmenter}\0{version}")
    with transaction.atomic():
        mine = Embedding.objects.filter(sha256=sha256, segmenter=segmenter, version=version)
        replaced = list(mine.select_for_update().values_list("key", flat=True))
        row, _ = Embedding.objects.update_or_create(
            sha256=sha256,
            segmenter=segmenter,
            version=version,
            defaults={
                "key": stored.key,
                "shape": stored.shape,
                "checksum": stored.checksum,
                "size_bytes": stored.size_bytes,
            },
        )
    for key in replaced:
        delete_features(key)
    _spend_within(BUDGET_BYTES)
    return row


def find(*, sha256: str, segmenter: str, version: str) -> Features | None:
    """The kept features, float16, C x H x W; None if there are none or their bytes are damaged."""
    row = Embedding.objects.filter(sha256=sha256, segmenter=segmenter, version=version).first()
    if row is None:
        return None
    features = load_features(row.key, shape=row.shape, checksum=row.checksum)
    if features is None:
        logger.warning("the embedding %s is damaged or gone; it is made again", row.key)
        _drop(row)
        return None
    Embedding.objects.filter(pk=row.pk, used_at__lt=Now() - USE_NOTED).update(used_at=Now())
    return features


def _drop(row: Embedding) -> None:
    Embedding.objects.filter(pk=row.pk, key=row.key).delete()
    delete_features(row.key)


def _spend_within(budget: int) -> None:
    spent = Embedding.objects.aggregate(total=Sum("size_bytes"))["total"] or 0
    for row in Embedding.objects.order_by("used_at", "pk").iterator(chunk_size=100):
        if spent <= budget:
            return
        spent -= row.size_bytes
        _drop(row)
