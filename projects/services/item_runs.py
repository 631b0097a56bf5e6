"""Runs claimed items one after another, with a heart that beats beside the work."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection

from projects.errors import ApplicationError
from projects.models import Job, JobItem, JobState
from projects.services.claims import (
    ClaimLost,
    claim_next_item,
    fail_item,
    give_back_item,
    heartbeat,
    retry_item_later,
)
from projects.services.job_kinds import (
    INTERACTIVE,
    Claim,
    kind_named,
    names_in_queue,
    runner_of,
)
from projects.services.jobs import note_ring_lost, settle_job

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # how often the heart looks whether it is time for something
STOP_GRACE_SECONDS = 3.0  # an item that ends within this after a stop is kept
EXIT_STOPPED = 0
EXIT_TOO_LONG = 70  # EX_SOFTWARE: whoever supervises starts a fresh worker


def run_slice(*, job_id: int, is_stopping: Callable[[], bool]) -> bool:
    """Work on the job's items for about ``WORK_SLICE_SECONDS``.

    Stops earlier between two items when the process is asked to stop, or when somebody waits for
    an interactive job.

    Returns:
        Whether items are left to claim, so that somebody should ring again.
    """
    until = time.monotonic() + settings.WORK_SLICE_SECONDS
    while not is_stopping():
        claim = claim_next_item(job_id=job_id)
        if claim is None:
            break
        run_item(claim=claim, is_stopping=is_stopping)
        if time.monotonic() >= until or _somebody_waits(claim.kind):
            break
    settle_job(job_id=job_id)
    return JobItem.objects.filter(job_id=job_id, state=JobState.QUEUED).exists()


def _somebody_waits(kind: str) -> bool:
    interactive = names_in_queue(INTERACTIVE)
    if kind in interactive:
        return False
    return Job.objects.filter(state=JobState.QUEUED, kind__in=interactive).exists()


def run_item(*, claim: Claim, is_stopping: Callable[[], bool]) -> None:
    """Run one claimed item to its end, whatever that is; raises nothing of the item's."""
    try:
        _run_guarded(claim, is_stopping)
    except ClaimLost as lost:
        logger.info("job %s: %s", claim.job_id, lost.message)


def _run_guarded(claim: Claim, is_stopping: Callable[[], bool]) -> None:
    kind = kind_named(claim.kind)
    try:
        with _Heart(claim, kind.item_seconds, is_stopping):
            runner_of(kind)(claim=claim)
    except ClaimLost:
        raise
    except ApplicationError as error:
        logger.warning("job %s, item %s: %s", claim.job_id, claim.item_id, error.message)
        fail_item(claim=claim, reason=error.message)
    except Exception as error:
        logger.exception("job %s, item %s broke", claim.job_id, claim.item_id)
        retry_item_later(claim=claim, reason=f"{type(error).__name__}: {error}")


class _Heart:
    """Beats in the database while the work runs, and ends the process when that must be.

    Native code cannot be interrupted, so work that takes too long, or goes on after a stop, is
    ended together with its process; its item is failed or given back first.
    """

    def __init__(self, claim: Claim, item_seconds: float, is_stopping: Callable[[], bool]) -> None:
        self._claim = claim
        self._item_seconds = item_seconds
        self._is_stopping = is_stopping
        self._ended = Event()
        self._thread = Thread(target=self._beat, name=f"heart-{claim.item_id}", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        began = beaten = time.monotonic()
        stop_seen: float | None = None
        try:
            while not self._ended.wait(LOOK_SECONDS):
                now = time.monotonic()
                if self._is_stopping():
                    stop_seen = stop_seen or now
                    if now - stop_seen >= STOP_GRACE_SECONDS:
                        self._give_back()
                if now - began >= self._item_seconds:
                    self._give_up()
                if now - beaten >= settings.JOB_HEARTBEAT_SECONDS:
                    beaten = now
                    self._beat_once()
        except ClaimLost:
            # The work notices by itself when it wants to finish.
            logger.debug("item %s is no longer this worker's", self._claim.item_id)
        finally:
            connection.close()

    def _beat_once(self) -> None:
        try:
            heartbeat(claim=self._claim)
        except DatabaseError:
            logger.exception("no heartbeat for item %s", self._claim.item_id)

    def _give_back(self) -> None:
        give_back_item(claim=self._claim)
        note_ring_lost(job_id=self._claim.job_id)
        logger.info("stopped: item %s is given back", self._claim.item_id)
        os._exit(EXIT_STOPPED)

    def _give_up(self) -> None:
        limit = f"{self._item_seconds:.0f} s"
        fail_item(claim=self._claim, reason=f"took too long: it is ended after {limit}")
        logger.error("item %s takes longer than %s; ending", self._claim.item_id, limit)
        os._exit(EXIT_TOO_LONG)
