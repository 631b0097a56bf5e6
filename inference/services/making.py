"""Each embedding is made by one of all processes; whoever else wants it waits for that one.

The right to make it is a row with a heart that beats beside the work. A maker that dies falls
silent, and the next who waits takes over. All times are the database's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from threading import Event
from typing import TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from inference.models import EmbeddingInMaking
from projects.services.companion import accompanied

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.1  # how often who waits looks whether it is made

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureName:
    """What features are of: the image's content, the segmenter and its version."""

    sha256: str
    segmenter: str
    version: str


def make_once(
    *, name: FeatureName, stored: Callable[[], Made | None], make: Callable[[], Made]
) -> Made:
    """What is stored under the name, else what this process, and no other, makes now.

    Args:
        name: Of what is wanted.
        stored: Looks for it; called again and again while another process makes it.
        make: Makes and stores it.
    """
    token = uuid4()
    while (found := stored()) is None:
        if not _take(name, token):
            time.sleep(LOOK_SECONDS)
            continue
        with _held(token):
            # Another may have stored it and let go between our look and our taking it.
            found = stored()
            return make() if found is None else found
    return found


@contextmanager
def make_together(*, names: Sequence[FeatureName]) -> Iterator[list[FeatureName]]:
    """Within it those of the names that nobody else makes are this process's to make."""
    token = uuid4()
    with _held(token):
        yield [name for name in names if _take(name, token)]


def _take(name: FeatureName, token: UUID) -> bool:
    row, is_ours = EmbeddingInMaking.objects.get_or_create(
        **asdict(name), defaults={"token": token, "heartbeat_at": Now()}
    )
    if is_ours:
        return True
    silence = timedelta(seconds=settings.JOB_LOST_SECONDS)
    silent = EmbeddingInMaking.objects.filter(
        pk=row.pk, token=row.token, heartbeat_at__lt=Now() - silence
    )
    return silent.update(token=token, heartbeat_at=Now()) == 1


@contextmanager
def _held(token: UUID) -> Iterator[None]:
    try:
        with accompanied(partial(_beat, token)):
            yield
    finally:
        EmbeddingInMaking.objects.filter(token=token).delete()


def _beat(token: UUID, ended: Event) -> None:
    try:
        while not ended.wait(settings.JOB_HEARTBEAT_SECONDS):
            try:
                EmbeddingInMaking.objects.filter(token=token).update(heartbeat_at=Now())
            except DatabaseError:
                logger.exception("no heartbeat of an embedding in the making")
    finally:
        connection.close()
