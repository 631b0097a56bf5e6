"""Why nobody works on a job, in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.functions import Now
from rest_framework.test import APIClient

from projects.models import Job, Project, Worker
from projects.services.claims import claim_next_item
from projects.services.jobs import create_job
from projects.services.waiting import waiting_reasons
from tests.factories import make_image, make_project, make_user

pytestmark = pytest.mark.django_db

QUEUES = ["interactive", "bulk", "export"]


def make_job(project: Project | None = None, **params: object) -> Job:
    project = project or make_project()
    params = params or {"segmenter": "sam_vit_h"}
    return create_job(project=project, kind="prelabel", params=params, images=[make_image(project)])


def make_worker(name: str = "w", **fields: Any) -> Worker:
    facts = {"host": "here", "pid": 1, "queues": QUEUES, "heartbeat_at": Now()}
    return Worker.objects.create(name=name, **(facts | fields))


def reason(job: Job) -> str:
    return waiting_reasons(jobs=[job]).get(job.pk, "")


def test_nobody_runs() -> None:
    assert reason(make_job()) == "Waiting for a worker: none is running."


def test_nobody_serves_the_queue() -> None:
    make_worker(queues=["interactive"])

    assert reason(make_job()) == (
        "Waiting for a worker that serves bulk jobs: the only one that runs does not."
    )


def test_nobody_has_the_model() -> None:
    for name in ("a", "b"):
        make_worker(name, abilities=["segmenter:classic"])

    assert reason(make_job()) == (
        "Waiting for a worker with the model sam_vit_h: none of the 2 that run has it."
    )


def test_nobody_has_a_card(settings: Any) -> None:
    settings.GPU_SEGMENTERS = ["sam_vit_h"]
    make_worker(abilities=["segmenter:sam_vit_h"])

    assert reason(make_job()) == (
        "Waiting for a worker with a graphics card: the only one that runs does not have it."
    )


def test_others_are_before_it() -> None:
    make_worker(abilities=["segmenter:sam_vit_h"])
    first, second = make_job(), make_job()

    assert reason(first) == "Waiting for a worker: all are busy."
    assert reason(second) == (
        "Waiting for a worker: one job is before this one, projects take turns."
    )


def test_what_is_worked_on_waits_for_nothing() -> None:
    job = make_job()
    claim_next_item(job_id=job.pk)
    job.refresh_from_db()

    assert reason(job) == ""


def test_reason_is_shown_in_lists_and_on_pages() -> None:
    lead = make_user("alice")
    project = make_project(lead=lead)
    job = make_job(project)
    client = APIClient()
    client.force_login(lead)
    words = "Waiting for a worker: none is running."

    one = client.get(f"/api/v1/jobs/{job.pk}/").json()
    many = client.get("/api/v1/jobs/").json()["results"]
    page = client.get(f"/projects/{project.pk}/jobs/").content.decode()

    assert one["waiting"] == many[0]["waiting"] == words
    assert words in page
