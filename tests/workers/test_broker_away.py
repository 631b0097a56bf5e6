"""Redis goes away under load, dead or frozen: saves do not notice, jobs wait for its return."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.ledger import compare
from tests.workers.product import Product
from tests.workers.world import OwnRedis

# A moment here; tests/bench/bench_kills.py takes a minute.
AWAY_SECONDS = float(os.environ.get("BROKER_AWAY_SECONDS", "4"))
SAVERS = 3

pytestmark = [pytest.mark.services, pytest.mark.timeout(240 + 2 * AWAY_SECONDS)]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[OwnRedis]:
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server here")
    made = OwnRedis(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def product(tmp_path: Path, broker: OwnRedis) -> Iterator[Product]:
    made = Product(tmp_path / "data", REDIS_URL=broker.url)
    yield made
    made.stop()


def test_saves_go_on_while_the_broker_is_away_and_jobs_run_on_its_return(
    product: Product, broker: OwnRedis
) -> None:
    image = product.upload(1)["id"]
    worker = product.worker_pid()
    savers = product.savers(SAVERS)
    jobs: list[int] = []
    asked: list[float] = []
    back: list[float] = []
    for is_frozen in (True, False):
        if is_frozen:
            broker.signal(signal.SIGSTOP)
        else:
            broker.kill()
        gone, before = time.monotonic(), [saver.changes for saver in savers]
        body = {"segmenter": "classic", "mode": "everything", "images": [image]}
        jobs.append(product.start_job("prelabel/", body))
        asked.append(time.monotonic() - gone)
        time.sleep(max(0.0, gone + AWAY_SECONDS - time.monotonic()))
        during = [saver.changes for saver in savers]
        if is_frozen:
            broker.signal(signal.SIGCONT)
        else:
            broker.start()
        returned = time.monotonic()
        product.until_ended(jobs)
        back.append(time.monotonic() - returned)
        assert all(now > then for now, then in zip(during, before, strict=True))
    for saver in savers:
        saver.end()

    verdict = compare(product.client, savers)
    sys.stdout.write(
        f"Redis away for {AWAY_SECONDS:.0f} s, frozen and dead; a job was taken in "
        f"{asked[0]:.1f} s and {asked[1]:.1f} s; the jobs of that time ended "
        f"{back[0]:.1f} s and {back[1]:.1f} s after its return; {verdict}\n"
    )
    assert [job["state"] for job in product.until_ended(jobs)] == ["done", "done"]
    assert [dict(saver.refusals) for saver in savers] == [{}] * SAVERS
    assert verdict.is_clean, verdict
    assert product.worker_pid() == worker, "the worker did not find its way back by itself"
