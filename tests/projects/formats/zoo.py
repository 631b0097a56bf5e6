"""Records with all that is awkward in them: non-square, holes, crowds, stuff, twin names."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from projects.formats.records import (
    AnnotationRecord,
    CategoryRecord,
    Dataset,
    ImageItem,
    ImageRecord,
)
from projects.masks import rle

HEIGHT, WIDTH = 60, 80

CATEGORIES = (
    CategoryRecord(1, "cat", "animal", color=(200, 30, 30), order=0),
    CategoryRecord(2, "dög 犬", "animal", color=(0, 0, 0), order=1),
    CategoryRecord(7, "sky", is_thing=False, color=(30, 30, 200), order=2),
)

Bitmap = np.ndarray


def rectangle(top: int, left: int, height: int, width: int) -> Bitmap:
    bitmap = np.zeros((HEIGHT, WIDTH), bool)
    bitmap[top : top + height, left : left + width] = True
    return bitmap


def ring() -> Bitmap:
    return rectangle(30, 30, 20, 22) & ~rectangle(36, 36, 8, 6)


def annotation(
    number: int, image: int, category: int, bitmap: Bitmap, **facts: Any
) -> AnnotationRecord:
    return AnnotationRecord(number, image, category, rle.from_bitmap(bitmap), **facts)


def picture(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG")
    return out.getvalue()


def image(number: int, name: str, **facts: Any) -> ImageRecord:
    data = picture(number)
    return replace(
        ImageRecord(
            id=number,
            file_name=name,
            width=WIDTH,
            height=HEIGHT,
            status="accepted",
            mime="image/jpeg",
            sha256=hashlib.sha256(data).hexdigest(),
            source=lambda: io.BytesIO(data),
        ),
        **facts,
    )


def dataset_of(*items: ImageItem) -> Dataset:
    return Dataset("Zoo", CATEGORIES, lambda: items)


def objects(number: int) -> tuple[AnnotationRecord, ...]:
    """A sky behind all, a rectangle, a ring with a hole, a crowd, two parts touching the border."""
    first = 10 * number
    parts = rectangle(0, 70, 4, 10) | rectangle(56, 0, 4, 7)
    return (
        annotation(first, number, 7, rectangle(0, 0, HEIGHT, WIDTH)),
        annotation(first + 1, number, 1, rectangle(5, 5, 20, 25), z=1, attributes={"age": 3}),
        annotation(first + 2, number, 2, ring(), z=2, score=0.5),
        annotation(first + 3, number, 2, rectangle(52, 60, 5, 5), z=2, iscrowd=True),
        annotation(first + 4, number, 1, parts, z=3),
    )


def zoo() -> Dataset:
    return dataset_of(
        ImageItem(image(1, "a.jpg", split="val"), objects(1)),
        ImageItem(image(2, "other/a.jpg", split="train"), objects(2)),
        ImageItem(image(5, "cafe\u0301.jpg"), ()),
        ImageItem(image(6, "new.jpg", status="new", split="val"), ()),
        ImageItem(image(9, "A.png", split="val"), objects(9)),
    )
