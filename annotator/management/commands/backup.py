"""`manage.py backup FILE`: every row and picture into one checked file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.backups.write import write_backup
from projects.errors import ApplicationError


class Command(BaseCommand):
    """Write a backup while people work."""

    help = "Writes database rows and pictures into one file, checked by sha256, while people work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file."""
        parser.add_argument("file", type=Path)

    def handle(self, **options: Any) -> None:
        """Write the file.

        Raises:
            CommandError: If a picture is missing or damaged, or the file cannot be written.
        """
        try:
            manifest = write_backup(options["file"])
        except (ApplicationError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = manifest["rows"]
        self.stdout.write(
            f"{options['file']}: {rows['Project']} projects, {rows['Image']} images, "
            f"{rows['Annotation']} annotations, {rows['Revision']} revisions."
        )
