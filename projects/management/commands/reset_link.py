"""manage.py reset_link NAME: prints the path of a link by which NAME sets a password, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from projects.management.accounts import account_named
from projects.services.login_links import create_reset_link


class Command(BaseCommand):
    """Lets somebody who forgot a password set a new one."""

    help = "Print the path of a link that lets an account set its password once, within a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the account's name."""
        parser.add_argument("name")

    def handle(self, *_args: Any, name: str, **_options: Any) -> None:
        """Make the link, or say why not."""
        account = account_named(name)
        self.stdout.write(f"/reset/{create_reset_link(user=account)}/")
