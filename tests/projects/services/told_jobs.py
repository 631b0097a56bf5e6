"""Jobs whose items do what a test put down for their image."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from projects.models import Job, JobItem, Project, Role, User
from projects.services.claims import (
    claim_next_item,
    finish_item,
)
from projects.services.item_runs import run_slice
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job
from tests.factories import add_member, make_image, make_project, make_user

OUTCOMES: dict[int, list[object]] = {}


def act_as_told(*, claim: Claim) -> None:
    """Does what the test put down for the image: an error to raise, or nothing."""
    told = OUTCOMES.get(claim.image_id or 0, [])
    outcome = told.pop(0) if told else None
    if isinstance(outcome, Exception):
        raise outcome
    if callable(outcome):
        outcome()
    finish_item(claim=claim)


def make_job(images: int = 2, project: Project | None = None, kind: str = "told") -> Job:
    project = project or make_project()
    pictures = [make_image(project, name=f"{n}.png") for n in range(images)]
    return create_job(project=project, kind=kind, params={"a": 1}, images=pictures)


def lead_of(job: Job) -> User:
    user = make_user()
    add_member(job.project, user, Role.LEAD)
    return user


def run_until_still(job: Job) -> Job:
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    return job


def silence(claim: Claim, seconds: int = 3600) -> None:
    """As if the claim's worker had died that long ago."""
    JobItem.objects.filter(pk=claim.item_id).update(heartbeat_at=Now() - timedelta(seconds=seconds))


def claim_of(job: Job) -> Claim:
    claim = claim_next_item(job_id=job.pk)
    assert claim is not None
    return claim


def states(job: Job) -> list[str]:
    return list(job.items.order_by("pk").values_list("state", flat=True))
