"""Web process and worker are killed at any moment while people save and jobs run."""

from __future__ import annotations

import io
import json
import os
import random
import re
import sqlite3
import statistics
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.processes import manage
from tests.workers.ledger import HEIGHT, WIDTH, compare
from tests.workers.product import Product
from tests.workers.world import wait_for

# A few here; tests/bench/bench_kills.py asks for as many as a night has room for.
WORKER_KILLS = int(os.environ.get("WORKER_KILLS", "1"))
WEB_KILLS_A_ROUND = int(os.environ.get("WEB_KILLS_A_ROUND", "2"))
SAVERS = 3
IMPORTED = 400

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180 + 240 * WORKER_KILLS)]


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    made = Product(tmp_path / "data")
    yield made
    made.stop()


class Jobs:
    """An import, a pre-labelling and an export, and what each must have done in the end."""

    def __init__(self, product: Product, number: int) -> None:
        self._product = product
        self._imported = product.upload(10 * number)
        self._labelled = [product.upload(10 * number + place)["id"] for place in (1, 2, 3)]
        self.jobs = [
            product.start_import(_document(self._imported)),
            product.start_job(
                "prelabel/",
                {"segmenter": "classic", "mode": "everything", "images": self._labelled},
            ),
            product.start_job("exports/", {"format": "coco_instances"}),
        ]

    def is_any_running(self) -> bool:
        return any(self._product.job(job)["state"] != "queued" for job in self.jobs)

    def check(self) -> None:
        """Done, or failed with a reason; done means each effect once."""
        facts = self._product.until_ended(self.jobs)
        assert all(one["state"] == "done" or one["error"] for one in facts), facts
        if WORKER_KILLS == 1:
            assert [one["state"] for one in facts] == ["done"] * 3, facts
        imported, prelabelled, exported = facts
        rows = self._objects(self._imported["id"])
        assert len(rows) == (IMPORTED if imported["state"] == "done" else 0)
        if prelabelled["state"] == "done":
            suggested = [self._objects(image) for image in self._labelled]
            assert all(suggested)
            assert all(_are_different(one) for one in suggested)
        if exported["state"] == "done":
            self._check_export(exported["result"]["export"])

    def _objects(self, image: int) -> list[Any]:
        path = f"/api/v1/images/{image}/annotations/?limit=5000"
        return list(self._product.client.call("GET", path)["results"])

    def _check_export(self, export: int) -> None:
        status, _, body = self._product.client.raw("GET", f"/api/v1/exports/{export}/file/")
        assert status == 200
        archive = zipfile.ZipFile(io.BytesIO(body))
        assert archive.testzip() is None
        name = next(name for name in archive.namelist() if "instances" in name)
        ids = [one["id"] for one in json.loads(archive.read(name))["annotations"]]
        assert len(ids) == len(set(ids))


def _are_different(objects: list[Any]) -> bool:
    return len({one["segmentation"]["counts"] for one in objects}) == len(objects)


def _document(image: Any) -> Any:
    facts = {"id": 1, "file_name": image["name"], "width": WIDTH, "height": HEIGHT}
    objects = []
    for number in range(IMPORTED):
        x, y = number % (WIDTH - 4), number // (WIDTH - 4) % (HEIGHT - 4)
        corners = [x, y, x + 3, y, x + 3, y + 3, x, y + 3]
        one = {"id": number + 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": 9}
        objects.append({**one, "bbox": [x, y, 3, 3], "segmentation": [corners]})
    categories = [{"id": 1, "name": "brick"}]
    return {"images": [facts], "categories": categories, "annotations": objects}


def test_kills_of_web_and_worker_lose_no_save_and_each_job_has_its_effect_once(
    product: Product,
) -> None:
    chance = random.Random(7)
    savers = product.savers(SAVERS)
    back: list[float] = []
    recovered: list[float] = []
    for number in range(1, WORKER_KILLS + 1):
        work = Jobs(product, number)
        wait_for(work.is_any_running)
        time.sleep(chance.uniform(0, 0.5))
        product.kill(product.worker_pid())
        killed = time.monotonic()
        for _ in range(WEB_KILLS_A_ROUND):
            time.sleep(chance.uniform(0, 1))
            pids = product.web_pids()
            # The whole web process, or only gunicorn's parent, or only its child.
            product.kill(*chance.choice([pids, pids[:1], pids[1:]]))
            back.append(product.seconds_until_healthy())
        product.until_ended(work.jobs)
        recovered.append(time.monotonic() - killed)
        work.check()
    for saver in savers:
        saver.end()

    verdict = compare(product.client, savers)
    sys.stdout.write(
        f"{len(back)} kills of the web process, back after {statistics.median(back):.1f} s "
        f"(at most {max(back):.1f} s); {WORKER_KILLS} kills of the worker, all jobs ended "
        f"{statistics.median(recovered):.1f} s later (at most {max(recovered):.1f} s); {verdict}\n"
    )
    assert verdict.is_clean, verdict
    assert sum(saver.refusals[0] for saver in savers) > 0, "no kill was felt"
    assert {status for saver in savers for status in saver.refusals} <= {0, 503}
    with closing(sqlite3.connect(product.folder / "db.sqlite3")) as database:
        database.create_function("regexp", 2, lambda rule, word: bool(re.search(rule, word)))
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    exports = (product.folder / "exports").rglob("*.zip")
    assert [zipfile.ZipFile(file).testzip() for file in exports] == [None] * WORKER_KILLS
    manage("fsck", MASKWRIGHT_DATA=str(product.folder))
