"""A lead and a project of one picture."""

from __future__ import annotations

import pytest

from projects.models import Project, User
from tests.factories import make_project, make_user
from tests.pictures import store_picture


@pytest.fixture
def alice() -> User:
    return make_user("alice")


@pytest.fixture
def project(alice: User) -> Project:
    project = make_project(lead=alice)
    store_picture(project, width=160, height=120)
    return project
