"""Finds PostgreSQL and Redis for the tests and prints how to reach them, for the shell.

TEST_DATABASE_URL and TEST_REDIS_URL come first, else servers on this machine.
"""

from __future__ import annotations

import os
import sys

import psycopg2
import redis

DATABASE_URL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379/15"


def database_url() -> str:
    """A PostgreSQL that answers and lets us make databases."""
    url = os.environ.get("TEST_DATABASE_URL") or DATABASE_URL
    psycopg2.connect(url, connect_timeout=3).close()
    return url


def redis_url() -> str:
    """A Redis that answers."""
    url = os.environ.get("TEST_REDIS_URL") or REDIS_URL
    redis.Redis.from_url(url, socket_connect_timeout=3).ping()
    return url


def main() -> int:
    try:
        found = {"TEST_DATABASE_URL": database_url(), "TEST_REDIS_URL": redis_url()}
    except (psycopg2.OperationalError, redis.RedisError) as error:
        sys.stderr.write(f"not reachable ({str(error).strip().splitlines()[0]})\n")
        return 1
    sys.stdout.write("".join(f"{name}='{url}'\n" for name, url in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
