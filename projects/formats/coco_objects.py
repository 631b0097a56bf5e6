"""The objects of a COCO file: each becomes a record, or a finding that says why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

from projects.errors import sentence
from projects.formats import coco_fields
from projects.formats.coco_tables import Categories, Images
from projects.formats.records import (
    AnnotationRecord,
    CategoryRecord,
    Finding,
    Findings,
    ImageRecord,
    Severity,
)
from projects.masks import polygon
from projects.masks import rle as rle_codes
from projects.masks.types import InvalidMask, Rle

_BOX_NUMBERS = 4
_SHARE = 0.1  # a polygon's own area and its pixels differ by about half its outline, or less
_NEAR_PX = 3.0  # spikes without area stick out of a polygon, not of its pixels

_CORRECT = sentence("correct the entry")


class _Refused(Exception):
    """An object that cannot be taken, with the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Objects:
    """Reads the entries of ``annotations`` one after the other."""

    def __init__(self, images: Images, categories: Categories, findings: Findings) -> None:
        self._images = images
        self._categories = categories
        self._findings = findings
        self._seen: set[int] = set()

    def record(self, place: int, entry: object) -> AnnotationRecord | None:
        """Read an entry; None where it cannot be taken, and then there is a finding."""
        path = f"$.annotations[{place}]"
        try:
            return self._read(path, entry)
        except _Refused as refusal:
            self._findings.add(refusal.finding)
            return None

    def _read(self, path: str, entry: object) -> AnnotationRecord | None:
        if not isinstance(entry, dict):
            _refuse(path, "not_an_object", "expected an object for each annotation")
        image = self._image(path, entry)
        if image is None:
            return None
        category = self._category(path, entry)
        rectangle = self._rectangle(path, entry, image)
        rle = rectangle or self._mask(path, entry, image)
        if not rectangle:
            self._check_measures(path, entry, rle)
        return AnnotationRecord(
            id=self._id(path, entry),
            image_id=image.id,
            category_id=category.id,
            rle=rle,
            iscrowd=self._iscrowd(path, entry),
            z=z if type(z := entry.get("z")) is int and abs(z) < 1 << 31 else 0,
            attributes=self._attributes(path, entry),
            score=self._score(path, entry),
            is_box=rectangle is not None,
        )

    def _image(self, path: str, entry: Mapping[str, object]) -> ImageRecord | None:
        image_id = coco_fields.identifier(entry.get("image_id"))
        if image_id in self._images.absent:
            self._warn(path, "object_of_missing_image", "its image was not taken", "left out")
            return None
        if image_id is None or image_id not in self._images.by_id:
            _refuse(
                f"{path}.image_id",
                "unknown_image",
                f"image_id is {coco_fields.shown(entry.get('image_id'))}, no image has it",
            )
        return self._images.by_id[image_id]

    def _category(self, path: str, entry: Mapping[str, object]) -> CategoryRecord:
        category_id = coco_fields.identifier(entry.get("category_id"))
        if category_id is None or category_id not in self._categories.by_id:
            _refuse(
                f"{path}.category_id",
                "unknown_category",
                f"category_id is {coco_fields.shown(entry.get('category_id'))}, no category has it",
            )
        return self._categories.by_id[category_id]

    def _id(self, path: str, entry: Mapping[str, object]) -> int:
        found = coco_fields.identifier(entry.get("id"))
        if found is None:
            came = f"{coco_fields.shown(entry.get('id'))}"
            self._warn(
                f"{path}.id", "bad_id", f"id is {came}, expected a whole number", "numbered anew"
            )
            return 0
        if found == 0:
            self._warn(
                f"{path}.id",
                "id_zero",
                "ids begin at 1; pycocotools takes 0 for no match",
                "numbered anew",
            )
        elif found in self._seen:
            self._warn(
                f"{path}.id",
                "duplicate_id",
                f"annotation id {found} is there twice",
                "both are taken and numbered anew",
            )
        self._seen.add(found)
        return found

    def _iscrowd(self, path: str, entry: Mapping[str, object]) -> bool:
        value = entry.get("iscrowd", 0)
        if isinstance(value, bool):
            self._warn(
                f"{path}.iscrowd",
                "boolean_iscrowd",
                "iscrowd is true or false, not 1 or 0",
                "taken",
            )
            return value
        if value not in (0, 1):
            _refuse(
                f"{path}.iscrowd",
                "bad_iscrowd",
                f"iscrowd is {coco_fields.shown(value)}, expected 0 or 1",
            )
        return value == 1

    def _attributes(self, path: str, entry: Mapping[str, object]) -> Mapping[str, object]:
        value = entry.get("attributes")
        found = coco_fields.attributes(value) if value is not None else {}
        if found is None:
            self._warn(
                f"{path}.attributes",
                "bad_attributes",
                "attributes are not an object of plain, short values",
                "taken without them",
            )
        return found or {}

    def _score(self, path: str, entry: Mapping[str, object]) -> float | None:
        if entry.get("score") is None:
            return None
        score = coco_fields.number(entry["score"])
        if score is None or not 0 <= score <= 1:
            self._warn(
                f"{path}.score",
                "bad_score",
                f"score is {coco_fields.shown(entry['score'])}, expected 0 to 1",
                "taken without it",
            )
            return None
        return score

    def _rectangle(self, path: str, entry: Mapping[str, object], image: ImageRecord) -> Rle | None:
        """Return the pixels of the box of an object that has nothing else, None for others."""
        value = entry.get("bbox")
        if entry.get("segmentation") or not isinstance(value, list) or len(value) != _BOX_NUMBERS:
            return None
        path = f"{path}.bbox"
        sides = [side for part in value if (side := coco_fields.number(part)) is not None]
        if len(sides) < _BOX_NUMBERS or min(sides[2:]) <= 0:
            _refuse(
                path,
                "bad_box",
                f"bbox is {coco_fields.shown(value)}, expected x, y, width and height",
            )
        rle = _pixels_of(sides, image)
        if rle is None:
            _refuse(path, "box_outside", "the box has no pixel inside the image", "leave it out")
        self._warn(
            path,
            "box_only",
            "the object has a box and no mask",
            "taken as a suggestion in the shape of its box; pre-labelling can find the mask",
        )
        return rle

    def _mask(self, path: str, entry: Mapping[str, object], image: ImageRecord) -> Rle:
        segmentation = entry.get("segmentation")
        path = f"{path}.segmentation"
        if not segmentation:
            _refuse(
                path, "no_mask", "the object has neither mask nor box", "draw it, or leave it out"
            )
        if _is_box(segmentation):
            _refuse(
                path,
                "box_as_polygon",
                "a polygon of four numbers, which readers take for a box",
                "write the four corners as eight numbers",
            )
        try:
            rle = polygon.from_segmentation(segmentation, image.size_hw)
        except InvalidMask as error:
            _refuse(path, error.code, error.message)
        if not rle_codes.area(rle):
            _refuse(
                path,
                "empty_mask",
                "the mask has no pixel inside the image",
                "draw it, or leave it out",
            )
        return rle

    def _check_measures(self, path: str, entry: Mapping[str, object], rle: Rle) -> None:
        """Compare what the file says about the mask with the mask; the mask is right."""
        pixels, box = rle_codes.area_and_bbox_xywh(rle)
        # Polygons are measured by their corners, run lengths by their pixels.
        is_polygon = isinstance(entry["segmentation"], list)
        outline = box[2] + box[3]
        area = coco_fields.number(entry.get("area"))
        slack = max(_SHARE * pixels, outline) if is_polygon else 0.0
        if area is not None and abs(area - pixels) > slack:
            self._warn(
                f"{path}.area",
                "area",
                f"area is {area:g}, the mask has {pixels} pixels",
                f"{pixels} is taken",
            )
        self._check_box(f"{path}.bbox", entry.get("bbox"), box, _NEAR_PX if is_polygon else 0.0)

    def _check_box(
        self, path: str, value: object, box: tuple[int, int, int, int], slack: float
    ) -> None:
        sides = [coco_fields.number(side) for side in value] if isinstance(value, list) else []
        if len(sides) != _BOX_NUMBERS:
            return
        off = [0.0 if came is None else came - own for came, own in zip(sides, box, strict=True)]
        if None not in sides and max(abs(each) for each in off) <= slack:
            return
        one_less = off == [0, 0, -1, -1]
        self._warn(
            path,
            "box_off_by_one" if one_less else "box",
            f"bbox is {sides}, that of the mask is {list(box)}",
            "that of the mask is taken",
        )

    def _warn(self, path: str, code: str, message: str, repair: str) -> None:
        self._findings.add(Finding(path, code, message, repair, Severity.WARNING))


def _pixels_of(box_xywh: Sequence[float], image: ImageRecord) -> Rle | None:
    """Return a box as whole pixels, at least one a side; None if none is inside the image."""
    x, y, width, height = box_xywh
    x0, y0 = max(0, round(x)), max(0, round(y))
    x1 = min(image.width, max(round(x + width), round(x) + 1))
    y1 = min(image.height, max(round(y + height), round(y) + 1))
    if x1 <= x0 or y1 <= y0:
        return None
    ring = [x0, y0, x1, y0, x1, y1, x0, y1]
    return polygon.from_segmentation([ring], image.size_hw)


def _is_box(segmentation: object) -> bool:
    return isinstance(segmentation, list) and any(
        isinstance(ring, list) and len(ring) == _BOX_NUMBERS for ring in segmentation
    )


def _refuse(path: str, code: str, message: str, repair: str = _CORRECT) -> NoReturn:
    raise _Refused(Finding(path, code, message, repair))
