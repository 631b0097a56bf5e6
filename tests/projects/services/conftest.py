"""A lead and a project; a file whose project holds more makes its own."""

from __future__ import annotations

import pytest

from projects.models import Project, User
from projects.services.job_kinds import BULK, INTERACTIVE, JobKind, register
from tests.factories import make_project, make_user
from tests.projects.services.told_jobs import OUTCOMES, act_as_told


@pytest.fixture
def alice() -> User:
    return make_user("alice")


@pytest.fixture
def project(alice: User) -> Project:
    return make_project(lead=alice)


@pytest.fixture
def told_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kinds of jobs that do as they are told, and no others."""
    monkeypatch.setattr("projects.services.job_kinds._KINDS", {})
    run = f"{act_as_told.__module__}.act_as_told"
    register(JobKind(name="told", queue=BULK, run=run, open_at_once=2))
    register(JobKind(name="look", queue=INTERACTIVE, run=run))
    OUTCOMES.clear()
