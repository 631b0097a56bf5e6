"""The scene of the tests of the API, and two of its people."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests.projects.api.scene import Scene, make_scene


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


@pytest.fixture
def alice(scene: Scene) -> APIClient:
    """Leads the project of the scene."""
    return scene.client("alice")


@pytest.fixture
def bob(scene: Scene) -> APIClient:
    """Annotates in it."""
    return scene.client("bob")
