"""The scheduler finds the jobs that nobody works on, and closes what can only fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now

from projects.models import Job, JobState
from projects.services.claims import (
    finish_item,
)
from projects.services.jobs import note_ring
from projects.services.reconciler import reconcile
from tests.projects.services.told_jobs import (
    claim_of,
    make_job,
    silence,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_kinds")]


def test_job_that_was_never_rung_is_found() -> None:
    job = make_job()

    assert reconcile() == [job.pk]


def test_job_that_was_rung_just_now_is_left_alone() -> None:
    job = make_job()
    note_ring(job_id=job.pk)

    assert reconcile() == []


def test_job_whose_message_was_lost_is_found() -> None:
    job = make_job()
    Job.objects.update(rung_at=Now() - timedelta(seconds=60))

    assert reconcile() == [job.pk]


def test_waiting_job_is_left_longer_while_workers_are_busy() -> None:
    claim_of(make_job(images=1))
    waiting = make_job()
    Job.objects.update(rung_at=Now() - timedelta(seconds=60))
    assert reconcile() == []

    Job.objects.update(rung_at=Now() - timedelta(seconds=600))
    forget_the_last_pass()

    assert reconcile() == [waiting.pk]


def test_job_with_a_lost_item_is_found() -> None:
    job = make_job(images=1)
    silence(claim_of(job))
    Job.objects.update(rung_at=Now() - timedelta(seconds=40))

    assert reconcile() == [job.pk]


def test_poisoned_job_is_closed_without_a_worker() -> None:
    job = make_job(images=1)
    for _ in range(3):
        silence(claim_of(job))

    assert reconcile() == []

    job.refresh_from_db()
    assert (job.state, "worker died 3 times" in job.error) == ("failed", True)


def test_job_whose_last_worker_died_before_closing_it_is_closed() -> None:
    job = make_job(images=1)
    finish_item(claim=claim_of(job))

    assert reconcile() == []

    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_of_many_reconcilers_one_acts() -> None:
    job = make_job()
    now = datetime(2026, 1, 1, 12, 0, 1, tzinfo=UTC)
    soon, later = now + timedelta(seconds=1), now + timedelta(seconds=9)

    assert [reconcile(now=at) for at in (now, soon, later)] == [[job.pk], [], [job.pk]]


def forget_the_last_pass() -> None:
    from projects.models import LimitCount

    LimitCount.objects.all().delete()
