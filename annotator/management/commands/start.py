"""`manage.py start`: the whole product on one machine."""

from __future__ import annotations

import logging
import os
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from annotator import ports
from annotator.commands import web_command, worker_command
from annotator.first_start import demo_project, needs_first_start, owner
from annotator.supervisor import Child, Supervisor
from projects.services.housekeeping import clean_up_if_due
from projects.services.login_links import create_login_link
from projects.services.reconciler import reconcile
from projects.storage import free_bytes
from projects.tasks import ring

logger = logging.getLogger(__name__)

RECONCILE_SECONDS = 10
WEB_PATIENCE_SECONDS = 60.0


class Command(BaseCommand):
    """Prepare the data folder, start web and worker, print one login link, end both together."""

    help = "Runs Maskwright on this machine: data folder, web process, worker, login link."
    requires_system_checks: list[str] = []  # they take longer than the start

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; ``--data`` is read in manage.py, before the settings."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8080, help="first port to try")
        parser.add_argument("--data", help="data folder (default: MASKWRIGHT_DATA or ./data)")
        parser.add_argument("--no-demo", action="store_true", help="no demo project at first start")
        parser.add_argument("--no-worker", action="store_true", help="the web process alone")

    def handle(self, **options: Any) -> None:
        """Run until Ctrl-C or TERM.

        Raises:
            CommandError: If the machine lacks something, or the web process cannot be kept up.
        """
        host, port = str(options["host"]), self._port(str(options["host"]), int(options["port"]))
        self._check_disk()
        first = self._prepare()
        supervisor = Supervisor(self._say)
        supervisor.listen()
        os.environ.setdefault("OMP_NUM_THREADS", str(settings.INFERENCE_THREADS))
        supervisor.add(Child("web process", _tied(web_command(host, port)), vital=True))
        try:
            if first and not options["no_demo"]:
                demo_project(user=owner(), say=self._say)
            address = _address(host, port)
            _await_page(f"{address}/healthz", supervisor)
        except BaseException:
            supervisor.stop()
            raise
        if not options["no_worker"]:
            supervisor.add(Child("worker", _tied(worker_command()), vital=False))
        self._greet(address, host=host, worker=not options["no_worker"])
        connection.close()
        if supervisor.run(_upkeep()):
            raise CommandError("The web process could not be kept up; its last words are above.")

    def _port(self, host: str, wanted: int) -> int:
        try:
            port = ports.first_free(host, wanted)
        except (OSError, OverflowError) as error:
            raise CommandError(str(error)) from error
        if port != wanted:
            self._say(f"Port {wanted} is taken; using {port}.")
        return port

    def _check_disk(self) -> None:
        if free_bytes() <= 0:
            self._say(
                f"The disk of {settings.DATA_DIR} is nearly full: saving goes on, uploads and "
                "exports are refused until there is room."
            )

    def _prepare(self) -> bool:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            self._refuse_lost_database()
            call_command("migrate", verbosity=0, interactive=False)
        return needs_first_start()

    def _refuse_lost_database(self) -> None:
        fresh = "projects_project" not in connection.introspection.table_names()
        blobs = Path(settings.DATA_DIR) / "blobs"
        if fresh and blobs.is_dir() and any(blobs.iterdir()):
            raise CommandError(
                f"{settings.DATA_DIR} holds images but its database is empty. Restore the "
                "database with `manage.py restore FILE`, or start with another --data folder."
            )

    def _greet(self, address: str, *, host: str, worker: bool) -> None:
        link = create_login_link(user=owner())
        self._say(f"Maskwright is at {address}/login/link/{link}/  (this link logs you in once)")
        if not worker:
            self._say("No worker runs: annotation works, pre-labelling and exports wait for one.")
        if host not in {"127.0.0.1", "localhost", "::1"}:
            self._say(
                f"It listens on {host}: whoever reaches this machine reaches the log-in page."
            )

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _tied(command: list[str]) -> list[str]:
    tie = str(Path(__file__).resolve().parents[2] / "tied.py")
    return [sys.executable, "-S", tie, str(os.getpid()), *command]


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _await_page(url: str, supervisor: Supervisor) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + WEB_PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if supervisor.children[0].is_dead():
                break
            time.sleep(0.05)
    raise CommandError(f"The web process did not answer at {url}; its last words are above.")


def _upkeep() -> Callable[[], None]:
    """What is done each second: every ten, ring for lost jobs; once an hour, clean up."""
    seconds = 0

    def each_second() -> None:
        nonlocal seconds
        seconds += 1
        if seconds % RECONCILE_SECONDS:
            return
        try:
            for job_id in reconcile():
                ring(job_id)
            clean_up_if_due()
        except DatabaseError:
            logger.exception("the database does not answer; trying again")
        finally:
            connection.close()

    return each_second
