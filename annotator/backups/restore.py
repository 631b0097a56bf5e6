"""Restores a backup into an empty database and storage, all or nothing."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from annotator.backups.contents import BATCH, CHUNK, FORMAT, TABLES
from projects.errors import Conflict, InvalidInput
from projects.storage import blob_key

CURRENT_IS_LAST = """
UPDATE projects_annotation SET current_id = (
  SELECT r.id FROM projects_revision r WHERE r.annotation_id = projects_annotation.id
  ORDER BY r.number DESC LIMIT 1)
"""


def restore_backup(source: Path) -> dict[str, Any]:
    """Load a backup into an empty database and storage, after checking every byte of it.

    Returns:
        The manifest.

    Raises:
        InvalidInput: If the file is no backup, or a member's sha256 is not the manifest's.
        Conflict: If the database already holds accounts or projects.
    """
    try:
        with tarfile.open(source, mode="r:") as tar:
            manifest = _checked_manifest(tar)
            _refuse_full_database()
            for name in manifest["members"]:
                if name.startswith("blobs/"):
                    _restore_blob(tar, name.removeprefix("blobs/"))
            _load_rows(tar, manifest)
    except (tarfile.TarError, KeyError, json.JSONDecodeError) as error:
        raise InvalidInput(f"{source} is not a whole Maskwright backup: {error}") from error
    return manifest


def _checked_manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(_member(tar, "manifest.json").read())
    if manifest.get("format") != FORMAT:
        raise InvalidInput(f"The backup's format is {manifest.get('format')!r}, not {FORMAT!r}.")
    for name, fact in manifest["members"].items():
        digest = hashlib.sha256()
        with _member(tar, name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != fact["sha256"]:
            raise InvalidInput(
                f"{name} in the backup is damaged: its sha256 is not the manifest's."
            )
    return manifest


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(tar.getmember(name))
    if file is None:
        raise InvalidInput(f"{name} in the backup is not a file.")
    return file


def _refuse_full_database() -> None:
    tables = connection.introspection.table_names()
    for table in ("User", "Project"):
        model = apps.get_model("projects", table)
        if model._meta.db_table in tables and model._default_manager.exists():  # noqa: SLF001
            raise Conflict(
                "The database is not empty; restore into a new data folder or database.",
                "not_empty",
            )


def _restore_blob(tar: tarfile.TarFile, sha256: str) -> None:
    key = blob_key(sha256)
    if default_storage.exists(key):
        return
    with _member(tar, f"blobs/{sha256}") as file:
        default_storage.save(key, File(file))


def _load_rows(tar: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    executor = MigrationExecutor(connection)
    then = _targets(executor, manifest)
    executor.migrate(then)
    state = executor.loader.project_state(then)
    names = [name for name in TABLES if ("projects", name.lower()) in state.models]
    with transaction.atomic():
        models = [state.apps.get_model("projects", name) for name in names]
        for name, model in zip(names, models, strict=True):
            with _member(tar, f"rows/{name}.jsonl") as file:
                count = _load_table(model, file)
            if count != manifest["rows"][name]:
                raise InvalidInput(f"{name} has {count} rows, expected {manifest['rows'][name]}.")
        with connection.cursor() as cursor:
            cursor.execute(CURRENT_IS_LAST)
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _targets(executor: MigrationExecutor, manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """The backup's last migration of each app.

    Raises:
        InvalidInput: If a newer version made the backup.
    """
    known = executor.loader.graph.nodes
    keys = [(app, name) for app, name in manifest["migrations"]]
    unknown = sorted(name for app, name in keys if app == "projects" and (app, name) not in known)
    if unknown:
        raise InvalidInput(
            f"A newer version made this backup (it knows {unknown[-1]}); update first."
        )
    here = {key for key in keys if key in known}
    graph = executor.loader.graph
    return sorted(
        key
        for key in here
        if not any(
            child.key in here and child.key[0] == key[0] for child in graph.node_map[key].children
        )
    )


def _load_table(model: type[Model], file: IO[bytes]) -> int:
    fields = model._meta.concrete_fields  # noqa: SLF001 - public by its documentation
    for field in fields:  # the rows bring their own times; these are the state's own copies
        for name in ("auto_now", "auto_now_add"):
            if hasattr(field, name):
                setattr(field, name, False)
    count = 0
    for rows in _batches(file):
        for row in rows:
            if "current_id" in row:
                row["current_id"] = None  # set in one statement when revisions are there
        model._default_manager.bulk_create(  # noqa: SLF001
            [
                model(
                    **{f.attname: f.to_python(row[f.attname]) for f in fields if f.attname in row}
                )
                for row in rows
            ]
        )
        count += len(rows)
    return count


def _batches(file: IO[bytes]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for line in file:
        rows.append(json.loads(line))
        if len(rows) == BATCH:
            yield rows
            rows = []
    if rows:
        yield rows
