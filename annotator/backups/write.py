"""Writes a backup from one state of the database, without keeping anybody from working."""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from annotator.backups.contents import BATCH, FORMAT, TABLES, HashingReader, HashingWriter
from projects.errors import Conflict
from projects.storage import blob_key


def write_backup(target: Path) -> dict[str, Any]:
    """Write everything to ``target``, which appears only when it is complete.

    Returns:
        The manifest: format, migrations, row counts, and size and sha256 of each member.

    Raises:
        Conflict: If a picture that a row names is missing or damaged.
    """
    with tempfile.TemporaryDirectory(dir=settings.TEMP_DIR) as folder:
        manifest, rows = _dump_rows(Path(folder))
        part = target.with_name(target.name + ".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                for name, path in rows.items():
                    tar.add(path, arcname=name)
                for sha256, size in _blobs_of(rows["rows/Image.jsonl"]):
                    _add_blob(tar, sha256, size)
                    manifest["members"][f"blobs/{sha256}"] = {"sha256": sha256, "bytes": size}
                _add_bytes(tar, "manifest.json", json.dumps(manifest, indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    return manifest


def _dump_rows(folder: Path) -> tuple[dict[str, Any], dict[str, Path]]:
    members: dict[str, Any] = {}
    counts: dict[str, int] = {}
    paths: dict[str, Path] = {}
    with _snapshot():
        migrations = sorted(MigrationRecorder(connection).applied_migrations())
        for table in TABLES:
            name = f"rows/{table}.jsonl"
            paths[name] = folder / f"{table}.jsonl"
            with paths[name].open("wb") as file:
                out = HashingWriter(file)
                counts[table] = _dump_table(apps.get_model("projects", table), out)
            members[name] = {"sha256": out.digest.hexdigest(), "bytes": out.size}
    manifest = {
        "format": FORMAT,
        "migrations": [list(key) for key in migrations],
        "rows": counts,
        "members": members,
    }
    return manifest, paths


@contextmanager
def _snapshot() -> Iterator[None]:
    """One state of the database, without keeping writers out.

    SQLite in WAL mode gives a reader one state for the length of its (deferred) transaction;
    PostgreSQL does at the isolation level REPEATABLE READ.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _dump_table(model: type[Model], out: HashingWriter) -> int:
    columns = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001 - public by docs
    count, last = 0, 0
    while True:
        page = list(
            model._default_manager.filter(pk__gt=last).order_by("pk").values_list(*columns)[:BATCH]  # noqa: SLF001
        )
        for row in page:
            line = json.dumps(dict(zip(columns, row, strict=True)), default=_in_words)
            out.write(line.encode() + b"\n")
        count += len(page)
        if len(page) < BATCH:
            return count
        last = page[-1][columns.index("id")]


def _in_words(value: object) -> str:
    """Times to the microsecond (Django's own encoder drops three digits), UUIDs as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no words for {type(value)}")


def _blobs_of(image_rows: Path) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    with image_rows.open() as file:
        for line in file:
            row = json.loads(line)
            if row["sha256"] not in seen:
                seen.add(row["sha256"])
                yield row["sha256"], row["size_bytes"]


def _add_blob(tar: tarfile.TarFile, sha256: str, size: int) -> None:
    key = blob_key(sha256)
    if not default_storage.exists(key):
        raise Conflict(f"The picture {sha256} is missing; see `manage.py fsck`.", "blob_missing")
    info = tarfile.TarInfo(f"blobs/{sha256}")
    info.size = size
    with default_storage.open(key) as file:
        reader = HashingReader(file)
        tar.addfile(info, reader)
    if reader.digest.hexdigest() != sha256:
        raise Conflict(f"The picture {sha256} is damaged; see `manage.py fsck`.", "blob_damaged")


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
