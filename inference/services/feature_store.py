"""Which images have features stored: a row for each file, and a budget for all of them.

Features can be made again from the image at any time, so a damaged file is simply dropped, and the
ones unused for longest go when the budget is spent.
"""

from __future__ import annotations

import logging
from datetime import timedelta

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Now

from inference.models import Embedding
from inference.storage import (
    Features,
    delete_features,
    load_features,
    save_features,
    stored_keys,
)
from projects.services.tallies import count

logger = logging.getLogger(__name__)

USE_NOTED = timedelta(minutes=1)  # how exactly the last use is known; not every read is a write
ORPHAN_SECONDS = 3600.0  # no row follows its file that late
LOOKED_UP_AT_ONCE = 500  # keys, below SQLite's limit of parameters


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
                "used_at": Now(),
            },
        )
    for key in replaced:
        delete_features(key)
    _spend_within(settings.EMBEDDINGS_BYTES, newest=row)
    return row


def row_of(*, sha256: str, segmenter: str, version: str) -> Embedding | None:
    """The facts of the kept features, without their bytes."""
    rows = Embedding.objects.filter(sha256=sha256, segmenter=segmenter, version=version)
    return rows.first()


def read(row: Embedding) -> Features | None:
    """The row's features, float16, C x H x W; None, and the row gone, if the bytes are damaged."""
    features = load_features(row.key, shape=row.shape, checksum=row.checksum)
    if features is None:
        logger.warning("the embedding %s is damaged or gone; it is made again", row.key)
        count("embedding_damaged")
        _drop(row)
        return None
    note_use(row)
    return features


def find(*, sha256: str, segmenter: str, version: str) -> Features | None:
    """The kept features, float16, C x H x W; None if there are none or their bytes are damaged."""
    row = row_of(sha256=sha256, segmenter=segmenter, version=version)
    return None if row is None else read(row)


def note_use(row: Embedding) -> None:
    """Note that the features are wanted, so that others go first."""
    Embedding.objects.filter(pk=row.pk, used_at__lt=Now() - USE_NOTED).update(used_at=Now())


def sweep() -> int:
    """Remove files that no row names, as a crash leaves them; the number of files."""
    keys = list(stored_keys(older_than_seconds=ORPHAN_SECONDS))
    gone = 0
    for start in range(0, len(keys), LOOKED_UP_AT_ONCE):
        some = keys[start : start + LOOKED_UP_AT_ONCE]
        named = set(Embedding.objects.filter(key__in=some).values_list("key", flat=True))
        for key in set(some) - named:
            delete_features(key)
            gone += 1
    return gone


def kept_in_all() -> tuple[int, int]:
    """How many embeddings are kept, and their bytes."""
    facts = Embedding.objects.aggregate(number=Count("pk"), spent=Sum("size_bytes"))
    return facts["number"], facts["spent"] or 0


def _drop(row: Embedding) -> None:
    Embedding.objects.filter(pk=row.pk, key=row.key).delete()
    delete_features(row.key)


def _spend_within(budget: int, newest: Embedding) -> None:
    """Let those unused for longest go; not the newest, or whoever waits for it waits for ever."""
    spent = kept_in_all()[1]
    if spent <= budget:
        return
    others = Embedding.objects.exclude(pk=newest.pk)
    for row in others.order_by("used_at", "pk").iterator(chunk_size=100):
        if spent <= budget:
            return
        spent -= row.size_bytes
        _drop(row)
        count("embedding_evicted")
