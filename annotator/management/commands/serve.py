"""`manage.py serve`: the web process alone, as a cluster runs it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from annotator.commands import web_command


class Command(BaseCommand):
    """Become the web process."""

    help = "Runs the web process alone (the worker and the scheduler are services of their own)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8080)
        parser.add_argument("--workers", type=int, default=1, help="processes")
        parser.add_argument("--migrate", action="store_true", help="migrate first")

    def handle(self, **options: Any) -> None:
        """Replace this process by the server."""
        if options["migrate"]:
            call_command("migrate", interactive=False, verbosity=1)
        command = web_command(options["host"], options["port"], workers=options["workers"])
        os.execv(command[0], command)  # noqa: S606 - our own command, no shell
