"""manage.py create_token --user NAME: prints the token, once, and nothing else."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.errors import ApplicationError
from projects.management.accounts import account_named
from projects.models import Token
from projects.services.tokens import create_token


class Command(BaseCommand):
    """Makes an API token for a script."""

    help = "Make an API token and print it; it cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whose token it is, its scope, name and end."""
        parser.add_argument("--user", required=True, help="the account whose rights it has")
        parser.add_argument("--scope", choices=Token.Scope.values, default=Token.Scope.WRITE)
        parser.add_argument("--name", default="command line")
        parser.add_argument(
            "--days", type=int, default=None, help="when it ends; never if left out"
        )

    def handle(
        self,
        *_args: Any,
        user: str,
        scope: str,
        name: str,
        days: int | None,
        **_options: Any,
    ) -> None:
        """Make the token, or say why not."""
        account = account_named(user)
        try:
            _, secret = create_token(user=account, name=name, scope=scope, days=days)
        except ApplicationError as error:
            raise CommandError(error.message) from error
        self.stdout.write(secret)
