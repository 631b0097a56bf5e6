"""Runs claimed items one after another, with a heart that beats beside the work."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from threading import Event

from django.conf import settings
from django.db import DatabaseError, connection

from projects.errors import ApplicationError, sentence
from projects.models import JobItem, JobState
from projects.services import memory
from projects.services.claims import (
    ClaimLost,
    claim_next_item,
    fail_item,
    give_back_item,
    heartbeat,
    is_held,
    retry_item_later,
)
from projects.services.companion import NoCompanion, accompanied
from projects.services.interrupts import interrupt, interruptible, was_broken_off
from projects.services.job_kinds import (
    Claim,
    kind_named,
    runner_of,
)
from projects.services.jobs import note_ring_lost, settle_job
from projects.services.skills import abilities, make_room
from projects.services.turns import somebody_waits
from projects.services.workers import this_worker

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # how often the heart looks whether it is time for something
HELD_SECONDS = 1.0  # how often it looks whether the job was cancelled
STOP_GRACE_SECONDS = 3.0  # an item that ends within this after a stop is kept
EXIT_STOPPED = 0
EXIT_TOO_LONG = 70  # EX_SOFTWARE: whoever supervises starts a fresh worker
EXIT_STARVED = 71  # EX_OSERR


def run_slice(*, job_id: int, is_stopping: Callable[[], bool]) -> bool:
    """Work on the job's items for about ``WORK_SLICE_SECONDS``.

    Stops earlier between two items when the process is asked to stop, or when somebody waits for
    an interactive job.

    Returns:
        Whether items are left to claim, so that somebody should ring again.
    """
    until = time.monotonic() + settings.WORK_SLICE_SECONDS
    able = abilities() if this_worker() else None
    while not is_stopping():
        claim = claim_next_item(job_id=job_id)
        if claim is None:
            break
        run_item(claim=claim, is_stopping=is_stopping)
        if time.monotonic() >= until or somebody_waits(kind=claim.kind, able=able):
            break
    settle_job(job_id=job_id)
    return JobItem.objects.filter(job_id=job_id, state=JobState.QUEUED).exists()


def run_item(*, claim: Claim, is_stopping: Callable[[], bool]) -> None:
    """Run one claimed item to its end, whatever that is; raises nothing of the item's."""
    try:
        _run_guarded(claim, is_stopping)
    except ClaimLost as lost:
        logger.info("job %s: %s", claim.job_id, lost.message)
        if was_broken_off():
            connection.close()


def _run_guarded(claim: Claim, is_stopping: Callable[[], bool]) -> None:
    kind = kind_named(claim.kind)
    try:
        heart = _Heart(claim, kind.item_seconds, is_stopping)
        with accompanied(heart.beat), interruptible():
            runner_of(kind)(claim=claim)
    except ClaimLost:
        raise
    except NoCompanion as error:
        _make_way(claim, error)
    except ApplicationError as error:
        logger.warning("job %s, item %s: %s", claim.job_id, claim.item_id, error.message)
        fail_item(claim=claim, reason=error.message)
    except Exception as error:
        logger.exception("job %s, item %s broke", claim.job_id, claim.item_id)
        retry_item_later(claim=claim, reason=_reason(error))


def _make_way(claim: Claim, error: NoCompanion) -> None:
    """End a process that will have no memory for the next item either; a fresh one takes over."""
    retry_item_later(claim=claim, reason=_reason(error))
    note_ring_lost(job_id=claim.job_id)
    logger.error("item %s: no memory for a thread; ending", claim.item_id)
    os._exit(EXIT_STARVED)


def _reason(error: Exception) -> str:
    """What broke, for people; where memory ran out, models make room for the next attempt."""
    if not memory.is_out_of_memory(error):
        return f"{type(error).__name__}: {error}"
    reason = sentence(f"There was not enough memory: {memory.shortage()}")
    make_room()
    return reason


class _Heart:
    """Beats in the database while the work runs, and ends the process when that must be.

    Native code cannot be interrupted, so work that takes too long, or goes on after a stop, is
    ended together with its process; its item is failed or given back first.
    """

    def __init__(self, claim: Claim, item_seconds: float, is_stopping: Callable[[], bool]) -> None:
        self._claim = claim
        self._item_seconds = item_seconds
        self._is_stopping = is_stopping

    def beat(self, ended: Event) -> None:
        """Beat until the work has ended."""
        began = beaten = looked = time.monotonic()
        stop_seen: float | None = None
        try:
            while not ended.wait(LOOK_SECONDS):
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
                if now - looked >= HELD_SECONDS:
                    looked = now
                    self._end_lost_work()
        finally:
            connection.close()

    def _beat_once(self) -> None:
        try:
            heartbeat(claim=self._claim)
        except ClaimLost:
            logger.debug("item %s is no longer this worker's", self._claim.item_id)
        except DatabaseError:
            logger.exception("no heartbeat for item %s", self._claim.item_id)

    def _end_lost_work(self) -> None:
        try:
            if not is_held(claim=self._claim):
                interrupt()
        except DatabaseError as error:  # asked again in a second
            logger.warning("whether item %s is still ours: %s", self._claim.item_id, error)

    def _give_back(self) -> None:
        give_back_item(claim=self._claim)
        note_ring_lost(job_id=self._claim.job_id)
        logger.info("stopped: item %s is given back", self._claim.item_id)
        os._exit(EXIT_STOPPED)

    def _give_up(self) -> None:
        limit = f"{self._item_seconds:.0f} s"
        reason = sentence(f"took too long: it is ended after {limit}")
        fail_item(claim=self._claim, reason=reason)
        logger.error("item %s takes longer than %s; ending", self._claim.item_id, limit)
        os._exit(EXIT_TOO_LONG)
