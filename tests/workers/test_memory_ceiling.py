"""Large pictures in a worker that may hold little."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.product import Product

# Small here; tests/bench/bench_kills.py takes four of the largest that are allowed, under 1 GB.
PICTURES = int(os.environ.get("LARGEST_PICTURES", "1"))
SIDE = int(os.environ.get("LARGEST_SIDE", "5000"))
CEILING_MB = int(os.environ.get("CEILING_MB", "320"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + 120 * PICTURES)]


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    made = Product(tmp_path / "data", WORKER_MEMORY_MB=str(CEILING_MB))
    yield made
    made.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process's memory")
def test_large_picture_ends_with_masks_or_a_reason_and_the_next_job_is_fine(
    product: Product,
) -> None:
    """No control group can be made by everybody: data and heap are limited instead."""
    images = [product.upload_flat(seed, SIDE, SIDE)["id"] for seed in range(PICTURES)]
    small = product.upload(99)["id"]
    web, ceiling = product.web_pids(), CEILING_MB * 2**20
    resource.prlimit(product.worker_pid(), resource.RLIMIT_DATA, (ceiling, ceiling))

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
