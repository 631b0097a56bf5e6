"""Jobs as rows: made, cancelled, tried again, and settled when their items have ended.

Nothing here sends a message; whoever makes a job rings the bell after the commit
(``projects.tasks.ring``), and the reconciler rings again where that was lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from projects.errors import Conflict, TooManyRequests, sentence
from projects.models import Image, Job, JobItem, JobState, Project, User
from projects.models.states import OPEN_JOB_STATES
from projects.policy import Action, require
from projects.services.job_kinds import kind_named, needs_of, undo
from projects.services.tallies import count

ITEMS_PER_INSERT = 1000
ENDED = "job_ended"  # a tally's first word; kind and state follow
NAMED_FAILURES = 3  # as many failed images as the job's reason names


@transaction.atomic
def create_job(
    *,
    project: Project,
    kind: str,
    params: Mapping[str, object],
    images: QuerySet[Image] | Iterable[Image] | None = None,
    user: User | None = None,
) -> Job:
    """Make a job with one item per image, or with one item for the whole where ``images`` is None.

    Raises:
        InvalidInput: If there is no such kind.
        TooManyRequests: If the project has as many unfinished jobs of this kind as it may.
    """
    known = kind_named(kind)
    unfinished = Job.objects.filter(project=project, kind=kind, state__in=OPEN_JOB_STATES)
    waiting = list(unfinished.order_by("pk").values_list("pk", flat=True)[: known.open_at_once])
    if len(waiting) >= known.open_at_once:
        raise TooManyRequests(
            f"This project already has {len(waiting)} unfinished {kind} job(s); "
            "wait for one to end or cancel it.",
            code="job_running",
            job=waiting[0],
        )
    job = Job.objects.create(
        project=project,
        kind=kind,
        params=dict(params),
        needs=needs_of(known, params),
        created_by=user,
    )
    if images is None:
        JobItem.objects.create(job=job)
        return job
    _add_items(job, images)
    return job


@transaction.atomic
def queue_images(
    *, project: Project, kind: str, params: Mapping[str, object], images: Sequence[Image]
) -> Job:
    """Add images to the project's open job of this kind and params, or make one for them.

    An image whose item has ended is queued anew; one that waits or is worked on stays as it is.

    Raises:
        InvalidInput: If there is no such kind.
        TooManyRequests: As ``create_job``.
    """
    # The lock keeps ``settle_job`` from closing the job between this look and the new items.
    waiting = Job.objects.select_for_update().filter(
        project=project, kind=kind, params=dict(params), state__in=OPEN_JOB_STATES
    )
    job = waiting.order_by("pk").first()
    if job is None:
        return create_job(project=project, kind=kind, params=params, images=images)
    job.items.filter(image__in=images).exclude(state__in=OPEN_JOB_STATES).update(
        state=JobState.QUEUED, attempt=0, error="", claim_token=None, heartbeat_at=None
    )
    JobItem.objects.bulk_create(
        [JobItem(job=job, image=image) for image in images], ignore_conflicts=True
    )
    return job


def _add_items(job: Job, images: QuerySet[Image] | Iterable[Image]) -> None:
    ids = (
        images.values_list("pk", flat=True).iterator(chunk_size=ITEMS_PER_INSERT)
        if isinstance(images, QuerySet)
        else (image.pk for image in images)
    )
    while batch := list(islice(ids, ITEMS_PER_INSERT)):
        JobItem.objects.bulk_create([JobItem(job=job, image_id=pk) for pk in batch])


@transaction.atomic
def cancel_job(*, user: User, job: Job) -> Job:
    """End an open job now; what its workers have in hand is not written any more.

    Raises:
        Forbidden: If the user's role does not allow this kind of job.
        Conflict: If the job has ended already.
    """
    _require(user, job)
    # Items before the job, as those who finish an item do: the other order could lock both out.
    job.items.filter(state__in=OPEN_JOB_STATES).update(state=JobState.CANCELLED, claim_token=None)
    cancelled = Job.objects.filter(pk=job.pk, state__in=OPEN_JOB_STATES).update(
        state=JobState.CANCELLED, finished_at=Now()
    )
    if not cancelled:
        job.refresh_from_db()
        raise Conflict(f"This job is {job.state}; only open jobs can be cancelled.", "job_ended")
    undo(kind_named(job.kind), job_id=job.pk)
    _note_outcome(job.kind, JobState.CANCELLED)
    job.refresh_from_db()
    return job


@transaction.atomic
def retry_job(*, user: User, job: Job) -> Job:
    """Queue again what failed or was cancelled, with fresh attempts.

    Raises:
        Forbidden: If the user's role does not allow this kind of job.
        Conflict: If the job neither failed nor was cancelled.
    """
    _require(user, job)
    ended = (JobState.FAILED, JobState.CANCELLED)
    reopened = Job.objects.filter(pk=job.pk, state__in=ended).update(
        state=JobState.QUEUED, error="", finished_at=None, rung_at=None
    )
    if not reopened:
        job.refresh_from_db()
        raise Conflict(
            f"This job is {job.state}; only failed and cancelled jobs can be tried again.",
            "job_not_failed",
        )
    job.items.filter(state__in=ended).update(
        state=JobState.QUEUED, attempt=0, error="", claim_token=None, heartbeat_at=None
    )
    job.refresh_from_db()
    return job


def _require(user: User, job: Job) -> None:
    action = Action(kind_named(job.kind).action)
    require(user=user, project=job.project, action=action)


def settle_job(*, job_id: int) -> None:
    """Close an open job all of whose items have ended; does nothing otherwise.

    Runs after the last item's commit, never inside it: of two workers that end the last two items
    at once, at least one sees both.
    """
    items = JobItem.objects.filter(job_id=job_id)
    unfinished = items.filter(state__in=OPEN_JOB_STATES)
    if unfinished.exists():
        return
    with transaction.atomic():
        # Who adds items holds this lock: once we have it, its items are seen or will find us done.
        Job.objects.select_for_update().filter(pk=job_id).first()
        if unfinished.exists():
            return
        reason = _failures_in_words(items)
        state = JobState.FAILED if reason else JobState.DONE
        closed = Job.objects.filter(pk=job_id, state__in=OPEN_JOB_STATES)
        if not closed.update(state=state, error=reason, finished_at=Now()):
            return
        kind = kind_named(Job.objects.get(pk=job_id).kind)
        if reason:
            undo(kind, job_id=job_id)
    _note_outcome(kind.name, state)


def _note_outcome(kind: str, state: str) -> None:
    count(f"{ENDED}|{kind}|{state}")


def _failures_in_words(items: QuerySet[JobItem]) -> str:
    failed = items.filter(state=JobState.FAILED)
    number = failed.count()
    if not number:
        return ""
    first = list(failed.select_related("image").order_by("pk")[:NAMED_FAILURES])
    if first[0].image is None:
        return first[0].error
    named = "; ".join(f"{item.image.name}: {item.error}" for item in first if item.image)
    return sentence(f"{number} of {items.count()} images failed. {named}")


def note_ring(*, job_id: int) -> None:
    """Note that a message about the job is being published."""
    Job.objects.filter(pk=job_id).update(rung_at=Now())


def note_ring_lost(*, job_id: int) -> None:
    """Note that nobody will come for the job, so that the reconciler rings at once."""
    Job.objects.filter(pk=job_id).update(rung_at=None)
