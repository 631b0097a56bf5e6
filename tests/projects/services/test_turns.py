"""Whose turn it is: urgent before bulk, projects in turn, and only what a worker can do."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from projects import tasks
from projects.models import Job, Project, Worker
from projects.services import workers
from projects.services.claims import claim_next_item, finish_item
from projects.services.item_runs import run_slice
from projects.services.job_kinds import BULK, EXPORT, INTERACTIVE, Claim, JobKind, register
from projects.services.jobs import create_job, queue_images, settle_job
from projects.services.reconciler import reconcile
from projects.services.turns import next_turn, note_turn
from tests.factories import make_image, make_project

pytestmark = pytest.mark.django_db

ALL = (INTERACTIVE, BULK, EXPORT)


SEEN: list[tuple[int, list[int | None]]] = []  # what was worked on, and what workers had in hand


def finish(*, claim: Claim) -> None:
    SEEN.append((claim.job_id, list(Worker.objects.values_list("busy_with", flat=True))))
    finish_item(claim=claim)


def needs_model(*, params: Any) -> list[str]:
    return [f"segmenter:{params['segmenter']}"] if "segmenter" in params else []


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: Any) -> None:
    monkeypatch.setattr("projects.services.job_kinds._KINDS", {})
    run, needs = f"{__name__}.finish", f"{__name__}.needs_model"
    register(JobKind(name="bulk", queue=BULK, run=run, open_at_once=9, needs=needs))
    register(JobKind(name="later", queue=BULK, run=run, is_ahead=True))
    register(JobKind(name="look", queue=INTERACTIVE, run=run, open_at_once=9))
    register(JobKind(name="ahead", queue=INTERACTIVE, run=run, open_at_once=9, is_ahead=True))
    register(JobKind(name="export", queue=EXPORT, run=run, open_at_once=9))


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queues of the messages that would have been sent."""
    sent: list[str] = []
    monkeypatch.setattr(tasks.work_on, "apply_async", lambda *, queue, **_facts: sent.append(queue))
    return sent


def make_job(
    kind: str = "bulk", images: int = 1, project: Project | None = None, **params: object
) -> Job:
    project = project or make_project()
    pictures = [make_image(project) for _ in range(images)]
    return create_job(project=project, kind=kind, params=params, images=pictures)


def make_worker(name: str, *, busy: bool = False, **fields: Any) -> Worker:
    facts = {"host": "here", "pid": 1, "queues": list(ALL), "abilities": [], "heartbeat_at": Now()}
    return Worker.objects.create(name=name, busy_with=1 if busy else None, **(facts | fields))


def turn(queues: Any = ALL, able: Any = None) -> int | None:
    found = next_turn(queues=queues, able=able)
    return found.job_id if found else None


def test_nothing_to_do_is_nobodys_turn() -> None:
    assert turn() is None


def test_who_waits_comes_first_then_what_is_prepared_then_the_rest() -> None:
    bulk, ahead, look = make_job(), make_job("ahead"), make_job("look")

    order = []
    for _ in range(3):
        found = next_turn(queues=ALL, able=None)
        assert found is not None
        order.append(found.job_id)
        run_slice(job_id=found.job_id, is_stopping=lambda: False)

    assert order == [look.pk, ahead.pk, bulk.pk]


def test_worker_of_one_queue_is_offered_nothing_else() -> None:
    export, look = make_job("export"), make_job("look")

    assert turn([EXPORT]) == export.pk
    assert turn([INTERACTIVE]) == look.pk
    assert turn([BULK]) is None


def test_small_project_does_not_wait_behind_a_large_one(settings: Any) -> None:
    settings.WORK_SLICE_SECONDS = 0  # one item a turn
    large, small = make_job(images=60), make_job(images=10)
    served: list[int] = []

    while small.items.exclude(state="done").exists():
        tasks.work_on(0)
        done = Counter(Job.objects.filter(items__state="done").values_list("pk", flat=True))
        served.append(done[large.pk])

    assert served[-1] <= 11  # as many of the large one as of the small one
    assert len(served) <= 21


def test_free_worker_goes_where_fewest_are_at_work() -> None:
    large, small = make_job(images=5), make_job(images=5)
    for _ in range(3):
        claim_next_item(job_id=large.pk)
    claim_next_item(job_id=small.pk)

    assert turn() == small.pk


def test_of_projects_alike_the_one_served_longest_ago_has_its_turn() -> None:
    first, second = make_job(images=2), make_job(images=2)
    found = next_turn(queues=ALL, able=None)
    assert found is not None
    assert found.job_id == first.pk

    note_turn(found)

    assert turn() == second.pk


def test_jobs_of_one_project_take_turns(settings: Any) -> None:
    settings.WORK_SLICE_SECONDS = 0
    project = make_project()
    large = make_job(images=20, project=project)
    export = make_job("export", project=project)

    for _ in range(2):
        tasks.work_on(0)

    assert large.items.filter(state="done").count() == 1
    assert export.items.get().state == "done"


