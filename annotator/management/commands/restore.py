"""`manage.py restore FILE`: a backup into an empty data folder or database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.backups.restore import restore_backup
from projects.errors import ApplicationError


class Command(BaseCommand):
    """Restore a backup, all or nothing."""

    help = "Restores a backup into an empty database and storage, after checking every byte."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file."""
        parser.add_argument("file", type=Path)

    def handle(self, **options: Any) -> None:
        """Load the file.

        Raises:
            CommandError: If the file is damaged or foreign, or the database is not empty.
        """
        try:
            manifest = restore_backup(options["file"])
        except (ApplicationError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = manifest["rows"]
        self.stdout.write(
            f"Restored {rows['Project']} projects, {rows['Image']} images, "
            f"{rows['Annotation']} annotations, {rows['Revision']} revisions."
        )
