"""A project with two images and a label to import into."""

from __future__ import annotations

import pytest

from projects.models import Project, User
from tests.factories import (
    make_image,
    make_label,
    make_project,
)
from tests.projects.services.imports.coco_jobs import HEIGHT, WIDTH


@pytest.fixture
def project(alice: User) -> Project:
    project = make_project(lead=alice)
    make_label(project, "Ball")
    for name in ("a.png", "b.png"):
        make_image(project, width=WIDTH, height=HEIGHT, name=name)
    return project
