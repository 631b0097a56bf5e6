"""What every test may need: the cast, and a clean-up that may delete revisions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.sqlite3.base import DatabaseOperations
from whitenoise.middleware import WhiteNoiseMiddleware

from projects.models.purge import purging

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that use no database, for a second run on another one",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        other = [item for item in items if not _uses_database(item)]
        config.hook.pytest_deselected(items=other)
        items[:] = [item for item in items if _uses_database(item)]


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


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


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_looked_for_once() -> Iterator[None]:
    """Each test client builds the middleware anew, a server process once; the files stay the same.

    Looking for them takes longer than most requests do.
    """
    look = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[tuple[str, int | None], dict[str, Any]] = {}

    def remember(middleware: WhiteNoiseMiddleware) -> None:
        which = (middleware.static_prefix, middleware.max_age)
        if which not in found:
            look(middleware)
            found[which] = dict(middleware.files)
        middleware.files.update(found[which])

    WhiteNoiseMiddleware.add_files_from_finders = remember
    yield
    WhiteNoiseMiddleware.add_files_from_finders = look


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Any, tmp_path: Path) -> None:
    """Each test has blobs, models and temporary files of its own."""
    folder = tmp_path / "data"
    for name in ("tmp", "models"):
        (folder / name).mkdir(parents=True)
    settings.DATA_DIR = folder
    settings.TEMP_DIR = folder / "tmp"
    settings.MODELS_DIR = folder / "models"
    settings.DEFAULT_SEGMENTER = "classic"  # an image stored must not mean features to compute
    settings.FILE_UPLOAD_TEMP_DIR = str(folder / "tmp")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder},
        },
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
