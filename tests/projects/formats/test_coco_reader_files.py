"""Whole COCO files: of others, our own, archives, endless ones, and whatever chance writes."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from projects.formats import coco_instances_reader, json_sources, verify
from projects.formats.archive_reader import BadArchive
from projects.formats.records import AnnotationRecord, Severity
from projects.masks import rle
from tests.projects.formats import zoo
from tests.projects.formats.coco_files import (
    CATEGORY,
    IMAGE,
    annotation,
    document,
    read,
    read_bytes,
)

DATA = Path(__file__).parents[2] / "data"


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
