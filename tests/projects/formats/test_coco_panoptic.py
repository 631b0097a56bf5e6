"""COCO panoptic exports, read back with tools that are not ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datumaro
import numpy as np
import pytest
from PIL import Image

from projects.formats import verify
from projects.formats.records import ImageItem
from projects.masks.panoptic import SegmentsOverlap
from tests.projects.formats import zoo

Export = Callable[..., Path]

TORCHMETRICS = Path(__file__).with_name("torchmetrics_quality.py")


def load(folder: Path, split: str) -> dict[str, Any]:
    return json.loads((folder / f"annotations/panoptic_{split}.json").read_text())


def ids_of(folder: Path, split: str, annotation: dict[str, Any]) -> np.ndarray:
    picture = Image.open(folder / f"annotations/panoptic_{split}" / annotation["file_name"])
    assert picture.mode == "RGB"
    return np.array(picture).astype(np.int64) @ [1, 256, 65536]


@pytest.mark.parametrize("split", ["train", "val", "default"])
def test_png_and_json_say_the_same(export_to: Export, split: str) -> None:
    folder = export_to(zoo.zoo(), "coco_panoptic")

    panoptic = load(folder, split)
    images = {entry["id"]: entry for entry in panoptic["images"]}
    assert [entry["image_id"] for entry in panoptic["annotations"]] == list(images)
    for annotation in panoptic["annotations"]:
        ids = ids_of(folder, split, annotation)
        image = images[annotation["image_id"]]
        assert ids.shape == (image["height"], image["width"])
        assert {each["id"] for each in annotation["segments_info"]} == set(np.unique(ids)) - {0}
        assert "id" not in annotation
        for segment in annotation["segments_info"]:
            rows, columns = np.nonzero(ids == segment["id"])
            assert segment["area"] == rows.size
            left, top = columns.min(), rows.min()
            box = [left, top, columns.max() - left + 1, rows.max() - top + 1]
            assert segment["bbox"] == box


def test_categories_say_what_is_a_thing(export_to: Export) -> None:
    panoptic = load(export_to(zoo.zoo(), "coco_panoptic"), "val")

    assert [(each["id"], each["isthing"], each["color"]) for each in panoptic["categories"]] == [
        (1, 1, [200, 30, 30]),
        (2, 1, [0, 0, 0]),
        (7, 0, [30, 30, 200]),
    ]


@pytest.mark.slow
def test_torchmetrics_finds_panoptic_quality_one(export_to: Export) -> None:
    folder = export_to(zoo.zoo(), "coco_panoptic")

    outcome = subprocess.run(
        [sys.executable, TORCHMETRICS, folder / "annotations/panoptic_val.json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )

    assert outcome.stdout == "1.0", outcome.stderr


@pytest.mark.parametrize("with_images", [True, False])
def test_datumaro_detects_and_reads(export_to: Export, with_images: bool) -> None:
    folder = export_to(zoo.zoo(), "coco_panoptic", with_images=with_images)

    assert datumaro.Environment().detect_dataset(str(folder)) == ["coco_panoptic"]
    read = datumaro.Dataset.import_from(str(folder), "coco_panoptic")
    areas = {
        (item.id, item.subset): sorted(int(each.image.sum()) for each in item.annotations)
        for item in read
    }
    sky = zoo.HEIGHT * zoo.WIDTH - 500 - 392 - 25 - 68
    assert areas == {
        ("a", "val"): [25, 68, 392, 500, sky],
        ("a-2", "train"): [25, 68, 392, 500, sky],
        ("A-9", "val"): [25, 68, 392, 500, sky],
        ("new", "val"): [],
        ("caf\u00e9", "default"): [],
    }


def test_covered_objects_are_left_out_and_said(export_to: Export) -> None:
    below = zoo.annotation(3, 1, 1, zoo.rectangle(10, 10, 5, 5), z=0)
    above = zoo.annotation(4, 1, 2, zoo.rectangle(5, 5, 20, 20), z=1)
    dataset = zoo.dataset_of(ImageItem(zoo.image(1, "a.jpg"), (below, above)))

    folder = export_to(dataset, "coco_panoptic")

    segments = load(folder, "default")["annotations"][0]["segments_info"]
    assert [segment["id"] for segment in segments] == [4]
    findings = json.loads((folder / "manifest.json").read_text())["findings"]
    assert [(each["annotation_id"], each["code"]) for each in findings] == [(3, "covered")]


def test_label_priority_is_the_schemas_order(export_to: Export) -> None:
    cat = zoo.annotation(3, 1, 1, zoo.rectangle(10, 10, 5, 5), z=0)
    dog = zoo.annotation(4, 1, 2, zoo.rectangle(5, 5, 20, 20), z=1)
    dataset = zoo.dataset_of(ImageItem(zoo.image(1, "a.jpg"), (cat, dog)))

    folder = export_to(dataset, "coco_panoptic", overlap="label_priority")

    segments = load(folder, "default")["annotations"][0]["segments_info"]
    assert [(segment["id"], segment["area"]) for segment in segments] == [(3, 25), (4, 375)]


def test_fail_names_the_image_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(SegmentsOverlap, match=r"image 1 \(a.jpg\)"):
        verify.export(
            zoo.zoo(),
            tmp_path / "out.zip",
            format_name="coco_panoptic",
            options={"overlap": "fail"},
        )

    assert list(tmp_path.glob("*.zip")) == []


def test_crowds_of_one_category_are_one_segment(export_to: Export) -> None:
    crowds = [zoo.annotation(i, 1, 1, zoo.rectangle(10 * i, 5, 5, 5), iscrowd=True) for i in (1, 2)]
    dataset = zoo.dataset_of(ImageItem(zoo.image(1, "a.jpg"), tuple(crowds)))

    segments = load(export_to(dataset, "coco_panoptic"), "default")["annotations"][0][
        "segments_info"
    ]

    assert [(each["id"], each["area"], each["iscrowd"]) for each in segments] == [(1, 50, 1)]
