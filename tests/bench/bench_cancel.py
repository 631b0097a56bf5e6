"""How soon a cancelled job lets go of its worker: ``python -m tests.bench.bench_cancel``.

Starts the whole product with one worker and, for each kind of long job, starts one, waits until a
worker has been at it for a while, cancels it, and measures how long the answer takes (the job is
cancelled from then on and writes nothing more) and how long until the worker is free for the next.
Moments are spread over the work. SAM is of ViT-B's size with random weights.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import django
import numpy as np

from tests.bench.blobs import objects
from tests.bench.random_sam import NAME as SAM
from tests.bench.random_sam import write_random_sam
from tests.client import ApiFailure

LOOK_SECONDS = 0.01
WANTED = 2.0
EXPORTED = 120  # images of ten masks
REPEATED = 3  # times that each mask is imported
SIZE = (1024, 768)


class Yard:
    """A product with pictures to work on."""

    def __init__(self, folder: Path) -> None:
        os.environ["MASKWRIGHT_DATA"] = str(folder / "data")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
        django.setup()
        from tests.workers.product import Product

        write_random_sam(folder / "data" / "models", "vit_b")
        self.product = Product(folder / "data", OMP_NUM_THREADS="2", INFERENCE_THREADS="2")
        self._seed = 0

    def pictures(self, count: int, width: int, height: int) -> list[Any]:
        """Pictures that nobody has embedded yet."""
        self._seed += count
        return [self.product.upload(self._seed + place, width, height) for place in range(count)]

    def label(self, segmenter: str, width: int, height: int) -> int:
        (image,) = self.pictures(1, width, height)
        body = {"segmenter": segmenter, "mode": "everything", "images": [image["id"]]}
        return self.product.start_job("prelabel/", body)

    def busy_with(self) -> int | None:
        """The job that the worker is at."""
        with closing(sqlite3.connect(self.product.folder / "db.sqlite3", timeout=20)) as database:
            found = database.execute("SELECT busy_with FROM projects_worker").fetchone()
        return None if found is None else found[0]

    def until(self, fact: Callable[[], bool]) -> float:
        began = time.monotonic()
        while not fact():
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    def cancelled(self, job: int, after: float) -> tuple[float, float] | None:
        """Seconds to the answer and until the worker is free; None if the job had ended before."""
        self.until(lambda: self.product.job(job)["state"] != "queued")
        time.sleep(after)
        began = time.monotonic()
        if self.product.job(job)["state"] != "running":
            return None
        try:
            self.product.client.call("POST", f"/api/v1/jobs/{job}/cancel/")
        except ApiFailure:  # it has just ended
            return None
        answered = time.monotonic() - began
        self.until(lambda: self.busy_with() != job)
        return answered, time.monotonic() - began


def document(images: list[Any]) -> Any:
    """Ten masks on each image, as COCO."""
    facts, masks = [], []
    blobs = objects(1, count=10, width=SIZE[0], height=SIZE[1])
    for image in images:
        width, height = image["width"], image["height"]
        facts.append(
            {"id": image["id"], "file_name": image["name"], "width": width, "height": height}
        )
        for one in blobs:
            coded = {"size": [height, width], "counts": one["rle"]["counts"]}
            masks.append(
                {"id": len(masks) + 1, "image_id": image["id"], "category_id": 1, "iscrowd": 1,
                 "area": one["area"], "bbox": one["bbox"], "segmentation": coded}
            )  # fmt: skip
    return {"images": facts, "annotations": masks, "categories": [{"id": 1, "name": "blob"}]}


def plain(yard: Yard, count: int) -> list[Any]:
    """Pictures that are quickly sent."""
    product = yard.product
    return [product.upload_file(product.flat(seed, *SIZE)) for seed in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="cancellations of each kind")
    parser.add_argument("--only", help="kinds whose name begins so", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        yard = Yard(Path(folder))
        try:
            run(yard, given.times, given.only)
        finally:
            yard.product.stop()


def run(yard: Yard, times: int, only: str) -> None:
    images = plain(yard, EXPORTED) if only[:1] in {"", "i", "e"} else []
    whole = document(images * REPEATED)
    whole["images"] = whole["images"][: len(images)]
    if images:
        yard.product.until_ended([yard.product.start_import(document(images))])
    export = {"format": "coco_panoptic"}
    kinds: dict[str, tuple[float, Callable[[], int]]] = {
        "classic, 3 megapixels": (3, lambda: yard.label("classic", 2048, 1536)),
        "classic, 12 megapixels": (8, lambda: yard.label("classic", 4000, 3000)),
        "SAM ViT-B, everything": (16, lambda: yard.label(SAM, *SIZE)),
        "import": (5, lambda: yard.product.start_import(whole)),
        "export": (3, lambda: yard.product.start_job("exports/", export)),
    }
    chance = random.Random(3)
    for name, (span, start) in kinds.items():
        if not name.startswith(only):
            continue
        came = [yard.cancelled(start(), chance.uniform(0.1, span)) for _ in range(times)]
        tell(name, [one for one in came if one is not None])


def tell(name: str, came: list[tuple[float, float]]) -> None:
    if not came:
        sys.stdout.write(f"{name:24} ended before it could be cancelled\n")
        return
    answers, freed = ([one[place] for one in came] for place in range(2))
    sys.stdout.write(
        f"{name:24} cancelled {len(came)} times: answered in {max(answers):.2f} s at most, worker "
        f"free after {np.median(freed):.2f} s (median), {max(freed):.2f} s at most; wanted "
        f"<= {WANTED:.0f} s {json.dumps([round(one, 2) for one in freed])}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
