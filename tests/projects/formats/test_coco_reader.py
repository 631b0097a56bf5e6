"""Anybody's COCO annotations: taken, repaired or refused, each with its JSON path."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pycocotools.coco import COCO

from projects.formats.records import ImageRecord
from projects.masks import rle
from tests.projects.formats.coco_files import (
    HERE,
    LISTED,
    RECTANGLE,
    annotation,
    document,
    read,
    said,
)


def test_a_good_file_gives_records_and_no_findings() -> None:
    reading, records = read(
        document(annotation(attributes={"age": 3, "name": "Tom"}, score=0.5, z=2))
    )

    assert reading.findings.counts == {}
    assert reading.total == 1
    assert reading.images[4] == ImageRecord(4, "a.jpg", 8, 6)
    assert [(each.id, each.name, each.supercategory) for each in reading.categories] == [
        (3, "cat", "animal")
    ]
    (record,) = records
    assert (record.id, record.image_id, record.category_id, record.z) == (1, 4, 3, 2)
    assert record.attributes == {"age": 3, "name": "Tom"}
    assert record.score == 0.5
    assert rle.bbox_xywh(record.rle) == (2, 1, 5, 3)
    assert rle.area(record.rle) == 15


@pytest.mark.parametrize(
    "segmentation",
    [
        [RECTANGLE],
        LISTED,
        rle.to_wire(rle.parse(LISTED, (6, 8))),
        [[2, 1, 4, 1, 4, 4, 2, 4], [4, 1, 7, 1, 7, 4, 4, 4]],
    ],
    ids=["polygon", "uncompressed", "compressed", "two parts"],
)
@pytest.mark.parametrize("iscrowd", [0, 1])
def test_every_form_of_segmentation_with_either_crowd_mark(
    segmentation: object, iscrowd: int
) -> None:
    reading, records = read(document(annotation(segmentation=segmentation, iscrowd=iscrowd)))

    assert reading.findings.counts == {}
    assert records[0].rle == rle.parse(LISTED, (6, 8))
    assert records[0].iscrowd is bool(iscrowd)


WARNED = {
    "id zero": ({"id": 0}, "$.annotations[0].id", "id_zero"),
    "id missing": ({"id": None}, "$.annotations[0].id", "bad_id"),
    "id of 64 bits": ({"id": 2**63}, "$.annotations[0].id", "bad_id"),
    "boolean crowd": ({"iscrowd": True}, "$.annotations[0].iscrowd", "boolean_iscrowd"),
    "area not the pixels": ({"area": 40}, "$.annotations[0].area", "area"),
    "area of the box": (
        {"segmentation": LISTED, "area": 16},
        "$.annotations[0].area",
        "area",
    ),
    "box one too small": (
        {"segmentation": LISTED, "bbox": [2, 1, 4, 2]},
        "$.annotations[0].bbox",
        "box_off_by_one",
    ),
    "box elsewhere": ({"bbox": [6, 1, 5, 3]}, "$.annotations[0].bbox", "box"),
    "box not finite": ({"bbox": [2, 1, math.nan, 3]}, "$.annotations[0].bbox", "box"),
    "score beyond one": ({"score": 1.5}, "$.annotations[0].score", "bad_score"),
    "score as text": ({"score": "0.5"}, "$.annotations[0].score", "bad_score"),
    "attributes a list": (
        {"attributes": [1]},
        "$.annotations[0].attributes",
        "bad_attributes",
    ),
    "attributes nested": (
        {"attributes": {"a": {"b": 1}}},
        "$.annotations[0].attributes",
        "bad_attributes",
    ),
    "attributes not finite": (
        {"attributes": {"a": math.inf}},
        "$.annotations[0].attributes",
        "bad_attributes",
    ),
}


@pytest.mark.parametrize(("facts", "path", "code"), WARNED.values(), ids=WARNED.keys())
def test_small_defects_are_repaired_and_said(
    facts: dict[str, object], path: str, code: str
) -> None:
    reading, records = read(document(annotation(**facts)))

    assert said(reading) == [(path, code, "warning")]
    assert reading.findings.kept[0].repair
    assert rle.area(records[0].rle) == 15


MASK = f"{HERE}.segmentation"
BOX = f"{HERE}.bbox"
REFUSED = {
    "image unknown": ({"image_id": 5}, f"{HERE}.image_id", "unknown_image"),
    "image a truth": ({"image_id": True}, f"{HERE}.image_id", "unknown_image"),
    "image a list": ({"image_id": [4]}, f"{HERE}.image_id", "unknown_image"),
    "category unknown": ({"category_id": 4}, f"{HERE}.category_id", "unknown_category"),
    "category missing": ({"category_id": None}, f"{HERE}.category_id", "unknown_category"),
    "crowd a list": ({"iscrowd": [0]}, f"{HERE}.iscrowd", "bad_iscrowd"),
    "crowd two": ({"iscrowd": 2}, f"{HERE}.iscrowd", "bad_iscrowd"),
    "no segmentation": ({"segmentation": None, "bbox": None}, MASK, "no_mask"),
    "empty segmentation": ({"segmentation": [], "bbox": []}, MASK, "no_mask"),
    "a box of text": ({"segmentation": [], "bbox": ["2", 1, 5, 3]}, BOX, "bad_box"),
    "a box not finite": ({"segmentation": [], "bbox": [math.nan, 1, 5, 3]}, BOX, "bad_box"),
    "a box without width": ({"segmentation": [], "bbox": [2, 1, 0, 3]}, BOX, "bad_box"),
    "a box outside": ({"segmentation": [], "bbox": [8, 1, 5, 3]}, BOX, "box_outside"),
    "a box as polygon": ({"segmentation": [[2, 1, 5, 3]]}, MASK, "box_as_polygon"),
    "odd count": ({"segmentation": [[*RECTANGLE, 1]]}, MASK, "polygon_form"),
    "two corners": ({"segmentation": [[1, 1]]}, MASK, "polygon_form"),
    "no area": ({"segmentation": [[1, 1, 3, 3, 5, 5]]}, MASK, "empty_mask"),
    "outside": ({"segmentation": [[9, 7, 12, 7, 12, 9]]}, MASK, "empty_mask"),
    "1e7": ({"segmentation": [[0, 0, 1e7, 0, 5, 5]]}, MASK, "polygon_range"),
    "-1e9": ({"segmentation": [[0, 0, -1e9, 0, 5, 5]]}, MASK, "polygon_range"),
    "infinite": ({"segmentation": [[0, 0, math.inf, 0, 5, 5]]}, MASK, "polygon_range"),
    "not a number": ({"segmentation": [[0, 0, math.nan, 0, 5, 5]]}, MASK, "polygon_range"),
    "a number as text": ({"segmentation": [[0, 0, "nan", 0, 5, 5]]}, MASK, "polygon_form"),
    "counts too long": ({"segmentation": {"size": [6, 8], "counts": [49]}}, MASK, "mask_counts"),
    "counts too short": ({"segmentation": {"size": [6, 8], "counts": [47]}}, MASK, "mask_counts"),
    "counts negative": (
        {"segmentation": {"size": [6, 8], "counts": [50, -2]}},
        MASK,
        "mask_counts",
    ),
    "counts garbage": ({"segmentation": {"size": [6, 8], "counts": "~~~"}}, MASK, "mask_counts"),
    "size turned": ({"segmentation": {"size": [8, 6], "counts": [48]}}, MASK, "mask_size"),
    "size enormous": (
        {"segmentation": {"size": [200_000, 200_000], "counts": [1]}},
        MASK,
        "mask_size",
    ),
    "ten megabytes": (
        {"segmentation": {"size": [6, 8], "counts": "0" * 10_000_000}},
        MASK,
        "mask_counts",
    ),
    "empty mask": ({"segmentation": {"size": [6, 8], "counts": [48]}}, MASK, "empty_mask"),
    "a number for a mask": ({"segmentation": 7}, MASK, "mask_form"),
}


@pytest.mark.parametrize(("facts", "path", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_taken_is_refused_alone(
    facts: dict[str, object], path: str, code: str
) -> None:
    good = annotation(id=2)

    reading, records = read(document(annotation(**facts), good))

    assert said(reading) == [(path, code, "error")]
    assert [record.id for record in records] == [2]
    assert reading.findings.errors == 1


KEPT = {
    "crossing itself": [[1, 1, 6, 5, 6, 1, 1, 5]],
    "partly outside": [[-3, -2, 5, -2, 5, 3, -3, 3]],
    "repeated corner": [[2, 1, 2, 1, 7, 1, 7, 4, 2, 4]],
}


@pytest.mark.parametrize("polygons", KEPT.values(), ids=KEPT.keys())
def test_odd_polygons_are_filled_as_pycocotools_fills_them(polygons: list[list[float]]) -> None:
    reading, records = read(document(annotation(segmentation=polygons, area=None, bbox=None)))

    coco = COCO()
    coco.imgs = {4: {"height": 6, "width": 8}}
    theirs = coco.annToMask({"image_id": 4, "segmentation": polygons})
    assert reading.findings.counts == {}
    assert np.array_equal(rle.to_bitmap(records[0].rle), theirs.astype(bool))


def test_duplicate_annotation_ids_are_both_taken() -> None:
    reading, records = read(document(annotation(), annotation()))

    assert said(reading) == [("$.annotations[1].id", "duplicate_id", "warning")]
    assert len(records) == 2


def test_ids_written_as_text_or_decimals_are_whole_numbers() -> None:
    reading, records = read(
        document(
            annotation(id="7", image_id=4.0, category_id="3"),
            images=[{"id": "4", "file_name": "a.jpg", "width": 8, "height": 6}],
        )
    )

    assert reading.findings.counts == {}
    assert [(record.id, record.image_id, record.category_id) for record in records] == [(7, 4, 3)]


@pytest.mark.parametrize(
    ("bbox", "pixels"),
    [
        ([2, 1, 5, 3], (2, 1, 5, 3)),
        ([1.6, 0.7, 5.1, 3.2], (2, 1, 5, 3)),
        ([-3, -2, 5, 4.2], (0, 0, 2, 2)),
        ([6.1, 4.2, 90, 90], (6, 4, 2, 2)),
        ([2.1, 1.1, 0.2, 0.2], (2, 1, 1, 1)),
    ],
)
def test_an_object_of_a_box_alone_is_that_rectangle(
    bbox: list[float], pixels: tuple[int, int, int, int]
) -> None:
    told = {"attributes": {"age": 3}, "score": 0.5}

    reading, [record] = read(document(annotation(segmentation=[], bbox=bbox, **told)))

    assert said(reading) == [(BOX, "box_only", "warning")]
    assert record.is_box
    assert rle.bbox_xywh(record.rle) == pixels
    assert rle.area(record.rle) == pixels[2] * pixels[3]
    assert (record.attributes, record.score) == ({"age": 3}, 0.5)
