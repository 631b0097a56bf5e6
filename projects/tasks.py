"""The bell and who answers it: one message says "work on job J", the rows say what that means."""

from __future__ import annotations

import logging
import os
import signal
from functools import partial
from threading import Event

from celery import shared_task
from celery.signals import worker_shutting_down
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from projects.models import Job, JobItem, JobState
from projects.models.states import OPEN_JOB_STATES
from projects.services import memory
from projects.services.item_runs import run_slice
from projects.services.job_kinds import QUEUES, kind_named
from projects.services.jobs import note_ring
from projects.services.skills import abilities, make_room
from projects.services.turns import next_turn, note_turn
from projects.services.workers import idle_in, note_busy, this_worker
from projects.signals import job_opened

logger = logging.getLogger(__name__)

BELL_SECONDS = 5.0  # an idle worker hears a bell far sooner

_stopping = Event()


@worker_shutting_down.connect
def _note_stop(**_facts: object) -> None:
    """Let the work in hand end soon; Celery itself waits for the task."""
    _stopping.set()


def ring(job_id: int) -> None:
    """Tell the workers about an open job; call it after the commit that made it so.

    Each worker that has nothing in hand is told, as far as there are items for them. Who is busy
    looks for more by itself. A broker that does not answer is no failure of the caller's: the
    reconciler rings again.
    """
    _ring(job_id)


def ring_on(job_id: int) -> None:
    """Ring once for this worker, which goes on after its slice, and for others without work.

    Bells for the others are of use at once or not at all: workers whose slices end together take
    one another for idle, and what each rang for all of them would pile up in the broker.
    """
    _ring(job_id, others_expire=BELL_SECONDS)


def _ring(job_id: int, others_expire: float | None = None) -> None:
    job = Job.objects.filter(pk=job_id, state__in=OPEN_JOB_STATES).first()
    if job is None:
        return
    queue = kind_named(job.kind).queue
    note_ring(job_id=job_id)
    send = partial(work_on.apply_async, args=(job_id,), queue=queue, retry=False)
    others = send if others_expire is None else partial(send, expires=others_expire)
    try:
        send()
        for _ in range(_bells(job_id, queue) - 1):
            others()
    except (OperationalError, OSError):
        logger.warning(
            "the broker does not take job %s; it is rung for later", job_id, exc_info=True
        )


def _bells(job_id: int, queue: str) -> int:
    """How many messages are of use: one at least, for a worker that nobody knows of yet."""
    idle = len(idle_in(queue))
    if idle <= 1:
        return 1
    queued = JobItem.objects.filter(job_id=job_id, state=JobState.QUEUED)[:idle]
    return max(1, len(queued.values_list("pk")))


@receiver(job_opened, dispatch_uid="ring")
def ring_when_opened(job_id: int, **_facts: object) -> None:
    """Ring for houses that may not know this room."""
    ring(job_id)


@shared_task(name="projects.work_on")
def work_on(job_id: int) -> None:
    """Work for a while on the job whose turn it is, then let others have theirs.

    Args:
        job_id: What was rung for; a bell like any other, the rows say what comes first.
    """
    del job_id
    this = this_worker()
    queues = this.queues if this else QUEUES
    able = abilities() if this else None
    turn = next_turn(queues=queues, able=able)
    if turn is None:
        return
    note_turn(turn)
    note_busy(job_id=turn.job_id)
    try:
        run_slice(job_id=turn.job_id, is_stopping=_stopping.is_set)
    finally:
        note_busy(job_id=None)
        _stay_below_the_ceiling()
    # Only now: who makes a job rings for those who have nothing in hand, or this look finds it.
    left = next_turn(queues=queues, able=able)
    if left is not None:
        ring_on(left.job_id)


def _stay_below_the_ceiling() -> None:
    """Begin anew where letting go of all models does not bring the memory down."""
    most = memory.most_bytes()
    if this_worker() is None or memory.used_bytes() <= most:
        return
    make_room()
    if memory.used_bytes() > most:
        logger.warning("this worker ends, to be started afresh: %s", memory.shortage())
        os.kill(os.getpid(), signal.SIGTERM)


def ring_for_what_waits() -> None:
    """Ring for this worker, which has just begun, if there is something that it can do."""
    this = this_worker()
    turn = next_turn(queues=this.queues, able=abilities()) if this else None
    if turn is not None:
        ring(turn.job_id)
