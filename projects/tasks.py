"""The bell and who answers it: one message says "work on job J", the rows say what that means."""

from __future__ import annotations

import logging
from threading import Event

from celery import shared_task
from celery.signals import worker_shutting_down
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from projects.models import Job
from projects.models.states import OPEN_JOB_STATES
from projects.services.item_runs import run_slice
from projects.services.job_kinds import kind_named
from projects.services.jobs import note_ring
from projects.signals import job_opened

logger = logging.getLogger(__name__)

_stopping = Event()


@worker_shutting_down.connect
def _note_stop(**_facts: object) -> None:
    """Let the work in hand end soon; Celery itself waits for the task."""
    _stopping.set()


def ring(job_id: int) -> None:
    """Tell the workers about an open job; call it after the commit that made it so.

    A broker that does not answer is no failure of the caller's: the reconciler rings again.
    """
    job = Job.objects.filter(pk=job_id, state__in=OPEN_JOB_STATES).first()
    if job is None:
        return
    note_ring(job_id=job_id)
    try:
        work_on.apply_async(args=(job_id,), queue=kind_named(job.kind).queue, retry=False)
    except (OperationalError, OSError):
        logger.warning(
            "the broker does not take job %s; it is rung for later", job_id, exc_info=True
        )


@receiver(job_opened, dispatch_uid="ring")
def ring_when_opened(job_id: int, **_facts: object) -> None:
    """Ring for houses that may not know this room."""
    ring(job_id)


@shared_task(name="projects.work_on")
def work_on(job_id: int) -> None:
    """Work on a job for a while, then let others have their turn."""
    if run_slice(job_id=job_id, is_stopping=_stopping.is_set):
        ring(job_id)
