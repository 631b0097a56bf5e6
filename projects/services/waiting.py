"""Why a job waits, in words for people: who could take it, and what is before it."""

from __future__ import annotations

from collections.abc import Sequence

from projects.errors import sentence
from projects.models import Job, JobItem, JobState, Worker
from projects.models.states import OPEN_JOB_STATES
from projects.services.job_kinds import kind_named, names_in_queues
from projects.services.workers import alive, can_do

ABILITY_WORDS = {"gpu": sentence("a graphics card")}
SEGMENTER = "segmenter:"


def waiting_reasons(*, jobs: Sequence[Job]) -> dict[int, str]:
    """What each of the jobs waits for, by its id; jobs that wait for nothing are absent."""
    waiting = [job for job in jobs if job.state in OPEN_JOB_STATES]
    if not waiting:
        return {}
    idle = set(
        JobItem.objects.filter(job__in=waiting, state=JobState.QUEUED).values_list("job", flat=True)
    )
    at_work = JobItem.objects.filter(job__in=waiting, state=JobState.RUNNING)
    at_work_on = set(at_work.values_list("job", flat=True))
    crew = list(alive())
    found = {
        job.pk: _reason(job, crew) for job in waiting if job.pk in idle and job.pk not in at_work_on
    }
    return {pk: reason for pk, reason in found.items() if reason}


def _reason(job: Job, crew: list[Worker]) -> str:
    if not crew:
        return sentence("Waiting for a worker: none is running.")
    queue = kind_named(job.kind).queue
    serving = [worker for worker in crew if queue in worker.queues]
    if not serving:
        none = _none_does(len(crew))
        return sentence(f"Waiting for a worker that serves {queue} jobs: {none}.")
    if any(can_do(job.needs, worker.abilities) for worker in serving):
        return _in_line(job, queue)
    missing = [
        need for need in job.needs if not any(need in worker.abilities for worker in serving)
    ]
    words = " and ".join(_in_words(need) for need in missing or job.needs)
    none = _none_has(len(serving))
    if missing:
        return sentence(f"Waiting for a worker with {words}: {none}.")
    return sentence(f"Waiting for a worker with {words} at once: {none}.")


def _in_line(job: Job, queue: str) -> str:
    before = Job.objects.filter(
        state__in=OPEN_JOB_STATES, kind__in=names_in_queues([queue]), pk__lt=job.pk
    ).count()
    if not before:
        return sentence("Waiting for a worker: all are busy.")
    if before == 1:
        return sentence("Waiting for a worker: one job is before this one, projects take turns.")
    return sentence(
        f"Waiting for a worker: {before} jobs are before this one, projects take turns."
    )


def _none_does(count: int) -> str:
    if count == 1:
        return sentence("the only one that runs does not")
    return sentence(f"none of the {count} that run does")


def _none_has(count: int) -> str:
    if count == 1:
        return sentence("the only one that runs does not have it")
    return sentence(f"none of the {count} that run has it")


def _in_words(need: str) -> str:
    if need.startswith(SEGMENTER):
        return sentence(f"the model {need.removeprefix(SEGMENTER)}")
    return ABILITY_WORDS.get(need, need)
