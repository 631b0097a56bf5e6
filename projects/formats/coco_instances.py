"""COCO instances, written: one JSON file for each split, objects as run lengths or polygons.

Source of the form: cocodataset.org/#format-data. Ids are the records' own, from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from projects.formats import options as option_values
from projects.formats.archive import ZipWriter
from projects.formats.coco_archive import CocoArchive, Measured
from projects.formats.records import (
    CategoryRecord,
    Dataset,
    ImageItem,
    Report,
    Severity,
)
from projects.masks import polygon
from projects.masks import rle as rle_codes


class Segmentation(StrEnum):
    """How a mask is written."""

    RLE = "rle"  # compressed run lengths: exact, small
    RLE_UNCOMPRESSED = "rle_uncompressed"  # for readers that know only lists
    POLYGON = "polygon"  # along pixel edges; what polygons cannot hold stays run lengths


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen about a COCO instances export.

    Attributes:
        segmentation: How masks are written.
        with_images: Whether the image files go into the archive.
        with_stuff: Whether objects of stuff labels are written as well; COCO's own instance files
            hold things only.
    """

    segmentation: Segmentation = Segmentation.RLE
    with_images: bool = True
    with_stuff: bool = False

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """Read options from plain values.

        Raises:
            InvalidOption: Unknown name or value.
        """
        option_values.refuse_unknown(values, cls.__dataclass_fields__)
        chosen = option_values.choice(values, "segmentation", Segmentation, Segmentation.RLE)
        return cls(
            segmentation=Segmentation(chosen),
            with_images=option_values.flag(values, "with_images", default=True),
            with_stuff=option_values.flag(values, "with_stuff", default=False),
        )


def write(dataset: Dataset, out: ZipWriter, options: Options) -> Report:
    """Write the dataset; objects that cannot be written are left out and reported.

    Raises:
        ValueError: Images do not come in ascending order of id.
    """
    archive = CocoArchive(out, kind="instances", with_images=options.with_images)
    schema = {category.id: category for category in dataset.categories}
    for item in dataset.items():
        place = archive.place(item.image)
        entries = [
            _entry(archive, measured, options.segmentation)
            for measured in chosen(archive, item, schema, options)
        ]
        archive.add(item.image, place, entries, len(entries))
    facts = {"segmentation": options.segmentation.value, "with_stuff": options.with_stuff}
    return archive.finish(dataset, _categories(dataset, options), facts)


def chosen(
    archive: CocoArchive,
    item: ImageItem,
    schema: Mapping[int, CategoryRecord],
    options: Options,
) -> list[Measured]:
    """Give the item's objects that belong into the file; report the others."""
    found = []
    for measured in archive.sound(item, schema):
        if schema[measured.record.category_id].is_thing or options.with_stuff:
            found.append(measured)
            continue
        archive.report_object(
            measured.record,
            "stuff",
            "its label is stuff, and instance files hold things",
            "left out; choose with_stuff, or the panoptic format",
            Severity.WARNING,
        )
    return found


def _categories(dataset: Dataset, options: Options) -> list[dict[str, object]]:
    return [
        {
            "id": category.id,
            "name": category.name,
            "supercategory": category.supercategory,
            "color": list(category.color),
        }
        for category in sorted(dataset.categories, key=lambda category: category.id)
        if category.is_thing or options.with_stuff
    ]


def _entry(
    archive: CocoArchive, measured: Measured, segmentation: Segmentation
) -> dict[str, object]:
    record = measured.record
    entry: dict[str, object] = {
        "id": record.id,
        "image_id": record.image_id,
        "category_id": record.category_id,
        "segmentation": _segmentation(archive, measured, segmentation),
        "area": measured.area,
        "bbox": [float(side) for side in measured.bbox_xywh],
        "iscrowd": int(record.iscrowd),
        "z": record.z,
    }
    if record.attributes:
        entry["attributes"] = dict(record.attributes)
    if record.score is not None:
        entry["score"] = record.score
    return entry


def _segmentation(archive: CocoArchive, measured: Measured, segmentation: Segmentation) -> object:
    record = measured.record
    if segmentation is Segmentation.RLE:
        return rle_codes.to_wire(record.rle)
    # COCO writes crowds as run lengths in every file: no loss to report.
    if segmentation is Segmentation.RLE_UNCOMPRESSED or record.iscrowd:
        return rle_codes.to_uncompressed(record.rle)
    rings = polygon.trace(record.rle)
    if rings is not None:
        return rings
    archive.report_object(
        record,
        "no_polygon",
        "it has a hole or too many corners, and no polygon list holds it exactly",
        "written as run lengths",
        Severity.INFO,
    )
    return rle_codes.to_uncompressed(record.rle)
