"""COCO instances exports, read back with tools that are not ours."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import datumaro
import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from projects.formats import verify
from projects.formats.mismatch import ExportMismatch
from projects.formats.options import InvalidOption
from projects.formats.records import AnnotationRecord, Dataset, ImageItem
from projects.masks import rle
from tests.projects.formats import zoo

Export = Callable[..., Path]

SEGMENTATIONS = ["rle", "rle_uncompressed", "polygon"]


def things(dataset: Dataset) -> list[AnnotationRecord]:
    return [
        record for item in dataset.items() for record in item.annotations if record.category_id != 7
    ]


def load(folder: Path, split: str) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(folder / f"annotations/instances_{split}.json"))


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text())


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_every_mask_comes_back_without_a_pixel_of_difference(
    export_to: Export, segmentation: str
) -> None:
    dataset = zoo.zoo()

    folder = export_to(dataset, "coco_instances", segmentation=segmentation)

    read = {
        annotation["id"]: (annotation, coco.annToMask(annotation).astype(bool))
        for coco in (load(folder, split) for split in ("train", "val", "default"))
        for annotation in coco.anns.values()
    }
    assert sorted(read) == sorted(record.id for record in things(dataset))
    for record in things(dataset):
        annotation, mask = read[record.id]
        assert not (mask ^ rle.to_bitmap(record.rle)).any()
        assert annotation["area"] == mask.sum()
        assert annotation["bbox"] == [float(side) for side in rle.bbox_xywh(record.rle)]
        assert annotation["iscrowd"] == int(record.iscrowd)
        assert annotation["category_id"] == record.category_id
        assert annotation["image_id"] == record.image_id


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_pycocotools_finds_average_precision_one(export_to: Export, segmentation: str) -> None:
    folder = export_to(zoo.zoo(), "coco_instances", segmentation=segmentation)
    truth = load(folder, "val")
    found = [
        {
            "image_id": each["image_id"],
            "category_id": each["category_id"],
            "segmentation": truth.annToRLE(each),
            "score": 0.9,
        }
        for each in truth.anns.values()
    ]

    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(found), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()

    assert evaluation.stats[0] == pytest.approx(1)


@pytest.mark.parametrize("with_images", [True, False])
@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_datumaro_detects_and_reads(
    export_to: Export, segmentation: str, with_images: bool
) -> None:
    dataset = zoo.zoo()

    folder = export_to(
        dataset, "coco_instances", segmentation=segmentation, with_images=with_images
    )

    assert datumaro.Environment().detect_dataset(str(folder)) == ["coco_instances"]
    read = datumaro.Dataset.import_from(str(folder), "coco_instances")
    assert sorted((item.id, item.subset) for item in read) == [
        ("A-9", "val"),
        ("a", "val"),
        ("a-2", "train"),
        ("caf\u00e9", "default"),
        ("new", "val"),
    ]
    masks = {
        each.id: int(each.image.sum())
        for item in read
        for each in item.annotations
        if each.type == datumaro.AnnotationType.mask
    }
    for record in things(dataset):
        if record.id in masks:
            assert masks[record.id] == rle.area(record.rle)
    if segmentation != "polygon":
        assert len(masks) == len(things(dataset))


def test_what_no_polygon_holds_is_written_as_runs_and_said(export_to: Export) -> None:
    folder = export_to(zoo.zoo(), "coco_instances", segmentation="polygon")

    kinds = {each["id"]: type(each["segmentation"]) for each in load(folder, "train").anns.values()}
    assert kinds == {21: list, 22: dict, 23: dict, 24: list}
    said = [
        finding["annotation_id"]
        for finding in manifest(folder)["findings"]
        if finding["code"] == "no_polygon"
    ]
    assert said == [12, 22, 92]


def test_stuff_is_left_out_and_said_or_written_when_asked(export_to: Export) -> None:
    without = export_to(zoo.zoo(), "coco_instances")
    with_stuff = export_to(zoo.zoo(), "coco_instances", with_stuff=True)

    assert sorted(load(without, "val").cats) == [1, 2]
    assert manifest(without)["findings_by_code"] == {"stuff": 3}
    assert sorted(load(with_stuff, "val").cats) == [1, 2, 7]
    assert manifest(with_stuff)["findings_by_code"] == {}
    assert 10 in load(with_stuff, "val").anns


def test_masks_that_cannot_be_written_are_listed_and_block_nothing(export_to: Export) -> None:
    good = zoo.annotation(4, 1, 1, zoo.rectangle(1, 1, 5, 5))
    bad = [
        zoo.annotation(1, 1, 1, zoo.rectangle(0, 0, 0, 0)),
        AnnotationRecord(2, 1, 1, rle.from_bitmap(np.ones((80, 60), bool))),
        zoo.annotation(3, 1, 99, zoo.rectangle(1, 1, 5, 5)),
    ]
    dataset = zoo.dataset_of(ImageItem(zoo.image(1, "a.jpg"), (*bad, good)))

    folder = export_to(dataset, "coco_instances")

    assert list(load(folder, "default").anns) == [4]
    assert [(each["annotation_id"], each["code"]) for each in manifest(folder)["findings"]] == [
        (1, "empty_mask"),
        (2, "mask_size"),
        (3, "unknown_category"),
    ]


def test_reviewed_and_empty_differs_from_not_looked_at(export_to: Export) -> None:
    folder = export_to(zoo.zoo(), "coco_instances")

    states = {
        entry["name"]: (entry["status"], entry["objects"]) for entry in manifest(folder)["images"]
    }
    assert states["cafe\u0301.jpg"] == ("accepted", 0)
    assert states["new.jpg"] == ("new", 0)
    assert load(folder, "val").imgs[6]["status"] == "new"


def test_image_files_are_the_stored_ones(export_to: Export) -> None:
    folder = export_to(zoo.zoo(), "coco_instances")

    assert (folder / "images/val/a.jpg").read_bytes() == zoo.picture(1)
    assert (folder / "images/train/a-2.jpg").read_bytes() == zoo.picture(2)
    assert sorted(path.name for path in (folder / "images/val").iterdir()) == [
        "A-9.jpg",
        "a.jpg",
        "new.jpg",
    ]


def test_a_lost_image_file_is_listed(export_to: Export) -> None:
    def lost() -> Any:
        raise FileNotFoundError("blob")

    item = ImageItem(zoo.image(1, "a.jpg", source=lost), zoo.objects(1))

    folder = export_to(zoo.dataset_of(item), "coco_instances")

    assert len(load(folder, "default").anns) == 4
    codes = [finding["code"] for finding in manifest(folder)["findings"]]
    assert codes == ["image_file_missing", "stuff"]


def test_a_changed_image_file_stops_the_export(tmp_path: Path) -> None:
    image = zoo.image(1, "a.jpg", source=lambda: io.BytesIO(b"other bytes"))

    with pytest.raises(ExportMismatch, match="not the one that was stored"):
        verify.export(
            zoo.dataset_of(ImageItem(image)),
            tmp_path / "out.zip",
            format_name="coco_instances",
            options={},
        )

    assert list(tmp_path.glob("*.zip")) == []


def test_an_empty_project_gives_a_readable_archive(export_to: Export) -> None:
    folder = export_to(zoo.dataset_of(), "coco_instances")

    coco = load(folder, "default")
    assert (len(coco.imgs), len(coco.anns), sorted(coco.cats)) == (0, 0, [1, 2])
    verification = json.loads((folder / "verification.json").read_text())
    assert verification["average_precision"] is None


def test_more_than_a_hundred_objects_are_all_evaluated(export_to: Export) -> None:
    crowded = [
        zoo.annotation(1 + i, 1, 1 + i % 2, zoo.rectangle(3 * (i // 20), 4 * (i % 20), 2, 3))
        for i in range(240)
    ]
    item = ImageItem(zoo.image(1, "many.jpg"), tuple(crowded))

    folder = export_to(zoo.dataset_of(item), "coco_instances")

    verification = json.loads((folder / "verification.json").read_text())
    assert verification["average_precision"] == 1.0
    assert verification["detections_looked_at"] == 240
    assert verification["counts"]["masks_compared"] == 240


def test_only_crowds_leave_nothing_to_evaluate(export_to: Export) -> None:
    crowd = zoo.annotation(1, 1, 1, zoo.rectangle(1, 1, 5, 5), iscrowd=True)

    folder = export_to(zoo.dataset_of(ImageItem(zoo.image(1, "a.jpg"), (crowd,))), "coco_instances")

    verification = json.loads((folder / "verification.json").read_text())
    assert verification["average_precision"] is None
    assert verification["crowds_not_evaluated"] == 1
    assert verification["counts"]["masks_compared"] == 1


def test_attributes_score_and_height_come_along(export_to: Export) -> None:
    folder = export_to(zoo.zoo(), "coco_instances")

    annotations = load(folder, "train").anns
    assert annotations[21]["attributes"] == {"age": 3}
    assert "attributes" not in annotations[22]
    assert annotations[22]["score"] == 0.5
    assert annotations[24]["z"] == 3


def test_images_must_come_in_ascending_order(tmp_path: Path) -> None:
    dataset = zoo.dataset_of(ImageItem(zoo.image(2, "b.jpg")), ImageItem(zoo.image(1, "a.jpg")))

    with pytest.raises(ValueError, match="ascend"):
        verify.export(dataset, tmp_path / "out.zip", format_name="coco_instances", options={})


def test_annotations_are_written_in_one_order_whatever_the_records_order(tmp_path: Path) -> None:
    def reversed_zoo() -> list[ImageItem]:
        return [replace(item, annotations=item.annotations[::-1]) for item in zoo.zoo().items()]

    paths = [tmp_path / "1.zip", tmp_path / "2.zip"]
    for path, dataset in zip(
        paths, [zoo.zoo(), replace(zoo.zoo(), items=reversed_zoo)], strict=True
    ):
        verify.export(dataset, path, format_name="coco_instances", options={})

    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    "options",
    [{"segmentation": "png"}, {"segmentation": 1}, {"with_images": "yes"}, {"with_image": True}],
)
def test_options_that_it_does_not_have_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(InvalidOption):
        verify.export(zoo.zoo(), Path("unused.zip"), format_name="coco_instances", options=options)
