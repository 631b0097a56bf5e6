"""COCO instances files of one small image, and how they are read."""

from __future__ import annotations

import io
import json
from typing import Any

from projects.formats import coco_instances_reader
from projects.formats.coco_instances_reader import Reading
from projects.formats.records import AnnotationRecord

RECTANGLE = [2, 1, 7, 1, 7, 4, 2, 4]  # 5 x 3 pixels at (2, 1)
LISTED = {"size": [6, 8], "counts": [13, 3, 3, 3, 3, 3, 3, 3, 3, 3, 8]}
HERE = "$.annotations[0]"
IMAGE = {"id": 4, "file_name": "a.jpg", "width": 8, "height": 6}
CATEGORY = {"id": 3, "name": "cat"}


def document(*annotations: object, **lists: object) -> dict[str, Any]:
    return {
        "images": [{"id": 4, "file_name": "a.jpg", "width": 8, "height": 6}],
        "annotations": list(annotations),
        "categories": [{"id": 3, "name": "cat", "supercategory": "animal"}],
    } | lists


def annotation(**facts: object) -> dict[str, Any]:
    return {
        "id": 1,
        "image_id": 4,
        "category_id": 3,
        "segmentation": [RECTANGLE],
        "area": 15,
        "bbox": [2, 1, 5, 3],
        "iscrowd": 0,
    } | facts


def read_bytes(data: bytes, **options: Any) -> tuple[Reading, list[AnnotationRecord]]:
    reading = coco_instances_reader.read(lambda: io.BytesIO(data), **options)
    return reading, list(reading.annotations())


def read(value: object, **options: Any) -> tuple[Reading, list[AnnotationRecord]]:
    return read_bytes(json.dumps(value).encode(), **options)


def said(reading: Reading) -> list[tuple[str, str, str]]:
    return [(each.path, each.code, str(each.severity)) for each in reading.findings.kept]
