"""What is done once an hour: remove for good what is 30 days deleted, and files nobody names."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from projects.selectors.clock import database_now
from projects.services.blobs import collect_orphans
from projects.services.previews import trim_previews
from projects.services.projects import purge_expired
from projects.services.spans import is_first_in_span

logger = logging.getLogger(__name__)

HOUR_SECONDS = 3600
_COUNTER = "housekeeping"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How much went."""

    rows: int  # projects and images
    blobs: int
    previews: int


def clean_up_if_due(*, now: datetime | None = None) -> Cleaned | None:
    """Clean up unless some process already did in this hour; None if so.

    Args:
        now: Which hour it is; the database's present time if left out.
    """
    if not is_first_in_span(key=_COUNTER, now=now or database_now(), seconds=HOUR_SECONDS):
        return None
    cleaned = Cleaned(rows=purge_expired(), blobs=collect_orphans(), previews=trim_previews())
    logger.info("cleaned up: %s", cleaned)
    return cleaned
