"""Browsers without scripts, and whose they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from projects.models import Project, User
from tests.factories import make_project, make_user


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def lead(db: None) -> User:
    return make_user("alice")


@pytest.fixture
def alice(lead: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(lead)


@pytest.fixture
def project(lead: User) -> Project:
    return make_project(lead=lead)
