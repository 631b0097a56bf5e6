"""`manage.py worker_alive`: the health check of a worker's container."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.pulse import DEAD_SECONDS, seconds_since_beat


class Command(BaseCommand):
    """Fail when the worker's loop has stood still."""

    help = "Exit status 0 while this machine's worker takes messages, else 1."
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        """Compare the pulse with the clock.

        Raises:
            CommandError: If there was no beat for two minutes.
        """
        age = seconds_since_beat()
        if age > DEAD_SECONDS:
            raise CommandError(f"The worker's last beat was {age:.0f} s ago.")
        self.stdout.write(f"beat {age:.0f} s ago")
