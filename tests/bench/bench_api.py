"""Answers of the web process under load: ``python -m tests.bench.bench_api [--seconds 20] ...``.

A project of 10,000 images of 1024x768, the first 1,000 with 10 masks each, on SQLite. One process
of 1, 8 and 16 clients saves 10 new masks a request (``/changes/``); then single requests ask for
the image list, an image's masks and the next image. In the same run the floor: as many threads
that commit 10 objects and their revisions to a bare SQLite file as the product sets it up.
The ratio travels between machines, the milliseconds do not.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sqlite3
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.blobs import objects
from tests.bench.data_folder import fill, set_up
from tests.processes import free_port, running

WIDTH, HEIGHT = 1024, 768
MASKS = 10
BUSY_SECONDS = 20


class Connection:
    """One client that keeps its connection."""

    def __init__(self, port: int, token: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: str | None = None) -> Any:
        self._http.request(method, f"/api/v1/{path}", body, self._headers)
        answer = self._http.getresponse()
        data = answer.read()
        assert answer.status < 300, (answer.status, data[:300])
        return json.loads(data)


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def said(name: str, taken: list[float], *, seconds: float = 0) -> str:
    taken = sorted(taken)
    rate = f"{len(taken) / seconds:7.1f} per s, " if seconds else ""
    p50, p95 = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    return f"{name:42} {rate}p50 {p50:6.1f} ms, p95 {p95:6.1f} ms, n {len(taken)}\n"


def at_once(clients: int, seconds: float, save: Callable[[int], Callable[[], object]]) -> str:
    """``clients`` threads that each call what ``save`` made for them until the time is up."""
    taken: list[float] = []
    until = time.monotonic() + seconds

    def work(number: int) -> None:
        call = save(number)
        while time.monotonic() < until:
            taken.append(timed(call))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said(f"save {MASKS} masks, {clients} clients", taken, seconds=seconds)


class BareCommits:
    """A file with the columns of objects and revisions, written as the product writes."""

    def __init__(self, path: Path, masks: list[dict[str, Any]]) -> None:
        self._path = path
        self._masks = masks
        with self._connect() as database:
            database.execute("CREATE TABLE a (uuid TEXT UNIQUE, area INT, x INT, y INT, w, h)")
            database.execute("CREATE TABLE r (a INT, n INT, counts TEXT, area INT, UNIQUE (a, n))")

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        return database

    def saver(self, _number: int) -> Callable[[], object]:
        database = self._connect()

        def save() -> None:
            database.execute("BEGIN IMMEDIATE")
            for mask in self._masks:
                row = database.execute(
                    "INSERT INTO a VALUES (?, ?, ?, ?, ?, ?)",
                    (str(uuid.uuid4()), mask["area"], *mask["bbox"]),
                ).lastrowid
                values = (row, 1, mask["rle"]["counts"], mask["area"])
                database.execute("INSERT INTO r VALUES (?, ?, ?, ?)", values)
            database.execute("COMMIT")

        return save


def changes(label: int, masks: list[dict[str, Any]]) -> str:
    return json.dumps(
        [
            {
                "op": "put",
                "id": str(uuid.uuid4()),
                "change_id": str(uuid.uuid4()),
                "base_revision": None,
                "label": label,
                "segmentation": mask["rle"],
            }
            for mask in masks
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of each load")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=100, help="of each single question")
    given = parser.parse_args()
    shape = {"width": WIDTH, "height": HEIGHT}
    masks = [objects(seed, count=MASKS, **shape) for seed in range(50)]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        set_up(data)
        full = [masks[number % len(masks)] for number in range(given.images // 10)]
        project = fill(images=given.images, masks=full, **shape)
        token, label, ids = access(project)
        floor = BareCommits(Path(folder) / "floor.sqlite3", masks[0])
        port = free_port()
        words = ["start", "--no-demo", "--no-worker", "--data", str(data), "--port", str(port)]
        with running(*words) as process:
            process.login_link()

            def saver(number: int) -> Callable[[], object]:
                client, chance = Connection(port, token), random.Random(number)
                return lambda: client.ask(
                    "POST",
                    f"images/{chance.choice(ids)}/changes/",
                    changes(label, chance.choice(masks)),
                )

            for clients in (1, 8, 16):
                sys.stdout.write(at_once(clients, given.seconds, saver))
                sys.stdout.write("  floor: " + at_once(clients, given.seconds / 4, floor.saver))
            one = Connection(port, token)
            questions: dict[str, Callable[[], object]] = {
                "list of 30 images": lambda: one.ask(
                    "GET", f"projects/{project.pk}/images/?limit=30&ordering=-priority"
                ),
                "masks of one image": lambda: one.ask(
                    "GET", f"images/{random.choice(ids[:1000])}/annotations/"
                ),
                "next image": lambda: one.ask(
                    "POST", f"projects/{project.pk}/queue/next/", '{"order": "uncertainty"}'
                ),
            }
            for name, ask in questions.items():
                ask()
                sys.stdout.write(said(name, [timed(ask) for _ in range(given.requests)]))


def access(project: Any) -> tuple[str, int, list[int]]:
    """A token, a label and the ids of all images."""
    from projects.models import Image, Label, User
    from projects.services.tokens import create_token

    _, token = create_token(user=User.objects.get(username="bench"), name="bench", scope="write")
    label = Label.objects.filter(project=project).values_list("pk", flat=True)[0]
    images = Image.objects.filter(project=project).order_by("number")
    return token, label, list(images.values_list("pk", flat=True))


if __name__ == "__main__":
    main()
