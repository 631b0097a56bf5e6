"""Writers that never pause on one SQLite file: ``python -m tests.bench.bench_sqlite_line``.

As many threads as given commit small transactions as fast as they can, once through Django's own
backend and once through ours, which queues the threads of a process up before BEGIN IMMEDIATE.
Prints the waits of each and the ratios: of the 95th percentile, of the longest, and of the rate.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.utils import ConnectionHandler

ENGINES = {"Django's own": "django.db.backends.sqlite3", "in line": "annotator.sqlite"}
ROWS = 10  # of a transaction, as the objects of a save
OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


def writes(handler: ConnectionHandler, until: float, taken: list[float], think: float) -> None:
    connection: Any = handler["default"]
    while time.monotonic() < until:
        began = time.perf_counter()
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        for number in range(ROWS):
            connection.cursor().execute(
                "INSERT INTO a (n, words) VALUES (%s, %s)", (number, "x" * 200)
            )
        time.sleep(think)  # what Python does meanwhile, with the lock held
        connection.commit()
        connection.set_autocommit(True)
        taken.append((time.perf_counter() - began) * 1000)
    connection.close()


def measure(engine: str, path: Path, given: argparse.Namespace) -> list[float]:
    handler = ConnectionHandler({"default": {"ENGINE": engine, "NAME": path, "OPTIONS": OPTIONS}})
    with handler["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE a (n INT, words TEXT)")
    handler["default"].close()
    taken: list[float] = []
    until = time.monotonic() + given.seconds
    think = given.think / 1000
    threads = [
        threading.Thread(target=writes, args=(handler, until, taken, think))
        for _ in range(given.threads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--think", type=float, default=3.0, help="ms inside of a transaction")
    given = parser.parse_args()
    settings.configure()
    found: dict[str, tuple[float, float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, engine) in enumerate(ENGINES.items()):
            taken = measure(engine, Path(folder) / f"{number}.sqlite3", given)
            p50, p95, longest = taken[len(taken) // 2], taken[int(len(taken) * 0.95)], taken[-1]
            found[name] = (p95, longest, len(taken))
            sys.stdout.write(
                f"{name:14} p50 {p50:7.1f}  p95 {p95:7.1f}  longest {longest:8.1f} ms, "
                f"{len(taken) / given.seconds:6.1f} per s\n"
            )
    own, line = found.values()
    ratios = [ours / theirs for ours, theirs in zip(line, own, strict=True)]
    sys.stdout.write("ratio: p95 {:.2f}, longest {:.2f}, rate {:.2f}\n".format(*ratios))


if __name__ == "__main__":
    main()
