"""Anybody's COCO instances: taken, repaired or refused, each with its JSON path."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import math
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from projects.formats import coco_instances_reader, json_sources, verify
from projects.formats.archive_reader import BadArchive
from projects.formats.coco_instances_reader import Reading
from projects.formats.records import AnnotationRecord, ImageRecord, Severity
from projects.masks import rle
from tests.projects.formats import zoo

DATA = Path(__file__).parents[2] / "data"

RECTANGLE = [2, 1, 7, 1, 7, 4, 2, 4]  # 5 x 3 pixels at (2, 1)
LISTED = {"size": [6, 8], "counts": [13, 3, 3, 3, 3, 3, 3, 3, 3, 3, 8]}


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


HERE = "$.annotations[0]"
MASK = f"{HERE}.segmentation"
REFUSED = {
    "image unknown": ({"image_id": 5}, f"{HERE}.image_id", "unknown_image"),
    "image a truth": ({"image_id": True}, f"{HERE}.image_id", "unknown_image"),
    "image a list": ({"image_id": [4]}, f"{HERE}.image_id", "unknown_image"),
    "category unknown": ({"category_id": 4}, f"{HERE}.category_id", "unknown_category"),
    "category missing": ({"category_id": None}, f"{HERE}.category_id", "unknown_category"),
    "crowd a list": ({"iscrowd": [0]}, f"{HERE}.iscrowd", "bad_iscrowd"),
    "crowd two": ({"iscrowd": 2}, f"{HERE}.iscrowd", "bad_iscrowd"),
    "no segmentation": ({"segmentation": None}, MASK, "no_mask"),
    "empty segmentation": ({"segmentation": []}, MASK, "no_mask"),
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


IMAGE = {"id": 4, "file_name": "a.jpg", "width": 8, "height": 6}
CATEGORY = {"id": 3, "name": "cat"}
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

    reading, _ = read(document(*good, annotation(id=2000, segmentation=[])))

    assert said(reading) == [("$.annotations[1999].segmentation", "no_mask", "error")]


def test_coco_2017_is_read_as_pycocotools_reads_it() -> None:
    path = DATA / "coco_instances_val2017.json"
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))

    reading, records = read_bytes(path.read_bytes())

    assert reading.findings.errors == 0
    assert len(reading.categories) == 80
    assert sorted(record.id for record in records) == sorted(coco.anns)
    for record in records:
        entry = coco.anns[record.id]
        assert np.array_equal(rle.to_bitmap(record.rle), coco.annToMask(entry).astype(bool))
        assert record.iscrowd == bool(entry["iscrowd"])
        assert record.category_id == entry["category_id"]
    # COCO's own crowds have boxes one pixel short.
    assert reading.findings.counts == {"box_off_by_one": 1}


def test_boxes_drawn_as_polygons_with_wrong_areas_are_taken_with_their_pixels() -> None:
    reading, records = read_bytes((DATA / "sahi_terrain2_coco.json").read_bytes())

    assert reading.findings.counts == {"area": 5}
    assert len(records) == 5


@pytest.mark.parametrize("segmentation", ["rle", "rle_uncompressed", "polygon"])
def test_our_own_export_comes_back_whole(tmp_path: Path, segmentation: str) -> None:
    path = tmp_path / "export.zip"
    dataset = zoo.zoo()
    options = {"segmentation": segmentation, "with_stuff": True}
    verify.export(dataset, path, format_name="coco_instances", options=options)

    found: list[AnnotationRecord] = []
    names = {}
    for source in json_sources.sources(path):
        reading = coco_instances_reader.read(source.open)
        found += reading.annotations()
        names |= {each.id: (each.file_name, each.sha256) for each in reading.images.values()}
        assert reading.findings.counts == {}

    sent = [record for item in dataset.items() for record in item.annotations]
    assert sorted(found, key=lambda each: each.id) == sorted(sent, key=lambda each: each.id)
    assert names == {
        item.image.id: (item.image.file_name.strip(), item.image.sha256) for item in dataset.items()
    }


def test_a_plain_json_file_is_its_own_source(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(json.dumps(document(annotation())).encode())

    (source,) = json_sources.sources(path)

    assert source.name == ""
    assert len(list(coco_instances_reader.read(source.open).annotations())) == 1


def test_beside_instances_the_other_files_of_an_archive_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "annotations.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("captions_val.json", "instances_val.json", "instances_train.json"):
            archive.writestr(f"annotations/{name}", json.dumps(document()))

    names = [source.name for source in json_sources.sources(path)]

    assert names == ["annotations/instances_val.json", "annotations/instances_train.json"]


def test_an_archive_without_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    verify.export(zoo.dataset_of(), path, format_name="coco_instances", options={})
    only_about = tmp_path / "about.zip"
    only_about.write_bytes(
        path.read_bytes().replace(b"instances_default.json", b"instances_default.text")
    )

    with pytest.raises(BadArchive, match="no JSON"):
        json_sources.sources(only_about)


class Endless(io.RawIOBase):
    """A COCO file of many long annotations, made while it is read."""

    def __init__(self, count: int) -> None:
        head, tail = json.dumps(document()).split('"annotations": []')
        entry = json.dumps(annotation(padding="x" * 20_000))
        self._parts = itertools.chain(
            [f'{head}"annotations": ['],
            (entry.replace('"id": 1', f'"id": {i}', 1) + "," for i in range(2, count + 1)),
            [f"{entry}]{tail}"],
        )

    def read(self, _count: int = -1) -> bytes:
        return next(self._parts, "").encode()


def test_memory_does_not_grow_with_the_file() -> None:
    peaks = []
    for count in (100, 1000):
        tracemalloc.start()
        reading = coco_instances_reader.read(lambda count=count: Endless(count))
        assert sum(1 for _ in reading.annotations()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    # Nine hundred entries more are 18 MB of text; only their ids may stay.
    assert peaks[1] - peaks[0] < 1_000_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda each: (
        st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=4), each, max_size=3)
    ),
    max_leaves=8,
)
fields = st.sampled_from(
    [
        "id",
        "image_id",
        "category_id",
        "segmentation",
        "area",
        "bbox",
        "iscrowd",
        "score",
        "attributes",
    ]
)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(fields, json_values, max_size=4), json_values, json_values)
def test_whatever_the_fields_hold_nothing_is_raised(
    facts: dict[str, Any], image: Any, category: Any
) -> None:
    whole = document(annotation(**facts), images=[IMAGE, image], categories=[CATEGORY, category])

    reading, records = read(whole)

    errors = [each for each in reading.findings.kept if each.severity is Severity.ERROR]
    assert len(records) + len(errors) >= 1
    for record in records:
        assert rle.area(record.rle) > 0
        assert record.rle.size_hw == (6, 8)
