from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import transaction

from projects.errors import Conflict, Forbidden, InvalidInput, TooManyRequests, Unavailable
from projects.models import Job, JobState, Project, Role, Worker
from projects.services.claims import (
    ClaimLost,
    claim_next_item,
    fail_item,
    finish_item,
    give_back_item,
    heartbeat,
    report_progress,
    retry_item_later,
)
from projects.services.item_runs import run_slice
from projects.services.job_kinds import Claim
from projects.services.jobs import cancel_job, create_job, retry_job, settle_job
from projects.services.workers import enlist, retire
from tests.factories import add_member, make_project, make_user
from tests.projects.services.told_jobs import (
    OUTCOMES,
    claim_of,
    lead_of,
    make_job,
    run_until_still,
    silence,
    states,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_kinds")]


def test_job_has_one_item_per_image() -> None:
    job = make_job(images=3)

    assert states(job) == ["queued"] * 3
    assert job.state == JobState.QUEUED


def test_job_without_images_has_one_item() -> None:
    job = create_job(project=make_project(), kind="told", params={})

    assert [item.image for item in job.items.all()] == [None]


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(InvalidInput):
        create_job(project=make_project(), kind="juggle", params={})


def test_project_has_a_bounded_number_of_open_jobs_of_a_kind() -> None:
    project = make_project()
    first = make_job(project=project)
    make_job(project=project)

    with pytest.raises(TooManyRequests) as refused:
        make_job(project=project)
    cancel_job(user=lead_of(first), job=first)

    assert refused.value.facts == {"job": first.pk}
    make_job(project=project)


def test_all_items_are_worked_on_and_the_job_is_done() -> None:
    job = run_until_still(make_job(images=3))

    assert states(job) == ["done"] * 3
    assert (job.state, job.error) == ("done", "")
    assert job.started_at is not None
    assert job.finished_at is not None


def test_two_claims_never_get_one_item() -> None:
    job = make_job(images=2)

    first, second, third = (claim_next_item(job_id=job.pk) for _ in range(3))

    assert first is not None
    assert second is not None
    assert first.item_id != second.item_id
    assert third is None


def test_item_of_a_silent_worker_may_be_claimed_again() -> None:
    job = make_job(images=1)
    late = claim_of(job)
    assert claim_next_item(job_id=job.pk) is None

    silence(late)
    again = claim_of(job)

    assert (again.item_id, again.attempt) == (late.item_id, 2)
    assert again.token != late.token


def test_heartbeat_keeps_a_claim() -> None:
    job = make_job(images=1)
    claim = claim_of(job)
    silence(claim)

    heartbeat(claim=claim)

    assert claim_next_item(job_id=job.pk) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda claim: finish_item(claim=claim),
        lambda claim: fail_item(claim=claim, reason="no"),
        lambda claim: retry_item_later(claim=claim, reason="no"),
        lambda claim: heartbeat(claim=claim),
        lambda claim: report_progress(claim=claim, done=1, total=2),
    ],
    ids=["finish", "fail", "retry", "heartbeat", "progress"],
)
@pytest.mark.parametrize("lost_by", ["silence", "cancel"])
def test_lost_claim_can_do_nothing(act: Any, lost_by: str) -> None:
    job = make_job(images=1)
    late = claim_of(job)
    if lost_by == "silence":
        silence(late)
        claim_of(job)
    else:
        cancel_job(user=lead_of(job), job=job)
    before = states(job)

    with pytest.raises(ClaimLost):
        act(late)

    assert states(job) == before


def test_effect_of_a_late_duplicate_is_rolled_back() -> None:
    job = make_job(images=1)
    late = claim_of(job)
    silence(late)
    finish_item(claim=claim_of(job))

    with pytest.raises(ClaimLost):
        _write_and_finish(late)

    assert not Project.objects.filter(name="written too late").exists()


def test_item_whose_workers_always_die_fails_after_three_attempts() -> None:
    job = make_job(images=1)
    for _ in range(3):
        silence(claim_of(job))

    assert claim_next_item(job_id=job.pk) is None
    settle_job(job_id=job.pk)
    job.refresh_from_db()

    assert job.state == JobState.FAILED
    assert job.error == "1 of 1 images failed. 0.png: worker died 3 times"


def test_unexpected_error_is_tried_three_times_and_no_other_image_suffers() -> None:
    job = make_job(images=2)
    sick = job.items.order_by("pk")[0].image_id
    assert sick is not None
    OUTCOMES[sick] = [ValueError("boom")] * 3

    run_until_still(job)

    assert states(job) == ["failed", "done"]
    assert job.error == "1 of 2 images failed. 0.png: failed 3 times: ValueError: boom"


def test_passing_error_is_mended_by_the_next_attempt() -> None:
    job = make_job(images=1)
    OUTCOMES[job.items.get().image_id or 0] = [OSError("away"), OSError("away")]

    run_until_still(job)

    assert (job.state, job.items.get().attempt) == ("done", 3)


