"""Workers against the arithmetic of docs/scaling.md: ``python -m tests.bench.bench_scaling``.

Starts a Redis of its own and real worker processes on a data folder of their own. Their images
take a fixed time: they sleep, as if each worker's model ran on a machine of its own, so that two
cores are enough to run eight workers. PostgreSQL is used where DATABASE_URL names one, SQLite
otherwise. Prints, for each number of workers, predicted beside measured and their ratio:

- images a second while one job of many images runs: W / (S + o), with o from one worker's run
- messages in the broker at most: three a worker and one for each job
- the wait of somebody who opens an image meanwhile: S / (W + 1) on average, S at most
- ten images of another project beside the large one, in seconds, at most: until a worker's slice
  and image end, then half of the workers
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

import redis

from tests.workers.world import OwnRedis, World, migrated, wait_for

SLICE_SECONDS = 10.0  # settings.WORK_SLICE_SECONDS
SMALL = 10  # images of the small project
OPENED = 5  # images that somebody opens, one after another


def line(name: str, predicted: float, measured: float) -> None:
    ratio = measured / predicted if predicted else float("nan")
    sys.stdout.write(
        f"  {name:44} predicted {predicted:8.2f}  measured {measured:8.2f}  ratio {ratio:5.2f}\n"
    )
    sys.stdout.flush()


class Round:
    """One number of workers on an empty database."""

    def __init__(self, folder: Path, url: str, database: Path, workers: int, item: float) -> None:
        self.world = World(
            folder, url, database, SLOW_SECONDS=str(item), SLICE_SECONDS=str(SLICE_SECONDS)
        )
        self.client = redis.Redis.from_url(url)
        self.workers, self.item = workers, item
        for _ in range(workers):
            self.world.worker()
        wait_for(lambda: self.world.workers() == workers)

    def rate(self, images: int) -> tuple[float, int]:
        """Images a second from the first to the last that is done, and the longest queue."""
        job = self.world.make("slow", images=images)
        wait_for(lambda: self.world.count(job, "done") >= self.workers)
        before, deepest = self.world.count(job, "done"), 0
        began = time.monotonic()
        while self.world.state(job) != "done":
            deepest = max(deepest, self._messages())
            time.sleep(0.1)
        return (images - before) / (time.monotonic() - began), deepest

    def waits(self) -> list[float]:
        """How long each opened image waits until a worker begins with it."""
        large = self.world.make("slow", images=int(60 * self.workers / self.item))
        wait_for(lambda: self.world.count(large, "done") >= self.workers)
        waited = []
        for _ in range(OPENED):
            job = self.world.make("quick", images=1)
            self.world.ended(job)
            waited.append(self.world.seconds_between(job, "created_at", "started_at"))
        self.world.call("cancel", str(large))
        return waited

    def share(self, images: int) -> float:
        """Seconds until ten images of a new project are done beside a large job of another."""
        large = self.world.make("slow", images=images)
        wait_for(lambda: self.world.count(large, "done") >= self.workers)
        small = self.world.make("slow", images=SMALL)
        self.world.ended(small)
        self.world.call("cancel", str(large))
        return self.world.seconds_between(small, "created_at", "finished_at")

    def _messages(self) -> int:
        return sum(
            int(self.client.llen(f"{self.world.prefix}{queue}"))  # type: ignore[arg-type]
            for queue in ("interactive", "bulk", "export")
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--item", type=float, default=0.5, help="seconds of an image, S")
    parser.add_argument("--seconds", type=float, default=30, help="how long a run should take")
    given = parser.parse_args()
    overhead = None
    with tempfile.TemporaryDirectory() as folder:
        database = migrated(Path(folder))
        server = OwnRedis(Path(folder))
        try:
            for workers in sorted(given.workers):
                place = Path(folder) / f"with{workers}"
                place.mkdir()
                run = Round(place, server.url, database, workers, given.item)
                overhead = measure(run, given.seconds, overhead)
        finally:
            server.kill()


def measure(run: Round, seconds: float, overhead: float | None) -> float:
    """One number of workers; the overhead of an image as the first of them shows it."""
    workers, item = run.workers, run.item
    images = max(20, int(seconds * workers / item))
    sys.stdout.write(f"{workers} workers, {item} s an image, {os.cpu_count()} cores\n")
    try:
        rate, deepest = run.rate(images)
        if overhead is None:
            overhead = max(0.0, workers / rate - item)
            sys.stdout.write(f"  overhead of an image, taken from this run: {overhead:.3f} s\n")
        each = item + overhead
        line("images a second", workers / each, rate)
        line("messages in the broker, at most", 3 * workers + 1, deepest)
        waited = run.waits()
        line("an opened image waits, s, on average", each / (workers + 1), mean(waited))
        line("an opened image waits, s, at most", each, max(waited))
        most = SLICE_SECONDS + each * (1 + 2 * SMALL / workers)
        line("ten images beside many, s, at most", most, run.share(int(200 * workers / item)))
    finally:
        run.world.end()
    return overhead


if __name__ == "__main__":
    main()
