"""The database's clock: the one time that every process agrees on."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """The present time of the database, aware, in UTC."""
    if connection.vendor != "postgresql":
        return datetime.now(tz=UTC)  # SQLite has no clock but this machine's
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchall()[0][0]
    return moment.astimezone(UTC)
