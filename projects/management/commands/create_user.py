"""manage.py create_user NAME [--password-stdin]: prints the password it made, and nothing else."""

from __future__ import annotations

import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.errors import ApplicationError
from projects.services.accounts import create_user, password_weaknesses


class Command(BaseCommand):
    """Makes an account for a script or a person."""

    help = "Make an account. Prints the generated password; nothing with --password-stdin."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the name and where the password comes from."""
        parser.add_argument("name")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *_args: Any, name: str, password_stdin: bool, **_options: Any) -> None:
        """Make the account, or say why not."""
        given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
        password = given if password_stdin else secrets.token_urlsafe(12)
        try:
            create_user(username=name, password=password, check_strength=False)
        except ApplicationError as error:
            raise CommandError(error.message) from error
        if not password_stdin:
            self.stdout.write(password)
            return
        # Whoever may run this owns the server: a weak password is theirs to choose, but said.
        for weakness in password_weaknesses(password=password):
            self.stderr.write(f"Weak password: {weakness}")
