"""`manage.py fsck`: does every image have its whole picture?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.services.blobs import check_blobs, collect_orphans


class Command(BaseCommand):
    """Compare stored pictures with the database."""

    help = "Compares stored pictures with the database; exits with 1 if any is missing or damaged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare how thorough to be."""
        parser.add_argument(
            "--full", action="store_true", help="read every file and compare its SHA-256"
        )
        parser.add_argument(
            "--collect",
            action="store_true",
            help="first remove files that no image needs, if older than an hour",
        )

    def handle(self, **options: Any) -> None:
        """Check, and say what was found.

        Raises:
            CommandError: If a picture is missing or damaged.
        """
        if options["collect"]:
            self.stdout.write(f"{collect_orphans()} files removed that no image needs.")
        check = check_blobs(full=options["full"])
        for sha256 in check.missing:
            self.stdout.write(f"missing {sha256}")
        for sha256 in check.damaged:
            self.stdout.write(f"damaged {sha256}")
        for key in check.orphans:
            self.stdout.write(f"orphan {key}")
        summary = (
            f"{check.pictures} pictures: {len(check.missing)} missing, "
            f"{len(check.damaged)} damaged; {len(check.orphans)} files that no image needs."
        )
        if not check.is_sound:
            raise CommandError(f"{summary} Restore the files from a backup.")
        self.stdout.write(summary)
