"""The one way past the append-only guard of revisions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def purging() -> Iterator[None]:
    """Let this transaction change and delete revisions; nobody else ever sees the flag.

    Used by the purge of projects deleted more than 30 days ago and by the tests' clean-up.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('maskwright.purge', 'on', true)")
            yield
            cursor.execute("SELECT set_config('maskwright.purge', '', true)")
            return
        cursor.execute("INSERT INTO projects_purge (active) VALUES (1)")
        yield
        cursor.execute("DELETE FROM projects_purge")
