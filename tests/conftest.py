"""What every test may need: the cast, and a clean-up that may delete revisions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.sqlite3.base import DatabaseOperations

from projects.models.purge import purging


@pytest.fixture(autouse=True, scope="session")
def _flush_may_delete_revisions() -> Iterator[None]:
    """The append-only guard holds in tests; only the flush between them may pass it."""
    flush = DatabaseOperations.execute_sql_flush

    def purge_and_flush(operations: DatabaseOperations, sql_list: list[str]) -> Any:
        with purging():
            return flush(operations, sql_list)

    DatabaseOperations.execute_sql_flush = purge_and_flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Any, tmp_path: Path) -> None:
    """Each test has blobs, models and temporary files of its own."""
    folder = tmp_path / "data"
    for name in ("tmp", "models"):
        (folder / name).mkdir(parents=True)
    settings.DATA_DIR = folder
    settings.TEMP_DIR = folder / "tmp"
    settings.MODELS_DIR = folder / "models"
    settings.FILE_UPLOAD_TEMP_DIR = str(folder / "tmp")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder},
        },
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
