"""Exports as a user of the archive has them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from projects.formats import verify
from projects.formats.records import Dataset


@pytest.fixture
def export_to(tmp_path: Path) -> Callable[..., Path]:
    """Exports and unpacks: gives the folder as a user of the archive has it."""

    def export(dataset: Dataset, format_name: str, **options: object) -> Path:
        path = tmp_path / "export.zip"
        verify.export(dataset, path, format_name=format_name, options=options)
        folder = tmp_path / f"{format_name}-{len(list(tmp_path.iterdir()))}"
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        return folder

    return export
