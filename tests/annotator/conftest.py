"""A data folder that was started once, for what is not about the first start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.processes import free_port, running


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `manage.py start` leaves behind: tables, an owner, a key; not to be changed."""
    data = tmp_path_factory.mktemp("begun") / "data"
    words = ("start", "--no-demo", "--no-worker", "--data", str(data), "--port", str(free_port()))
    with running(*words) as process:
        process.login_link()
    return data


@pytest.fixture
def data(begun: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(begun, tmp_path / "begun"))
