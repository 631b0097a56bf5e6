"""Whom a command means."""

from __future__ import annotations

from django.core.management.base import CommandError

from projects.models import User

MOST_NAMED = 10


def account_named(name: str) -> User:
    """Return the active account of that name.

    Raises:
        CommandError: if there is none; it names those that there are.
    """
    account = User.objects.filter(username=name, is_active=True).first()
    if account:
        return account
    active = User.objects.filter(is_active=True).order_by("username")
    names = list(active.values_list("username", flat=True)[: MOST_NAMED + 1])
    listed = ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
    there = f"There are: {listed}." if names else "There is none yet."
    raise CommandError(
        f"There is no account {name!r}. {there} manage.py create_user makes another."
    )
