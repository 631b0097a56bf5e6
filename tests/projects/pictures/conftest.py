from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from projects.pictures.ingest import ingest
from projects.pictures.types import Ingested, Limits

Take = Callable[..., tuple[Ingested, bytes]]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Ingests bytes; gives the result and the stored bytes."""
    folder = tmp_path / "out"
    folder.mkdir()

    def take_bytes(data: bytes, limits: Limits | None = None) -> tuple[Ingested, bytes]:
        source = tmp_path / "upload"
        source.write_bytes(data)
        stored = ingest(source, folder, limits or Limits())
        return stored, stored.stored_path.read_bytes()

    return take_bytes
