"""A COCO instances export read back: each mask equal to its record's, average precision 1."""

from __future__ import annotations

import zipfile
from importlib.metadata import version

from pycocotools import mask as coco_mask

from projects.formats.coco_instances import Options
from projects.formats.mismatch import ExportMismatch
from projects.formats.read_back import Archive, Checked, Entry, SplitReader, walk
from projects.formats.records import AnnotationRecord, Dataset, ImageItem
from projects.formats.self_evaluation import SelfEvaluation
from projects.masks import polygon
from projects.masks import rle as rle_codes

_PERFECT = 1 - 1e-9  # pycocotools adds 2e-16 to a denominator


def check(dataset: Dataset, opened: zipfile.ZipFile, _options: Options) -> Checked:
    """Compare the archive with the records, and evaluate it against itself.

    Raises:
        ExportMismatch: A mask, a field or a count differs, or AP is below 1.
    """
    archive = Archive(opened, "instances")
    checked = Checked()
    evaluations: list[SelfEvaluation] = []

    def of_split(_split: str, reader: SplitReader) -> _Split:
        evaluations.append(SelfEvaluation(reader.categories))
        return _Split(archive, checked, evaluations[-1])

    checked.count("images", walk(dataset, archive, of_split))
    for evaluation in evaluations:
        evaluation.finish()
    checked.count("left_out", archive.objects_left_out)
    checked.facts = _facts(evaluations)
    return checked


class _Split:
    """Compares the images of one split."""

    def __init__(self, archive: Archive, checked: Checked, evaluation: SelfEvaluation) -> None:
        self._archive = archive
        self._checked = checked
        self._evaluation = evaluation

    def __call__(self, item: ImageItem, entry: Entry, annotations: list[Entry]) -> None:
        by_id = {annotation["id"]: annotation for annotation in annotations}
        if len(by_id) != len(annotations):
            raise ExportMismatch(f"image {item.image.id} has two annotations of one id")
        for record in item.annotations:
            annotation = by_id.pop(record.id, None)
            if annotation is not None:
                _compare(record, annotation, item.image.size_hw)
                self._checked.count("masks_compared")
            elif record.id not in self._archive.left_out:
                raise ExportMismatch(f"annotation {record.id} is missing, without a reason")
        if by_id:
            raise ExportMismatch(f"annotations {list(by_id)} are not in the records")
        self._checked.count("annotations", len(annotations))
        self._evaluation.add(entry, annotations)


def _compare(record: AnnotationRecord, annotation: Entry, size_hw: tuple[int, int]) -> None:
    read = polygon.from_segmentation(annotation["segmentation"], size_hw)
    # Canonical codes are equal exactly where no pixel differs.
    if read != record.rle:
        raise ExportMismatch(f"the mask of annotation {record.id} differs from its record")
    theirs = rle_codes.to_wire(read)
    if annotation["area"] != int(coco_mask.area(theirs)):
        raise ExportMismatch(f"the area of annotation {record.id} is not that of its mask")
    if annotation["bbox"] != coco_mask.toBbox(theirs).tolist():
        raise ExportMismatch(f"the box of annotation {record.id} is not that of its mask")
    links = (annotation["image_id"], annotation["category_id"], annotation["iscrowd"])
    if links != (record.image_id, record.category_id, int(record.iscrowd)):
        raise ExportMismatch(f"annotation {record.id} has another image, category or crowd mark")


def _facts(evaluations: list[SelfEvaluation]) -> dict[str, object]:
    precisions = [
        evaluation.average_precision
        for evaluation in evaluations
        if evaluation.average_precision is not None
    ]
    worst = min(precisions, default=None)
    if worst is not None and worst < _PERFECT:
        raise ExportMismatch(f"average precision against itself is {worst}, expected 1")
    crowds = sum(evaluation.crowds for evaluation in evaluations)
    return {
        "masks_different": 0,
        "average_precision": None if worst is None else 1.0,
        "average_precision_is": "of the file against itself, by pycocotools, IoU 0.50 to 0.95, all "
        "sizes; null where there is nothing to find",
        "detections_looked_at": max((each.most_objects for each in evaluations), default=0),
        "crowds_not_evaluated": crowds,
        "crowds_are": "compared pixel by pixel like the others, but COCO's evaluation ignores them",
        "tools": {"pycocotools": version("pycocotools")},
    }
