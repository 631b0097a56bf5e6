"""`manage.py doctor`: what is there, what is missing, and the fix for each."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu import Connection
from kombu.exceptions import OperationalError

from inference.segmenters.registry import describe
from projects.storage import free_bytes


class Finding(NamedTuple):
    """One line of the doctor's."""

    name: str
    good: bool
    fact: str
    fix: str = ""


class Command(BaseCommand):
    """Look at everything that the product leans on; the exit status is 1 if something is broken."""

    help = "Says what is there (models, GPU, database, broker, disk) and how to mend what is not."
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        """Print a line for each finding."""
        broken = False
        for finding in _findings():
            mark = "ok     " if finding.good else ("MISSING" if finding.fix else "broken ")
            self.stdout.write(f"{mark}  {finding.name:<12} {finding.fact}")
            if finding.fix:
                self.stdout.write(f"{'':<22}-> {finding.fix}")
            broken = broken or (not finding.good and finding.name in {"database", "broker", "disk"})
        if broken:
            sys.exit(1)


def _findings() -> Iterator[Finding]:
    yield Finding("python", good=True, fact=sys.version.split()[0])
    yield _disk()
    yield _database()
    yield _broker()
    yield _accelerator()
    for segmenter in describe(settings.MODELS_DIR):
        fact = "installed" if segmenter.installed else "not installed (optional)"
        yield Finding(
            segmenter.name,
            segmenter.installed,
            fact,
            fix="" if segmenter.installed else segmenter.why_not,
        )


def _disk() -> Finding:
    free = shutil.disk_usage(settings.DATA_DIR).free
    fact = f"{free / 2**30:.1f} GiB free in {settings.DATA_DIR}"
    enough = free_bytes() > 0
    fix = "" if enough else "Free some room: uploads and exports are refused, saving goes on."
    return Finding("disk", enough, fact, fix)


def _database() -> Finding:
    kind = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        fix = "Start the server, or mend DATABASE_URL (postgres://user:password@host/name)."
        return Finding("database", good=False, fact=f"{kind}: {error}".strip(), fix=fix)
    if pending:
        fact = f"{kind}, {len(pending)} migrations to run"
        return Finding("database", good=False, fact=fact, fix="Run: manage.py migrate")
    return Finding("database", good=True, fact=kind)


def _broker() -> Finding:
    kind = "Redis" if settings.REDIS_URL else "embedded (one machine)"
    try:
        with Connection(str(settings.CELERY["broker_url"]), connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1)
    except (OperationalError, OSError) as error:
        fix = "Start Redis or mend REDIS_URL (redis://:password@host:6379/0). Annotation goes on."
        return Finding("broker", good=False, fact=f"{kind}: {error}", fix=fix)
    return Finding("broker", good=True, fact=kind)


def _accelerator() -> Finding:
    if importlib.util.find_spec("torch") is None:
        fix = "Run: pip install -r requirements.txt"
        return Finding("torch", good=False, fact="not installed", fix=fix)
    gpu = shutil.which("nvidia-smi") is not None
    fact = f"{importlib.metadata.version('torch')}, {'a GPU is here' if gpu else 'no GPU: CPU'}"
    return Finding("torch", good=True, fact=fact)