def test_shortage_of_memory_is_said_and_room_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr("projects.services.item_runs.make_room", lambda: made.append(1))
    job = make_job(images=2)
    OUTCOMES[job.items.order_by("pk")[0].image_id or 0] = [MemoryError()] * 3

    run_until_still(job)

    assert states(job) == ["failed", "done"]
    assert "0.png: failed 3 times: There was not enough memory: the worker held" in job.error
    assert len(made) == 3


def test_worker_that_the_machine_killed_for_want_of_memory_is_named_so() -> None:
    job = make_job(images=1)
    this = enlist()
    try:
        for _ in range(3):
            silence(claim_of(job))
        Worker.objects.update(oom_kills=-1)  # as if the machine had killed one since
        claim_next_item(job_id=job.pk)
    finally:
        retire(this)
    settle_job(job_id=job.pk)
    job.refresh_from_db()

    assert "0.png: worker died 3 times, most likely for want of memory: the last" in job.error


def test_error_that_a_person_must_mend_is_not_tried_again() -> None:
    job = make_job(images=1)
    OUTCOMES[job.items.get().image_id or 0] = [Unavailable("No weights.")]

    run_until_still(job)

    assert (job.state, job.items.get().attempt) == ("failed", 1)
    assert "No weights." in job.error


def test_cancelled_job_stops_at_once() -> None:
    job = make_job(images=3)
    first = job.items.order_by("pk")[0].image_id
    assert first is not None
    OUTCOMES[first] = [lambda: cancel_job(user=lead_of(job), job=job)]

    run_until_still(job)

    assert job.state == JobState.CANCELLED
    assert states(job) == ["cancelled"] * 3


def test_job_that_waits_is_cancelled_without_a_worker() -> None:
    job = make_job(images=3)

    cancel_job(user=lead_of(job), job=job)

    assert job.state == JobState.CANCELLED
    assert job.finished_at
    assert states(job) == ["cancelled"] * 3
    assert claim_next_item(job_id=job.pk) is None


def test_only_open_jobs_are_cancelled() -> None:
    job = run_until_still(make_job())

    with pytest.raises(Conflict):
        cancel_job(user=lead_of(job), job=job)


def test_retry_takes_up_what_failed_and_leaves_what_is_done() -> None:
    job = make_job(images=2)
    sick = job.items.order_by("pk")[0].image_id
    assert sick is not None
    OUTCOMES[sick] = [Unavailable("No weights.")]
    run_until_still(job)

    retry_job(user=lead_of(job), job=job)
    assert states(job) == ["queued", "done"]
    run_until_still(job)

    assert (job.state, job.error) == ("done", "")


def test_retry_takes_up_a_cancelled_job() -> None:
    job = make_job()
    cancel_job(user=lead_of(job), job=job)

    assert run_until_still(retry_job(user=lead_of(job), job=job)).state == JobState.DONE


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_only_failed_and_cancelled_jobs_are_tried_again(state: str) -> None:
    job = make_job()
    Job.objects.filter(pk=job.pk).update(state=state)

    with pytest.raises(Conflict):
        retry_job(user=lead_of(job), job=job)


@pytest.mark.parametrize("act", [cancel_job, retry_job])
@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.REVIEWER])
def test_only_who_may_start_a_kind_may_end_or_retry_it(act: Any, role: str) -> None:
    job = make_job()
    user = make_user()
    add_member(job.project, user, role)

    with pytest.raises(Forbidden):
        act(user=user, job=job)


def test_stopping_worker_gives_back_without_costing_an_attempt() -> None:
    job = make_job(images=1)

    give_back_item(claim=claim_of(job))

    item = job.items.get()
    assert (item.state, item.attempt) == ("queued", 0)


def test_stopping_worker_claims_nothing() -> None:
    job = make_job(images=1)

    assert run_slice(job_id=job.pk, is_stopping=lambda: True) is True
    assert states(job) == ["queued"]


def test_slice_ends_when_its_time_is_over(settings: Any) -> None:
    settings.WORK_SLICE_SECONDS = 0
    job = make_job(images=2)

    assert run_slice(job_id=job.pk, is_stopping=lambda: False) is True
    assert states(job) == ["done", "queued"]


def test_bulk_work_makes_way_for_who_waits_at_a_screen() -> None:
    job = make_job(images=2)
    make_job(images=1, kind="look")

    assert run_slice(job_id=job.pk, is_stopping=lambda: False) is True
    assert states(job) == ["done", "queued"]


def test_progress_and_result_of_a_whole_job_are_kept() -> None:
    job = create_job(project=make_project(), kind="told", params={})
    claim = claim_of(job)

    report_progress(claim=claim, done=3, total=9)
    finish_item(claim=claim, result={"report": "fine"})

    job.refresh_from_db()
    assert (job.steps_done, job.steps_total, job.result) == (3, 9, {"report": "fine"})


@transaction.atomic
def _write_and_finish(claim: Claim) -> None:
    make_project(name="written too late")
    finish_item(claim=claim)


def test_token_is_needed_to_finish() -> None:
    job = make_job(images=1)
    claim = claim_of(job)
    forged = Claim(
        **{name: getattr(claim, name) for name in Claim.__slots__} | {"token": uuid.uuid4()}
    )

    with pytest.raises(ClaimLost):
        finish_item(claim=forged)
