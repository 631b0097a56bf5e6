"""How much waits, for how long, and who works: for those who watch the server."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef

from projects.models import Job, JobItem, JobState, Worker
from projects.models.states import OPEN_JOB_STATES
from projects.selectors.clock import database_now
from projects.services.job_kinds import QUEUES, names_in_queues
from projects.services.workers import alive


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue as it is now."""

    name: str
    jobs: int
    queued: int  # items
    running: int
    oldest_seconds: float  # since the oldest job with a queued item was made; 0 if none waits


def queue_figures() -> list[QueueFigures]:
    """Every queue, the first served first."""
    return [_figures(name) for name in QUEUES]


def crew() -> list[Worker]:
    """The live workers."""
    return list(alive().order_by("name"))


def _figures(name: str) -> QueueFigures:
    jobs = Job.objects.filter(state__in=OPEN_JOB_STATES, kind__in=names_in_queues([name]))
    items = JobItem.objects.filter(job__in=jobs, state__in=OPEN_JOB_STATES).order_by()
    number = dict(items.values_list("state").annotate(Count("pk")))
    waits = Exists(JobItem.objects.filter(job=OuterRef("pk"), state=JobState.QUEUED))
    oldest = jobs.filter(waits).aggregate(oldest=Min("created_at"))["oldest"]
    return QueueFigures(
        name=name,
        jobs=jobs.count(),
        queued=number.get(JobState.QUEUED, 0),
        running=number.get(JobState.RUNNING, 0),
        oldest_seconds=0.0 if oldest is None else (database_now() - oldest).total_seconds(),
    )
