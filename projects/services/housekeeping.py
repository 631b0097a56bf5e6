"""What is done once an hour: remove for good what is 30 days deleted, and files nobody names."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Now

from projects.models import Job
from projects.selectors.clock import database_now
from projects.services.blobs import collect_orphans
from projects.services.chores import do_chores
from projects.services.job_kinds import unlisted_names
from projects.services.previews import trim_previews
from projects.services.projects import purge_expired
from projects.services.spans import is_first_in_span

logger = logging.getLogger(__name__)

HOUR_SECONDS = 3600
SILENT_JOBS_KEPT = timedelta(days=1)  # those that no list shows; failures may be asked about
_COUNTER = "housekeeping"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How much went."""

    rows: int  # projects and images
    blobs: int
    previews: int
    silent_jobs: int
    chores: Mapping[str, int]  # of other houses, by their paths


def clean_up_if_due(*, now: datetime | None = None) -> Cleaned | None:
    """Clean up unless some process already did in this hour; None if so.

    Args:
        now: Which hour it is; the database's present time if left out.
    """
    if not is_first_in_span(key=_COUNTER, now=now or database_now(), seconds=HOUR_SECONDS):
        return None
    cleaned = Cleaned(
        rows=purge_expired(),
        blobs=collect_orphans(),
        previews=trim_previews(),
        silent_jobs=_forget_silent_jobs(),
        chores=do_chores(),
    )
    logger.info("cleaned up: %s", cleaned)
    return cleaned


def _forget_silent_jobs() -> int:
    ended = Job.objects.filter(kind__in=unlisted_names(), finished_at__lt=Now() - SILENT_JOBS_KEPT)
    return ended.delete()[0]
