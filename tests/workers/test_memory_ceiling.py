"""Large pictures in a worker that may hold little."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.client import ApiFailure
from tests.workers.product import Product
from tests.workers.world import PATIENCE_SECONDS

# Small here; tests/bench/bench_kills.py takes four of the largest that are allowed, under 1 GB.
PICTURES = int(os.environ.get("LARGEST_PICTURES", "1"))
SIDE = int(os.environ.get("LARGEST_SIDE", "5000"))
CEILING_MB = int(os.environ.get("CEILING_MB", "320"))
SIDE_AT_ONCE = max(SIDE, 6400)  # what has tiles
BUSY_OR_FULL = (503, 507)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240 + 240 * PICTURES),
    pytest.mark.skipif(
        sys.platform != "linux", reason="only Linux limits another process's memory"
    ),
]


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    made = Product(tmp_path / "data", WORKER_MEMORY_MB=str(CEILING_MB))
    yield made
    made.stop()


def hold_down(pids: list[int]) -> None:
    """No control group can be made by everybody: data and heap are limited instead."""
    ceiling = CEILING_MB * 2**20
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_DATA, (ceiling, ceiling))


def test_large_picture_ends_with_masks_or_a_reason_and_the_next_job_is_fine(
    product: Product,
) -> None:
    images = [product.upload_flat(seed, SIDE, SIDE)["id"] for seed in range(PICTURES)]
    small = product.upload(99)["id"]
    web = product.web_pids()
    hold_down([product.worker_pid()])

    body = {"segmenter": "classic", "mode": "everything"}
    began = time.monotonic()
    large = [product.start_job("prelabel/", body | {"images": images})]  # one a project at a time
    ended = product.until_ended(large)
    after = product.start_job("prelabel/", body | {"images": [small]})
    next_one = product.until_ended([after])[0]

    states = [one["state"] for one in ended]
    sys.stdout.write(
        f"{PICTURES} pictures of {SIDE * SIDE / 1e6:.0f} megapixels under {CEILING_MB} MB: "
        f"{states} in {time.monotonic() - began:.1f} s\n"
    )
    assert all(one["state"] == "done" or one["error"] for one in ended), ended
    assert next_one["state"] == "done", next_one
    assert product.web_pids() == web


def at_once(ask: Callable[..., Any], asked: list[Any]) -> list[Any]:
    """Each answer, or the reason that was given instead, as a text."""
    with ThreadPoolExecutor(len(asked) or 1) as threads:
        return list(threads.map(lambda one: answer_or_reason(ask, one), asked))


def answer_or_reason(ask: Callable[..., Any], one: Any) -> Any:
    for _ in range(int(PATIENCE_SECONDS)):
        try:
            return ask(one)
        except ApiFailure as failure:
            if failure.status >= 500 and failure.status not in BUSY_OR_FULL:
                raise
            if failure.status != BUSY_OR_FULL[0]:
                return str(failure.problem["detail"])
            time.sleep(1)
    raise AssertionError("it stays busy")


def test_large_pictures_of_several_projects_at_once_end_with_a_result_or_a_reason(
    product: Product,
) -> None:
    """Each sends one, opens it, asks for its tiles and has it pre-labelled, all together."""
    files = [product.flat(seed, SIDE_AT_ONCE, SIDE_AT_ONCE) for seed in range(max(2, PICTURES))]
    call, upload, small = product.client.call, product.client.upload, product.upload(99)["id"]
    projects = [call("POST", "/api/v1/projects/", {"name": file.name})["id"] for file in files]
    body, web = {"segmenter": "classic", "mode": "everything"}, product.web_pids()
    hold_down([product.worker_pid(), *web])  # what decodes pictures inherits it

    began = time.monotonic()
    images = at_once(
        lambda one: upload(f"/api/v1/projects/{one[0]}/images/", one[1]),
        list(zip(projects, files, strict=True)),
    )
    stored = [image for image in images if isinstance(image, dict)]
    seen = at_once(product.bytes_at, [image["file"] for image in stored])
    tiles = at_once(product.bytes_at, [f"{image['tiles']['address']}0/0/0/" for image in stored])
    jobs = at_once(
        lambda image: call("POST", f"/api/v1/projects/{image['project']}/prelabel/", body)["job"],
        stored,
    )
    ended = product.until_ended([job for job in jobs if isinstance(job, int)])
    after = product.start_job("prelabel/", body | {"images": [small]})
    next_one = product.until_ended([after])[0]

    said = [len(stored), *(sum(isinstance(one, int) for one in row) for row in (seen, tiles))]
    reasons = [one for one in (*images, *seen, *tiles, *jobs) if isinstance(one, str)]
    reasons += [one["error"] for one in ended if one["error"]]
    sys.stdout.write(
        f"{len(files)} pictures of {SIDE_AT_ONCE**2 / 1e6:.0f} megapixels at once under "
        f"{CEILING_MB} MB: {said} stored, opened, cut into tiles; pre-labelled: "
        f"{[one['state'] for one in ended]} in {time.monotonic() - began:.1f} s; {reasons}\n"
    )
    assert len(ended) == len(stored), jobs
    assert all(one["state"] == "done" or one["error"] for one in ended), ended
    assert next_one["state"] == "done", next_one
    assert product.web_pids() == web
