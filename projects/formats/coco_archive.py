"""What both COCO exports share: folders by split, images under names of their own, a manifest.

One pass over the items: images go straight into the archive, the JSON of each split into nameless
temporary files until the last item is known, so that memory stays flat.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, BinaryIO

from projects.formats.archive import MemberWriter, ZipWriter
from projects.formats.mismatch import ExportMismatch
from projects.formats.names import FileNames
from projects.formats.records import (
    AnnotationRecord,
    CategoryRecord,
    Dataset,
    Finding,
    Findings,
    ImageItem,
    ImageRecord,
    Report,
    Severity,
)
from projects.masks import rle as rle_codes
from projects.masks.types import InvalidMask

DEFAULT_SPLIT = "default"
MANIFEST = "manifest.json"
README = "README.md"
_NO_IMAGES = b"Exported without the image files; they belong into a folder for each split here.\n"
_BLOCK = 1 << 20
_SPLIT = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TEXTS = Path(__file__).parent / "archive_texts"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image went: its split, its file's name there, and the name without extension."""

    split: str
    file_name: str
    stem: str


@dataclass(frozen=True, slots=True)
class Measured:
    """An object with what COCO says about its pixels."""

    record: AnnotationRecord
    area: int
    bbox_xywh: tuple[int, int, int, int]


class JsonArray:
    """The elements of a JSON array, gathered in a temporary file."""

    def __init__(self, spool: IO[bytes]) -> None:
        self.count = 0
        self._spool = spool

    def add(self, element: Mapping[str, object]) -> None:
        """Append an element on a line of its own."""
        self._spool.write((b",\n" if self.count else b"\n") + compact(element))
        self.count += 1

    def pour(self, out: MemberWriter) -> None:
        """Write the array, once, and drop the temporary file."""
        self._spool.seek(0)
        out.write(b"[")
        shutil.copyfileobj(self._spool, out, _BLOCK)
        out.write(b"]")
        self._spool.close()


