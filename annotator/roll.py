"""A worker's place on the list of workers: it says that it lives, and what it holds in memory."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.conf import settings
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from annotator.pulse import touch
from projects.services import skills, tallies, workers
from projects.services.workers import ThisWorker
from projects.tasks import ring_for_what_waits

logger = logging.getLogger(__name__)

_ended = Event()


@worker_ready.connect
def enlist(sender: Any, **_facts: object) -> None:
    """Put this process on the list, and ring if work waits that it can do."""
    queues = [queue.name for queue in sender.task_consumer.queues]
    try:
        worker = workers.enlist(queues=queues)
        ring_for_what_waits()
    except (DatabaseError, OperationalError):
        logger.exception("this worker could not enlist; it works all the same")
        return
    Thread(target=_beat, args=(worker,), name="roll-call", daemon=True).start()


@worker_shutdown.connect
def retire(**_facts: object) -> None:
    """Take this process off the list."""
    _ended.set()
    worker = workers.this_worker()
    if worker is not None:
        tallies.flush()
        workers.retire(worker)


def _beat(worker: ThisWorker) -> None:
    while not _ended.wait(settings.JOB_HEARTBEAT_SECONDS):
        try:
            for skill in skills.skills():
                skill.let_go_of_idle()
            workers.beat(worker)
            if workers.is_busy():
                touch()  # the loop stands still for as long as one item takes, which has a limit
        except DatabaseError:
            logger.exception("no heartbeat of this worker; trying again")
        finally:
            connection.close()
