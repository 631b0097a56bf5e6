"""COCO files of small images, and the jobs that import them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from pycocotools import mask as coco_masks

from projects.models import Job, Project, User
from projects.services.imports import start_import
from projects.services.item_runs import run_slice

WIDTH, HEIGHT = 40, 30


def square(x: int = 2, y: int = 3, side: int = 10) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[y : y + side, x : x + side] = 1
    return mask


def compressed(mask: np.ndarray) -> dict[str, Any]:
    rle = coco_masks.encode(np.asfortranarray(mask))
    return {"size": rle["size"], "counts": rle["counts"].decode()}


def uncompressed(mask: np.ndarray) -> dict[str, Any]:
    flat = mask.flatten(order="F")
    edges = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff([0, *edges, flat.size]).tolist()
    return {"size": [HEIGHT, WIDTH], "counts": ([0] if flat[0] else []) + runs}


def coco(annotations: list[dict[str, Any]], **lists: Any) -> dict[str, Any]:
    return {
        "images": [
            {"id": 1, "file_name": "a.png", "width": WIDTH, "height": HEIGHT},
            {"id": 2, "file_name": "photos/b.png", "width": WIDTH, "height": HEIGHT},
        ],
        "categories": [{"id": 1, "name": "ball"}, {"id": 2, "name": "bat"}],
        "annotations": annotations,
        **lists,
    }


def entry(number: int = 1, mask: np.ndarray | None = None, **fields: Any) -> dict[str, Any]:
    bitmap = square() if mask is None else mask
    rows, columns = np.nonzero(bitmap)
    x, y = int(columns.min()), int(rows.min())
    return {
        "id": number,
        "image_id": 1,
        "category_id": 1,
        "segmentation": compressed(bitmap),
        "area": int(bitmap.sum()),
        "bbox": [x, y, int(columns.max()) - x + 1, int(rows.max()) - y + 1],
        "iscrowd": 0,
        **fields,
    }


def begin(user: User, project: Project, content: Any, **wish: Any) -> Job:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return start_import(
        user=user,
        project=project,
        file=ContentFile(data, name="upload"),
        format_name=wish.pop("format_name", "coco_instances"),
        as_word=wish.pop("as_word", "annotations"),
        dry_run=wish.pop("dry_run", False),
    )


def work(job: Job) -> Job:
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    return job


def run(user: User, project: Project, content: Any, **wish: Any) -> Job:
    return work(begin(user, project, content, **wish))
