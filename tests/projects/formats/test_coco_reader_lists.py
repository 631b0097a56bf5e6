"""The lists of a COCO file and its structure; objects of images that are here or not."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from projects.formats.records import ImageRecord
from tests.projects.formats.coco_files import (
    CATEGORY,
    IMAGE,
    LISTED,
    annotation,
    document,
    read,
    read_bytes,
    said,
)

BAD_LISTS = {
    "image id twice": ({"images": [IMAGE, IMAGE]}, "$.images[1]", "duplicate_image"),
    "image no object": ({"images": [IMAGE, 4]}, "$.images[1]", "not_an_object"),
    "image without id": ({"images": [IMAGE, {}]}, "$.images[1].id", "bad_id"),
    "image id of 64 bits": ({"images": [IMAGE, IMAGE | {"id": 2**63}]}, "$.images[1].id", "bad_id"),
    "image without name": (
        {"images": [IMAGE, {"id": 5, "width": 8, "height": 6}]},
        "$.images[1].file_name",
        "no_file_name",
    ),
    "image without size": (
        {"images": [IMAGE, {"id": 5, "file_name": "b.jpg"}]},
        "$.images[1]",
        "image_size",
    ),
    "image too large": (
        {"images": [IMAGE, IMAGE | {"id": 5, "width": 200_000, "height": 200_000}]},
        "$.images[1]",
        "image_size",
    ),
    "category id twice": (
        {"categories": [CATEGORY, CATEGORY]},
        "$.categories[1]",
        "duplicate_category",
    ),
    "category no object": ({"categories": [CATEGORY, "dog"]}, "$.categories[1]", "not_an_object"),
    "category without name": (
        {"categories": [CATEGORY, {"id": 5, "name": " "}]},
        "$.categories[1].name",
        "no_name",
    ),
    "category without id": (
        {"categories": [CATEGORY, {"name": "dog"}]},
        "$.categories[1].id",
        "bad_id",
    ),
}


@pytest.mark.parametrize(("lists", "path", "code"), BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_bad_images_and_categories_are_refused_alone(
    lists: dict[str, object], path: str, code: str
) -> None:
    reading, records = read(document(annotation(), **lists))

    assert said(reading) == [(path, code, "error")]
    assert len(records) == 1


def test_categories_of_one_name_become_one() -> None:
    categories = [CATEGORY, {"id": 9, "name": "cat"}]

    reading, records = read(
        document(annotation(), annotation(id=2, category_id=9), categories=categories)
    )

    assert said(reading) == [("$.categories[1]", "duplicate_category_name", "warning")]
    assert [record.category_id for record in records] == [3, 3]


def test_control_characters_and_lone_surrogates_are_replaced_in_text() -> None:
    reading, _ = read(document(categories=[{"id": 3, "name": "a\x00b\ud800c"}]))

    assert reading.categories[0].name == "a\ufffdb\ufffdc"


STRUCTURE = {
    "no JSON": (b"hello", "$", "not_json"),
    "results list": (b"[]", "$", "not_json"),
    "nested deeply": (b'{"images": ' + b"[" * 100_000, "$", "not_json"),
    "images an object": (
        b'{"images": {}, "annotations": [], "categories": []}',
        "$",
        "not_a_list",
    ),
    "images twice": (
        b'{"images": [], "images": [], "annotations": [], "categories": []}',
        "$",
        "duplicate_key",
    ),
    "no annotations": (b'{"images": [], "categories": []}', "$.annotations", "missing_list"),
}


@pytest.mark.parametrize(("data", "path", "code"), STRUCTURE.values(), ids=STRUCTURE.keys())
def test_files_of_another_form_are_refused_whole(data: bytes, path: str, code: str) -> None:
    reading, records = read_bytes(data)

    assert said(reading) == [(path, code, "error")]
    assert records == []


def test_a_file_cut_off_in_its_annotations_gives_nothing() -> None:
    data = json.dumps(document(annotation(), annotation(id=2)) | {"categories": []}).encode()

    reading, records = read_bytes(data[: data.index(b'"id": 2')])

    assert said(reading) == [("$", "not_json", "error")]
    assert records == []


def stored(sizes: dict[str, tuple[int, int]]) -> Callable[[ImageRecord], tuple[int, int] | None]:
    return lambda record: sizes.get(record.file_name)


def test_the_stored_images_size_counts_not_the_files() -> None:
    reading, records = read(document(annotation()), size_of=stored({"a.jpg": (8, 6)}))

    assert said(reading) == [
        ("$.images[0]", "image_size", "error"),
        ("$.annotations[0]", "object_of_missing_image", "warning"),
    ]
    assert "8x6 in the file, 6x8 here" in reading.findings.kept[0].message
    assert records == []


def test_objects_of_images_that_are_not_here_are_left_out_and_counted() -> None:
    images = [IMAGE, {"id": 5, "file_name": "elsewhere.jpg", "width": 8, "height": 6}]

    reading, records = read(
        document(annotation(), annotation(id=2, image_id=5), images=images),
        size_of=stored({"a.jpg": (6, 8)}),
    )

    assert reading.findings.counts == {"image_missing": 1, "object_of_missing_image": 1}
    assert reading.findings.errors == 0
    assert [record.id for record in records] == [1]


def test_findings_are_all_counted_but_only_the_first_kept() -> None:
    reading, records = read(document(*[annotation(image_id=9)] * 250))

    assert reading.findings.counts == {"unknown_image": 250}
    assert reading.findings.errors == 250
    assert len(reading.findings.kept) == 100
    assert records == []


def test_a_fault_in_the_last_entry_is_named_by_its_place() -> None:
    good = [annotation(id=i, segmentation=LISTED) for i in range(1, 2000)]

    reading, _ = read(document(*good, annotation(id=2000, segmentation=[], bbox=None)))

    assert said(reading) == [("$.annotations[1999].segmentation", "no_mask", "error")]
