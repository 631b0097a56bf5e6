"""The images and categories of a COCO file, with what is wrong about them."""

from __future__ import annotations

from collections.abc import Callable

from projects.formats import coco_fields
from projects.formats.records import (
    DEFAULT_COLOR,
    CategoryRecord,
    Finding,
    Findings,
    ImageRecord,
    Severity,
)

MOST_IMAGES = 500_000
MOST_CATEGORIES = 10_000
LARGEST_PX = 100_000_000  # where nobody says how large the stored image is

SizeOf = Callable[[ImageRecord], tuple[int, int] | None]


class Images:
    """The file's images by their ids there.

    Args:
        findings: Takes what is wrong.
        size_of: Gives the height and width of the stored image that an entry means, None where
            there is none; without it the file's own word is taken.
    """

    def __init__(self, findings: Findings, size_of: SizeOf | None) -> None:
        self.by_id: dict[int, ImageRecord] = {}
        self.absent: set[int] = set()
        self._findings = findings
        self._size_of = size_of

    def add(self, place: int, entry: object) -> None:
        """Take an entry in, or say why not."""
        path = f"$.images[{place}]"
        record = self._record(path, entry)
        if record is None:
            return
        if record.id in self.by_id or record.id in self.absent:
            self._error(path, "duplicate_image", f"image id {record.id} is there twice")
            return
        if self._size_of is not None:
            self._match(path, record, self._size_of(record))
        elif min(record.size_hw) < 1 or record.width * record.height > LARGEST_PX:
            self._error(
                path,
                "image_size",
                f"width {record.width} and height {record.height}, expected whole numbers from 1 "
                f"and at most {LARGEST_PX} pixels",
            )
            self.absent.add(record.id)
        else:
            self.by_id[record.id] = record

    def _record(self, path: str, entry: object) -> ImageRecord | None:
        if not isinstance(entry, dict):
            self._error(path, "not_an_object", "expected an object for each image")
            return None
        image_id = coco_fields.identifier(entry.get("id"))
        if image_id is None:
            self._error(
                f"{path}.id",
                "bad_id",
                f"id is {coco_fields.shown(entry.get('id'))}, expected a whole number",
            )
            return None
        name = coco_fields.text(entry.get("original_name")) or coco_fields.text(
            entry.get("file_name")
        )
        if not name:
            self._error(f"{path}.file_name", "no_file_name", "the image has no file name")
            return None
        return ImageRecord(
            id=image_id,
            file_name=name,
            width=coco_fields.side(entry.get("width")) or 0,
            height=coco_fields.side(entry.get("height")) or 0,
            status=coco_fields.text(entry.get("status")) or "",
            sha256=coco_fields.sha256(entry.get("sha256")),
        )

    def _match(self, path: str, record: ImageRecord, size_hw: tuple[int, int] | None) -> None:
        if size_hw is None:
            self.absent.add(record.id)
            self._findings.add(
                Finding(
                    path,
                    "image_missing",
                    f"there is no image {record.file_name!r} here",
                    "its objects are left out; upload it and import again",
                    Severity.WARNING,
                )
            )
        elif size_hw != record.size_hw:
            self.absent.add(record.id)
            self._error(
                path,
                "image_size",
                f"{record.file_name!r} is {record.width}x{record.height} in the file, "
                f"{size_hw[1]}x{size_hw[0]} here (width x height)",
                "use the annotations of the picture as it is stored here",
            )
        else:
            self.by_id[record.id] = record

    def _error(self, path: str, code: str, message: str, repair: str = "correct the entry") -> None:
        self._findings.add(Finding(path, code, message, repair))


class Categories:
    """The file's categories; those of one name become one record."""

    def __init__(self, findings: Findings) -> None:
        self.records: list[CategoryRecord] = []
        self.by_id: dict[int, CategoryRecord] = {}
        self._by_name: dict[str, CategoryRecord] = {}
        self._findings = findings

    def add(self, place: int, entry: object) -> None:
        """Take an entry in, or say why not."""
        path = f"$.categories[{place}]"
        record = self._record(path, entry)
        if record is None:
            return
        if record.id in self.by_id:
            self._refuse(path, "duplicate_category", f"category id {record.id} is there twice")
            return
        same = self._by_name.setdefault(record.name, record)
        self.by_id[record.id] = same
        if same is record:
            self.records.append(record)
            return
        self._findings.add(
            Finding(
                path,
                "duplicate_category_name",
                f"categories {same.id} and {record.id} are both called {record.name!r}",
                "they become one label",
                Severity.WARNING,
            )
        )

    def _record(self, path: str, entry: object) -> CategoryRecord | None:
        if not isinstance(entry, dict):
            self._refuse(path, "not_an_object", "expected an object for each category")
            return None
        category_id = coco_fields.identifier(entry.get("id"))
        if category_id is None:
            self._refuse(
                f"{path}.id",
                "bad_id",
                f"id is {coco_fields.shown(entry.get('id'))}, expected a whole number",
            )
            return None
        name = coco_fields.text(entry.get("name"))
        if not name:
            self._refuse(f"{path}.name", "no_name", "the category has no name")
            return None
        return CategoryRecord(
            id=category_id,
            name=name,
            supercategory=coco_fields.text(entry.get("supercategory")) or "",
            is_thing=entry.get("isthing") not in (0, False),
            color=coco_fields.color(entry.get("color")) or DEFAULT_COLOR,
            order=len(self.records),
        )

    def _refuse(self, path: str, code: str, message: str) -> None:
        self._findings.add(Finding(path, code, message, "correct the entry"))