def test_what_nobody_waits_for_comes_after_what_somebody_started() -> None:
    project = make_project()
    make_job("later", images=20, project=project)
    bulk = make_job(images=2, project=project)

    assert turn() == bulk.pk


def test_worker_is_offered_only_what_it_can_do() -> None:
    job = make_job(segmenter="huge")
    other = make_job(segmenter="small")

    assert job.needs == ["segmenter:huge"]
    assert turn(able=["segmenter:small"]) == other.pk
    assert turn(able=["gpu", "segmenter:huge"]) == job.pk
    assert turn(able=[]) is None


def test_bell_is_rung_for_every_idle_worker_that_has_an_item(rung: list[str]) -> None:
    for number in range(4):
        make_worker(f"idle {number}")
    make_worker("busy", busy=True)
    make_worker("elsewhere", queues=[EXPORT])
    make_worker("dead", heartbeat_at=Now() - timedelta(hours=1))

    tasks.ring(make_job(images=100).pk)
    many = list(rung)
    rung.clear()
    tasks.ring(make_job(images=2).pk)

    assert (many, rung) == (["bulk"] * 4, ["bulk"] * 2)


def test_turn_is_noted_while_it_lasts_and_what_is_left_is_rung_for(
    rung: list[str], settings: Any
) -> None:
    settings.WORK_SLICE_SECONDS = 0
    job = make_job(images=2)
    this = workers.enlist(queues=ALL)
    SEEN.clear()

    try:
        tasks.work_on(0)
        first = list(rung)
        tasks.work_on(0)
        assert Worker.objects.get(name=this.name).busy_with is None
    finally:
        workers.retire(this)

    assert first == rung == ["bulk"]
    assert [(job.pk, [job.pk])] * 2 == SEEN
    assert not Worker.objects.exists()


def test_bells_for_others_after_a_slice_do_not_pile_up(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Workers whose slices end together take one another for idle."""
    settings.WORK_SLICE_SECONDS = 0
    sent: list[float | None] = []
    monkeypatch.setattr(
        tasks.work_on, "apply_async", lambda **facts: sent.append(facts.get("expires"))
    )
    make_job(images=9)
    for number in range(3):
        make_worker(f"just ended too {number}")
    this = workers.enlist(queues=ALL)

    try:
        tasks.work_on(0)
    finally:
        workers.retire(this)

    # One to go on with, whenever that is; one for each other, which is of use at once or never.
    assert sent == [None, 5.0, 5.0, 5.0]


def test_claim_tells_who_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    this = workers.enlist()
    try:
        claim_next_item(job_id=job.pk)
    finally:
        workers.retire(this)

    assert job.items.get().worker == this.name


def test_reconciler_rings_once_for_jobs_alike_and_never_for_what_nobody_can_do() -> None:
    first, _, huge = make_job(), make_job(), make_job(segmenter="huge")
    assert reconcile() == [first.pk, huge.pk]

    forget_the_last_pass()
    make_worker("small", abilities=["segmenter:small"])
    assert reconcile() == [first.pk]


def test_reconciler_leaves_busy_workers_to_look_for_themselves() -> None:
    make_job()
    make_worker("busy", busy=True)
    Job.objects.update(rung_at=Now() - timedelta(seconds=60))

    assert reconcile() == []


def forget_the_last_pass() -> None:
    from projects.models import LimitCount

    LimitCount.objects.all().delete()


def test_images_join_the_open_job_of_their_kind() -> None:
    project = make_project()
    first, second = make_image(project), make_image(project)
    job = queue_images(project=project, kind="ahead", params={"a": 1}, images=[first])
    run_slice_once(job)

    again = queue_images(project=project, kind="ahead", params={"a": 1}, images=[first, second])
    more = queue_images(project=project, kind="ahead", params={"a": 1}, images=[first, second])
    other = queue_images(project=project, kind="ahead", params={"a": 2}, images=[first])

    assert again.pk == more.pk
    assert other.pk != again.pk
    assert set(again.items.values_list("image", "state")) == {
        (first.pk, "queued"),
        (second.pk, "queued"),
    }


def run_slice_once(job: Job) -> None:
    """Finish the item that there is, and leave the job open as if others were coming."""
    claim = claim_next_item(job_id=job.pk)
    assert claim is not None
    finish_item(claim=claim)


def test_job_with_items_added_meanwhile_is_not_closed() -> None:
    project = make_project()
    job = queue_images(project=project, kind="ahead", params={}, images=[make_image(project)])
    run_slice_once(job)
    queue_images(project=project, kind="ahead", params={}, images=[make_image(project)])

    settle_job(job_id=job.pk)

    job.refresh_from_db()
    assert job.state == "running"