class CocoArchive:
    """An archive of one COCO kind in the making.

    Args:
        out: The archive.
        kind: ``instances`` or ``panoptic``: the prefix of the JSON files.
        with_images: Whether the image files go in.
    """

    def __init__(self, out: ZipWriter, *, kind: str, with_images: bool) -> None:
        self.out = out
        self.findings = Findings(keep=1000)
        self._kind = kind
        self._with_images = with_images
        self._names = FileNames()
        self._splits: dict[str, tuple[JsonArray, JsonArray]] = {}
        self._manifest_images = JsonArray(out.spool())
        self._manifest_findings = JsonArray(out.spool())
        self._last_id = 0

    def place(self, image: ImageRecord) -> Place:
        """Choose the image's names, and put its file into the archive."""
        if image.id <= self._last_id:
            raise ValueError(f"image {image.id} after {self._last_id}: ids must ascend from 1")
        self._last_id = image.id
        if image.split and not _SPLIT.fullmatch(image.split):
            raise ValueError(f"split {image.split!r} cannot be a folder's name")
        stem, extension = self._names.unique(image)
        place = Place(image.split or DEFAULT_SPLIT, stem + extension, stem)
        if self._with_images and image.source is not None:
            self._copy(image, image.source, f"images/{place.split}/{place.file_name}")
        return place

    def add(
        self,
        image: ImageRecord,
        place: Place,
        annotations: Sequence[Mapping[str, object]],
        count: int,
    ) -> None:
        """Enter an image and its annotations; ``count`` is that of its objects."""
        images, entries = self._split(place.split)
        tags = {"tags": list(image.tags)} if image.tags else {}
        images.add(
            {
                "id": image.id,
                "file_name": place.file_name,
                "width": image.width,
                "height": image.height,
                "status": image.status,
                "original_name": image.file_name,
                "sha256": image.sha256,
                **tags,
            }
        )
        for annotation in annotations:
            entries.add(annotation)
        self._manifest_images.add(
            {
                "id": image.id,
                "file_name": place.file_name,
                "name": image.file_name,
                "split": place.split,
                "status": image.status,
                "objects": count,
                "width": image.width,
                "height": image.height,
                "sha256": image.sha256,
                "turned": image.is_turned,
                **tags,
            }
        )

    def report_object(
        self, record: AnnotationRecord, code: str, message: str, repair: str, severity: Severity
    ) -> None:
        """Note what became of one object."""
        path = f"$.images[{record.image_id}].annotations[{record.id}]"
        finding = Finding(path, code, message, repair, severity)
        self._note(finding, record.image_id, record.id)

    def sound(self, item: ImageItem, categories: Mapping[int, CategoryRecord]) -> list[Measured]:
        """Give the item's objects that can be written, by id; report the others."""
        found = []
        for record in sorted(item.annotations, key=lambda record: record.id):
            try:
                measured = _measured(record, item.image, categories)
            except InvalidMask as error:
                self.report_object(record, error.code, error.message, "left out", Severity.ERROR)
                continue
            found.append(measured)
        return found

    def finish(
        self,
        dataset: Dataset,
        categories: Iterable[Mapping[str, object]],
        facts: Mapping[str, object],
    ) -> Report:
        """Write the JSON files, the manifest and the reading instructions."""
        listed = list(categories)
        if not self._splits:
            self._split(DEFAULT_SPLIT)
        counts = {split: images.count for split, (images, _) in sorted(self._splits.items())}
        annotations = sum(entries.count for _, entries in self._splits.values())
        for split in counts:
            self._write_split(split, dataset.name, listed)
        self._write_manifest(dataset, listed, facts)
        if not self._with_images:
            # datumaro reads only where there is such a folder
            self.out.add("images/README.md", _NO_IMAGES)
        text = (_TEXTS / f"coco_{self._kind}.md").read_text(encoding="utf-8")
        self.out.add(README, text.replace("{split}", next(iter(counts))).encode("utf-8"))
        return Report(
            images=sum(counts.values()),
            annotations=annotations,
            categories=len(listed),
            splits=counts,
            findings=self.findings,
        )

    def _copy(self, image: ImageRecord, source: Callable[[], BinaryIO], name: str) -> None:
        try:
            opened = source()
        except FileNotFoundError:
            finding = Finding(
                f"$.images[{image.id}]",
                "image_file_missing",
                f"the file of {image.file_name!r} is not in the store",
                "annotations are here, the file is not",
            )
            self._note(finding, image.id, None)
            return
        with opened:
            self.out.copy(name, opened)
        if image.sha256 and self.out.members[name].sha256 != image.sha256:
            raise ExportMismatch(f"the file of image {image.id} is not the one that was stored")

    def _note(self, finding: Finding, image_id: int, annotation_id: int | None) -> None:
        self.findings.add(finding)
        self._manifest_findings.add(
            {"image_id": image_id, "annotation_id": annotation_id} | asdict(finding)
        )

    def _split(self, split: str) -> tuple[JsonArray, JsonArray]:
        if split not in self._splits:
            self._splits[split] = (JsonArray(self.out.spool()), JsonArray(self.out.spool()))
        return self._splits[split]

    def _write_split(
        self, split: str, name: str, categories: Sequence[Mapping[str, object]]
    ) -> None:
        images, entries = self._splits[split]
        info = {"description": name, "split": split, "version": "1", "contributor": "Maskwright"}
        with self.out.member(f"annotations/{self._kind}_{split}.json") as member:
            member.write(b'{"info":' + compact(info) + b',\n"licenses":[],\n"categories":')
            member.write(compact(categories) + b',\n"images":')
            images.pour(member)
            member.write(b',\n"annotations":')
            entries.pour(member)
            member.write(b"}\n")

    def _write_manifest(
        self,
        dataset: Dataset,
        categories: Sequence[Mapping[str, object]],
        facts: Mapping[str, object],
    ) -> None:
        head = {
            "name": dataset.name,
            "format": f"coco_{self._kind}",
            **facts,
            "with_images": self._with_images,
            "findings_by_code": dict(sorted(self.findings.counts.items())),
            "categories": categories,
        }
        with self.out.member(MANIFEST) as member:
            member.write(compact(head)[:-1] + b',\n"findings":')
            self._manifest_findings.pour(member)
            member.write(b',\n"images":')
            self._manifest_images.pour(member)
            member.write(b"}\n")


def compact(value: object) -> bytes:
    """Write JSON without spaces, in ASCII: any reader's default encoding will do."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def _measured(
    record: AnnotationRecord, image: ImageRecord, categories: Mapping[int, CategoryRecord]
) -> Measured:
    if record.rle.size_hw != image.size_hw:
        raise InvalidMask(
            f"mask is {record.rle.size_hw}, image is {image.size_hw} (height, width)",
            code="mask_size",
        )
    if record.category_id not in categories:
        raise InvalidMask(
            f"its category {record.category_id} is not in the schema", code="unknown_category"
        )
    area, bbox_xywh = rle_codes.area_and_bbox_xywh(record.rle)
    if not area:
        raise InvalidMask("the mask has no pixel", code="empty_mask")
    return Measured(record, area, bbox_xywh)
