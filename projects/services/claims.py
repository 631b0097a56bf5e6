"""Claims on the items of jobs: who works on what, and who is too late.

A claim carries a fencing token. Whoever lost it (because it was silent for too long, or the job was
cancelled) cannot finish the item, and what it wrote in the transaction of ``finish_item`` is rolled
back. All times are the database's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from projects.errors import ApplicationError, NotFound, sentence
from projects.models import Image, Job, JobItem, JobState
from projects.models.states import OPEN_JOB_STATES
from projects.services.job_kinds import Claim
from projects.services.workers import cause_of_death, name_of_this_worker


class ClaimLost(ApplicationError):
    """Another worker has the item by now, or the job was cancelled."""

    default_code = "claim_lost"


def died_reason(*, worker: str = "") -> str:
    """What an item says whose workers died every time.

    Args:
        worker: The name of the last one, whose row tells what it died of.
    """
    return sentence(f"worker died {settings.JOB_MAX_ATTEMPTS} times{cause_of_death(worker)}")


def lost_items() -> QuerySet[JobItem]:
    """Items that somebody claimed and has been silent about for too long."""
    silence = timedelta(seconds=settings.JOB_LOST_SECONDS)
    return JobItem.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=Now() - silence)


def bury_lost_items(*, job_id: int) -> int:
    """Fail the job's lost items that no attempt is left for; returns how many."""
    dead = lost_items().filter(job_id=job_id, attempt__gte=settings.JOB_MAX_ATTEMPTS)
    return sum(
        dead.filter(worker=worker).update(
            state=JobState.FAILED, error=died_reason(worker=worker), claim_token=None
        )
        for worker in set(dead.values_list("worker", flat=True))
    )


def claim_next_item(*, job_id: int) -> Claim | None:
    """Claim an item of an open job that is queued or lost; None if there is none.

    Each claim counts as an attempt: an item that kills its worker is tried a few times only.
    """
    bury_lost_items(job_id=job_id)
    job = Job.objects.filter(pk=job_id, state__in=OPEN_JOB_STATES).first()
    if job is None:
        return None
    while (item := _next_claimable(job_id)) is not None:
        token = uuid4()
        if _take(item, token):
            Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
                state=JobState.RUNNING, started_at=Now()
            )
            return Claim(
                item_id=item.pk,
                job_id=job_id,
                project_id=job.project_id,
                kind=job.kind,
                image_id=item.image_id,
                attempt=item.attempt + 1,
                token=token,
                params=job.params,
            )
    return None


def _next_claimable(job_id: int) -> JobItem | None:
    queued = JobItem.objects.filter(job_id=job_id, state=JobState.QUEUED)
    return queued.order_by("pk").first() or (
        lost_items()
        .filter(job_id=job_id, attempt__lt=settings.JOB_MAX_ATTEMPTS)
        .order_by("pk")
        .first()
    )


def _take(item: JobItem, token: UUID) -> bool:
    """Compare and set on everything that another claim or a cancel would have changed.

    Those are columns of the row itself: a database that waited for the row looks at them again.
    """
    open_job = Job.objects.filter(pk=OuterRef("job_id"), state__in=OPEN_JOB_STATES)
    as_seen = JobItem.objects.filter(
        Exists(open_job),
        pk=item.pk,
        state=item.state,
        attempt=item.attempt,
        claim_token=item.claim_token,
    )
    taken = as_seen.update(
        state=JobState.RUNNING,
        claim_token=token,
        attempt=F("attempt") + 1,
        heartbeat_at=Now(),
        worker=name_of_this_worker(),
    )
    return taken == 1


def _held(claim: Claim) -> QuerySet[JobItem]:
    return JobItem.objects.filter(pk=claim.item_id, state=JobState.RUNNING, claim_token=claim.token)


def _must_hold(claim: Claim, changed: int) -> None:
    if changed != 1:
        raise ClaimLost(
            f"Item {claim.item_id} of job {claim.job_id} is no longer this worker's: "
            "it was claimed again, or the job was cancelled."
        )


def claimed_image(*, claim: Claim) -> Image:
    """The image of a claimed item, with its project.

    Raises:
        NotFound: If the item is not about an image, or the image was purged.
    """
    images = Image.objects.select_related("project").filter(pk=claim.image_id or 0)
    image = images.first()
    if image is None:
        raise NotFound(f"Item {claim.item_id} of job {claim.job_id} has no image.")
    return image


def is_held(*, claim: Claim) -> bool:
    """Whether the claim still stands."""
    return _held(claim).exists()


def heartbeat(*, claim: Claim) -> None:
    """Say that the worker is alive.

    Raises:
        ClaimLost: If the item is no longer this claim's.
    """
    _must_hold(claim, _held(claim).update(heartbeat_at=Now()))


def report_progress(*, claim: Claim, done: int, total: int) -> None:
    """Note how far a job of one item is; also a heartbeat.

    Raises:
        ClaimLost: If the item is no longer this claim's; long work stops here when cancelled.
    """
    heartbeat(claim=claim)
    Job.objects.filter(pk=claim.job_id).update(steps_done=done, steps_total=total)


def finish_item(*, claim: Claim, result: Mapping[str, object] | None = None) -> None:
    """Mark the item done; call it inside the transaction that writes the item's effects.

    Args:
        claim: The right to do so.
        result: What the job answers with, for jobs of one item.

    Raises:
        ClaimLost: If the item is no longer this claim's; the transaction must roll back.
    """
    _must_hold(claim, _held(claim).update(state=JobState.DONE, claim_token=None, error=""))
    if result is not None:
        Job.objects.filter(pk=claim.job_id).update(result=dict(result))


@transaction.atomic
def fail_item(*, claim: Claim, reason: str, result: Mapping[str, object] | None = None) -> None:
    """Mark the item failed for good: trying again would not help.

    Args:
        claim: The right to do so.
        reason: For people.
        result: What there is to tell nevertheless, for jobs of one item.

    Raises:
        ClaimLost: If the item is no longer this claim's.
    """
    failed = _held(claim).update(state=JobState.FAILED, claim_token=None, error=reason)
    _must_hold(claim, failed)
    if result is not None:
        Job.objects.filter(pk=claim.job_id).update(result=dict(result))


def retry_item_later(*, claim: Claim, reason: str) -> None:
    """Put the item back after an unexpected error, or fail it when no attempt is left.

    Raises:
        ClaimLost: If the item is no longer this claim's.
    """
    if claim.attempt >= settings.JOB_MAX_ATTEMPTS:
        fail_item(claim=claim, reason=sentence(f"failed {claim.attempt} times: {reason}"))
        return
    put_back = _held(claim).update(state=JobState.QUEUED, claim_token=None, error=reason)
    _must_hold(claim, put_back)


def give_back_item(*, claim: Claim) -> None:
    """Put the item back untouched because this worker is asked to stop; costs no attempt."""
    _held(claim).filter(attempt__gte=1).update(
        state=JobState.QUEUED, claim_token=None, attempt=F("attempt") - 1
    )
