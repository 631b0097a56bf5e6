"""COCO panoptic, written: for each image a PNG of segment ids, for each split a JSON about them.

Source of the form: cocodataset.org/#format-data and cocodataset/panopticapi. Each pixel belongs to
one segment or to none (0, void); area and box are those of the segment's pixels in the PNG.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from projects.formats import options as option_values
from projects.formats.archive import ZipWriter
from projects.formats.coco_archive import CocoArchive
from projects.formats.records import (
    AnnotationRecord,
    CategoryRecord,
    Dataset,
    ImageItem,
    Report,
    Severity,
)
from projects.masks import panoptic
from projects.masks.panoptic import Layer, OverlapPolicy, PanopticMap, SegmentsOverlap


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen about a COCO panoptic export.

    Attributes:
        overlap: Whose a pixel is that several objects claim.
        with_images: Whether the image files go into the archive.
    """

    overlap: OverlapPolicy = OverlapPolicy.Z_ORDER
    with_images: bool = True

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """Read options from plain values.

        Raises:
            InvalidOption: Unknown name or value.
        """
        option_values.refuse_unknown(values, cls.__dataclass_fields__)
        overlap = option_values.choice(values, "overlap", OverlapPolicy, OverlapPolicy.Z_ORDER)
        return cls(
            overlap=OverlapPolicy(overlap),
            with_images=option_values.flag(values, "with_images", default=True),
        )


def write(dataset: Dataset, out: ZipWriter, options: Options) -> Report:
    """Write the dataset; objects without a pixel of their own are left out and reported.

    Raises:
        SegmentsOverlap: Under the policy that allows no overlap; the message names the image.
        ValueError: Images do not come in ascending order of id.
    """
    archive = CocoArchive(out, kind="panoptic", with_images=options.with_images)
    schema = {category.id: category for category in dataset.categories}
    for item in dataset.items():
        place = archive.place(item.image)
        records = [measured.record for measured in archive.sound(item, schema)]
        flat = flattened(item, records, schema, options)
        _report_covered(archive, records, flat)
        png = f"{place.stem}.png"
        out.add(
            f"annotations/panoptic_{place.split}/{png}",
            panoptic.encode_png(flat.ids),
            compress=False,
        )
        entry = {
            "image_id": item.image.id,
            "file_name": png,
            "segments_info": segments_info(flat),
        }
        archive.add(item.image, place, [entry], len(flat.segments))
    return archive.finish(dataset, _categories(dataset), {"overlap": options.overlap.value})


def flattened(
    item: ImageItem,
    records: Sequence[AnnotationRecord],
    schema: Mapping[int, CategoryRecord],
    options: Options,
) -> PanopticMap:
    """Flatten objects of an image under the chosen policy.

    Raises:
        SegmentsOverlap: See ``write``.
    """
    layers = [_layer(record, schema) for record in records]
    try:
        return panoptic.flatten(layers, item.image.size_hw, options.overlap)
    except SegmentsOverlap as error:
        raise SegmentsOverlap(
            f"image {item.image.id} ({item.image.file_name}): {error.message}",
            code=error.code,
            image=item.image.id,
            pixels=error.facts["pixels"],
        ) from error


def _layer(record: AnnotationRecord, schema: Mapping[int, CategoryRecord]) -> Layer:
    category = schema[record.category_id]
    return Layer(
        segment_key=str(record.id),
        rle=record.rle,
        is_thing=category.is_thing,
        category_id=category.id,
        number=record.id,
        z=record.z,
        priority=category.order,
        iscrowd=record.iscrowd,
    )


def segments_info(flat: PanopticMap) -> list[dict[str, object]]:
    """Describe a map's segments as the JSON does."""
    return [
        {
            "id": segment.id,
            "category_id": segment.category_id,
            "area": segment.area,
            "bbox": list(segment.bbox_xywh),
            "iscrowd": int(segment.iscrowd),
        }
        for segment in flat.segments
    ]


def _report_covered(
    archive: CocoArchive, records: Sequence[AnnotationRecord], flat: PanopticMap
) -> None:
    covered = set(flat.covered)
    for record in records:
        if str(record.id) in covered:
            archive.report_object(
                record,
                "covered",
                "other objects lie on all of its pixels",
                "left out",
                Severity.WARNING,
            )


def _categories(dataset: Dataset) -> list[dict[str, object]]:
    return [
        {
            "id": category.id,
            "name": category.name,
            "supercategory": category.supercategory,
            "isthing": int(category.is_thing),
            "color": list(category.color),
        }
        for category in sorted(dataset.categories, key=lambda category: category.id)
    ]
