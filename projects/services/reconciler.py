"""Finds open jobs that nobody works on although they should be, so that they are rung again.

A message may be lost with the broker, a worker may die without a word; the rows know better.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from projects.models import Job, JobItem, JobState, Worker
from projects.models.states import OPEN_JOB_STATES
from projects.selectors.clock import database_now
from projects.services.claims import bury_lost_items, lost_items
from projects.services.job_kinds import kind_named
from projects.services.jobs import settle_job
from projects.services.spans import is_first_in_span
from projects.services.workers import alive, can_do, forget_the_dead

SPAN_SECONDS = 5  # of all processes that reconcile, one does so in each such span
BUSY_FACTOR = 3  # messages wait longer where workers are at work; ring less often there
_COUNTER = "reconciler"


def reconcile(*, now: datetime | None = None) -> list[int]:
    """Settle and bury what workers left behind; returns the jobs to ring for.

    Safe to call from any number of processes: in each span of time all but one find nothing to do.

    Args:
        now: Which span it is; the database's present time if left out.
    """
    if not is_first_in_span(key=_COUNTER, now=now or database_now(), seconds=SPAN_SECONDS):
        return []
    for job_id in lost_items().values_list("job_id", flat=True).distinct().order_by("job_id"):
        bury_lost_items(job_id=job_id)
    for job_id in _all_ended():
        settle_job(job_id=job_id)
    forget_the_dead()
    return _unattended()


def _all_ended() -> list[int]:
    open_items = JobItem.objects.filter(job=OuterRef("pk"), state__in=OPEN_JOB_STATES)
    ended = Job.objects.filter(~Exists(open_items), state__in=OPEN_JOB_STATES)
    return list(ended.values_list("pk", flat=True))


def _unattended() -> list[int]:
    """Open jobs to ring for: of those alike in queue and needs the oldest.

    A message is a bell for a queue, so one of them wakes whoever can do them all. Workers that are
    busy look for more by themselves; there is no use in ringing for what no worker can do.
    """
    chosen: dict[tuple[str, tuple[str, ...]], int] = {}
    crew = list(alive())
    for job in _overdue(is_prompt=_is_prompt(crew)):
        queue, needs = kind_named(job.kind).queue, tuple(job.needs)
        if crew and not any(_could(worker, queue, needs) for worker in crew):
            continue
        chosen.setdefault((queue, needs), job.pk)
    return sorted(chosen.values())


def _is_prompt(crew: Sequence[Worker]) -> bool | None:
    """Whether somebody stands idle; None if nobody is on the list of workers."""
    return any(worker.busy_with is None for worker in crew) if crew else None


def _could(worker: Worker, queue: str, needs: tuple[str, ...]) -> bool:
    return queue in worker.queues and can_do(needs, worker.abilities)


def _overdue(*, is_prompt: bool | None) -> QuerySet[Job]:
    """Open jobs with something to claim whose last message is old, or was never sent."""
    silence = timedelta(seconds=settings.JOB_LOST_SECONDS)
    patience = silence
    if is_prompt is False or (is_prompt is None and _somebody_works(silence)):
        patience = silence * BUSY_FACTOR
    mine = Q(job=OuterRef("pk"))
    queued = JobItem.objects.filter(mine, state=JobState.QUEUED)
    overdue = Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - patience)
    lost = Exists(lost_items().filter(mine)) & Q(rung_at__lt=Now() - silence / 2)
    jobs = Job.objects.filter(state__in=OPEN_JOB_STATES).filter((Exists(queued) & overdue) | lost)
    return jobs.order_by("pk")


def _somebody_works(silence: timedelta) -> bool:
    at_work = JobItem.objects.filter(state=JobState.RUNNING, heartbeat_at__gte=Now() - silence)
    return at_work.exists()
