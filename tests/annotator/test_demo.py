"""The demo project: enough photographs, a schema of both kinds, and work for the model."""

from __future__ import annotations

import pytest

from annotator.demo.project import PHOTOS
from annotator.first_start import demo_project, needs_first_start, owner
from projects.models import Annotation, Image, ImageStatus, Job, JobState
from projects.services.item_runs import run_slice

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_start_is_the_one_without_accounts() -> None:
    assert needs_first_start()

    first = owner()

    assert not needs_first_start()
    assert owner() == first
    assert not first.has_usable_password()


def test_the_demo_has_photographs_both_kinds_of_labels_and_a_waiting_job() -> None:
    said: list[str] = []

    project = demo_project(user=owner(), say=said.append)

    assert project.images.count() == len(list(PHOTOS.glob("*.jpg"))) >= 8
    assert {label.is_thing for label in project.labels.all()} == {True, False}
    assert len({label.hotkey for label in project.labels.all()}) == project.labels.count()
    assert Job.objects.get(project=project).state == JobState.QUEUED
    assert "10 photographs" in said[0]


@pytest.mark.slow
def test_the_worker_pre_labels_every_photograph_of_the_demo() -> None:
    project = demo_project(user=owner(), say=lambda _: None)
    job = Job.objects.get(project=project)

    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass

    job.refresh_from_db()
    assert job.state == JobState.DONE
    for image in Image.objects.filter(project=project):
        assert image.status == ImageStatus.PRELABELLED
        assert image.priority_reason
        suggestions = Annotation.objects.filter(image=image)
        assert suggestions.count() >= 5
        assert {one.state for one in suggestions} == {"suggested"}
        assert all(0 <= (one.score or 0) <= 1 for one in suggestions)
