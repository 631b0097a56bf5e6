"""A COCO panoptic export read back: PNG, JSON and records agree, panoptic quality 1."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from PIL import Image

from projects.formats.coco_panoptic import Options, flattened, segments_info
from projects.formats.mismatch import ExportMismatch
from projects.formats.read_back import Archive, Checked, Entry, ItemCheck, SplitReader, walk
from projects.formats.records import CategoryRecord, Dataset, ImageItem
from projects.masks import panoptic
from projects.masks.panoptic import PanopticMap
from projects.masks.quality import LabelledSegment, PanopticQuality

_COVERED = "covered"
_PERFECT = 1 - 1e-9


def check(dataset: Dataset, opened: zipfile.ZipFile, options: Options) -> Checked:
    """Compare the archive with the records, and evaluate it against itself.

    Raises:
        ExportMismatch: A pixel, a segment or a count differs, or PQ is below 1.
    """
    archive = Archive(opened, "panoptic")
    checked = Checked()
    quality = PanopticQuality()
    schema = {category.id: category for category in dataset.categories}

    comparison = _Comparison(archive, checked, quality, options)

    def of_split(split: str, _reader: SplitReader) -> ItemCheck:
        def check_item(item: ImageItem, _entry: Entry, annotations: list[Entry]) -> None:
            comparison.compare(item, f"annotations/panoptic_{split}", annotations, schema)

        return check_item

    checked.count("images", walk(dataset, archive, of_split))
    checked.count("left_out", archive.objects_left_out)
    mean = quality.mean()
    if mean is not None and mean < _PERFECT:
        raise ExportMismatch(f"panoptic quality against itself is {mean}, expected 1")
    checked.facts = {
        "pixels_different": 0,
        "panoptic_quality": None if mean is None else 1.0,
        "panoptic_quality_is": "of the file against itself by the rules of panopticapi, mean over "
        "categories; null where there is nothing to find",
        "tools": {"pillow": version("pillow")},
    }
    return checked


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares images one by one."""

    archive: Archive
    checked: Checked
    quality: PanopticQuality
    options: Options

    def compare(
        self,
        item: ImageItem,
        folder: str,
        annotations: list[Entry],
        schema: dict[int, CategoryRecord],
    ) -> None:
        """Compare the image's entry and its PNG with its records, and count their quality."""
        if len(annotations) != 1:
            raise ExportMismatch(f"image {item.image.id} has {len(annotations)} entries, not one")
        flat = self._expected(item, schema)
        self._compare_pixels(item, f"{folder}/{annotations[0]['file_name']}", flat)
        segments = annotations[0]["segments_info"]
        if segments != segments_info(flat):
            raise ExportMismatch(f"segments of image {item.image.id} do not describe its PNG")
        labelled = [_labelled(segment) for segment in segments]
        # The PNG's pixels are those of the map, as was just seen; areas are the file's own.
        self.quality.add(flat.ids, labelled, flat.ids, labelled)
        self.checked.count("segments", len(labelled))
        self.checked.count("void_pixels", flat.void)

    def _expected(self, item: ImageItem, schema: dict[int, CategoryRecord]) -> PanopticMap:
        reasons = self.archive.left_out
        records = [
            record for record in item.annotations if reasons.get(record.id, _COVERED) == _COVERED
        ]
        flat = flattened(item, records, schema, self.options)
        for key in flat.covered:
            if int(key) not in reasons:
                raise ExportMismatch(f"annotation {key} is missing, without a reason")
        return flat

    def _compare_pixels(self, item: ImageItem, png: str, flat: PanopticMap) -> None:
        with Image.open(io.BytesIO(self.archive.read(png))) as picture:
            if picture.mode != "RGB":
                raise ExportMismatch(f"{png} is {picture.mode}, expected 24-bit RGB")
            if not np.array_equal(np.asarray(picture), panoptic.to_rgb(flat.ids)):
                raise ExportMismatch(f"pixels of {png} (image {item.image.id}) differ")


def _labelled(segment: Entry) -> LabelledSegment:
    return LabelledSegment(
        id=segment["id"],
        category_id=segment["category_id"],
        area=segment["area"],
        iscrowd=bool(segment["iscrowd"]),
    )
