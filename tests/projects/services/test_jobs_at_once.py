"""Claims of several workers at one moment, where a database locks rows and not the whole file."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from projects.models import Job, JobItem, Role
from projects.services.claims import ClaimLost, claim_next_item, finish_item
from projects.services.jobs import cancel_job, create_job, settle_job
from tests.factories import add_member, make_image, make_project, make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs rows that lock apart"),
]

WORKERS = 4


def at_once(*works: Callable[[], Any]) -> None:
    start = Barrier(len(works))

    def begin(work: Callable[[], Any]) -> None:
        start.wait(60)
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=begin, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def make_job(images: int) -> Job:
    project = make_project()
    pictures = [make_image(project) for _ in range(images)]
    return create_job(project=project, kind="prelabel", params={}, images=pictures)


def test_no_item_is_claimed_twice_and_the_job_is_closed() -> None:
    job = make_job(24)
    claimed: list[int] = []

    def work() -> None:
        while (claim := claim_next_item(job_id=job.pk)) is not None:
            claimed.append(claim.item_id)
            finish_item(claim=claim)
        settle_job(job_id=job.pk)

    at_once(*[work] * WORKERS)

    job.refresh_from_db()
    assert sorted(claimed) == sorted(JobItem.objects.values_list("pk", flat=True))
    assert job.state == "done"


def test_cancel_among_working_workers_leaves_no_item_open() -> None:
    job = make_job(40)
    user = make_user()
    add_member(job.project, user, Role.LEAD)
    lost: list[int] = []

    def work() -> None:
        while (claim := claim_next_item(job_id=job.pk)) is not None:
            try:
                finish_item(claim=claim, result={"last": claim.item_id})
            except ClaimLost:
                lost.append(claim.item_id)

    at_once(*[work] * WORKERS, lambda: cancel_job(user=user, job=Job.objects.get(pk=job.pk)))

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert set(job.items.values_list("state", flat=True)) <= {"done", "cancelled"}
    assert not set(lost) & set(job.items.filter(state="done").values_list("pk", flat=True))
