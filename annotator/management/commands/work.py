"""`manage.py work`: a worker alone, as a cluster runs it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotator.commands import QUEUES, worker_command


class Command(BaseCommand):
    """Become a worker."""

    help = "Runs one worker for the named queues."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the queues."""
        parser.add_argument("--queues", default=QUEUES, help="comma-separated, first come first")

    def handle(self, **options: Any) -> None:
        """Replace this process by the worker."""
        command = worker_command(options["queues"])
        os.execv(command[0], command)  # noqa: S606 - our own command, no shell
