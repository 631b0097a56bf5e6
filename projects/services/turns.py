"""Whose turn it is: which job a worker takes up next.

What somebody waits for comes first. Then the project with the fewest workers on it, and of those
the one that was served longest ago: ten images of one project do not wait behind a hundred thousand
of another. The jobs of one project take turns too, and what nobody waits for comes last. A worker
is offered only what it can do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.db.models.functions import Now

from projects.models import Job, JobItem, JobState
from projects.models.states import OPEN_JOB_STATES
from projects.services.claims import lost_items
from projects.services.job_kinds import QUEUES, kind_named, names_in_queues, rank_of
from projects.services.workers import can_do

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LOOKED_AT = 2000  # jobs; those beyond wait until some of these are done


@dataclass(frozen=True, slots=True)
class Turn:
    """A job with something to claim."""

    job_id: int
    project_id: int
    kind: str
    needs: tuple[str, ...]
    served_at: datetime | None


def open_turns(queues: Sequence[str] = QUEUES) -> list[Turn]:
    """Every open job of these queues with an item to claim, the oldest first."""
    mine = Q(job=OuterRef("pk"))
    queued = JobItem.objects.filter(mine, state=JobState.QUEUED)
    lost = lost_items().filter(mine, attempt__lt=settings.JOB_MAX_ATTEMPTS)
    jobs = Job.objects.filter(
        Exists(queued) | Exists(lost), state__in=OPEN_JOB_STATES, kind__in=names_in_queues(queues)
    )
    rows = jobs.order_by("pk").values_list("pk", "project_id", "kind", "needs", "served_at")[
        :LOOKED_AT
    ]
    return [
        Turn(pk, project, kind, tuple(needs), served) for pk, project, kind, needs, served in rows
    ]


def next_turn(*, queues: Sequence[str], able: Collection[str] | None) -> Turn | None:
    """The job to take up next; None if there is nothing to claim.

    Args:
        queues: Those that the worker serves.
        able: What the worker can do; None if it can do everything.
    """
    turns = [turn for turn in open_turns(queues) if able is None or can_do(turn.needs, tuple(able))]
    if not turns:
        return None
    first = min(rank_of(turn.kind) for turn in turns)
    turns = [turn for turn in turns if rank_of(turn.kind) == first]
    if len(turns) == 1:
        return turns[0]
    projects = {turn.project_id for turn in turns}
    busy, served = _workers_on(projects), _last_served(projects)
    return min(
        turns,
        key=lambda turn: (
            busy.get(turn.project_id, 0),
            served.get(turn.project_id) or LONG_AGO,
            turn.served_at or LONG_AGO,
            turn.job_id,
        ),
    )


def note_turn(turn: Turn) -> None:
    """Note that the job's project is served now."""
    Job.objects.filter(pk=turn.job_id).update(served_at=Now())


def somebody_waits(*, kind: str, able: Collection[str] | None) -> bool:
    """Whether there is something to claim that comes before jobs of this kind."""
    before = [name for name in names_in_queues(QUEUES) if rank_of(name) < rank_of(kind)]
    if not before:
        return False
    queued = JobItem.objects.filter(job=OuterRef("pk"), state=JobState.QUEUED)
    jobs = Job.objects.filter(Exists(queued), state__in=OPEN_JOB_STATES, kind__in=before)
    needs = jobs.values_list("needs", flat=True)[:LOOKED_AT]
    return any(able is None or can_do(need, tuple(able)) for need in needs)


def queue_of(turn: Turn) -> str:
    """The queue that its messages go to."""
    return kind_named(turn.kind).queue


def _workers_on(projects: Collection[int]) -> dict[int, int]:
    at_work = JobItem.objects.filter(
        state=JobState.RUNNING, job__state__in=OPEN_JOB_STATES, job__project__in=projects
    )
    rows = at_work.order_by().values_list("job__project").annotate(Count("pk"))
    return dict(rows)


def _last_served(projects: Collection[int]) -> dict[int, datetime | None]:
    rows = Job.objects.filter(project__in=projects, served_at__isnull=False).order_by()
    return dict(rows.values_list("project").annotate(Max("served_at")))
