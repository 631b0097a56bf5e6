"""Plain records that formats write and read: values only, no rows, no requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from projects.masks.types import Rle

DEFAULT_COLOR = (128, 128, 128)


@dataclass(frozen=True, slots=True)
class CategoryRecord:
    """A label of the schema. ``order`` is its place there; the lowest is the most important."""

    id: int
    name: str
    supercategory: str = ""
    is_thing: bool = True
    color: tuple[int, int, int] = DEFAULT_COLOR
    order: int = 0


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image as displayed and stored.

    Attributes:
        id: The image's number in its project, from 1.
        file_name: The name its owner gave it, any text.
        width: In pixels, as displayed.
        height: In pixels, as displayed.
        status: The image's state in the work, e.g. ``accepted``.
        split: ``train``, ``val``, ``test`` or nothing.
        mime: The stored file's type; its extension follows from it.
        sha256: Of the stored file, or nothing where it is not known.
        source: Opens the stored file; None where an export goes without images.
        is_turned: The stored file was turned once from the upload, after its orientation tag.
        tags: The project's words that the image carries, in order.
    """

    id: int
    file_name: str
    width: int
    height: int
    status: str = ""
    split: str = ""
    mime: str = ""
    sha256: str = ""
    source: Callable[[], BinaryIO] | None = None
    is_turned: bool = False
    tags: tuple[str, ...] = ()

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return (self.height, self.width)


@dataclass(frozen=True, slots=True)
class AnnotationRecord:
    """An object of an image. ``id`` is its number in the project, from 1; higher z lies on top.

    ``is_box``: what it was read from tells its box only, so its mask is that rectangle.
    """

    id: int
    image_id: int
    category_id: int
    rle: Rle
    iscrowd: bool = False
    z: int = 0
    attributes: Mapping[str, object] = field(default_factory=dict)
    score: float | None = None
    is_box: bool = False


@dataclass(frozen=True, slots=True)
class ImageItem:
    """An image with its objects: the unit in which datasets stream."""

    image: ImageRecord
    annotations: tuple[AnnotationRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """What an export writes.

    Attributes:
        name: The project's name.
        categories: All labels that the annotations use, and those that belong to the schema.
        items: Starts the stream anew at each call, with the same images in ascending order of id;
            it is called once to write and once to verify, so that memory stays flat.
    """

    name: str
    categories: tuple[CategoryRecord, ...]
    items: Callable[[], Iterable[ImageItem]]


class Severity(StrEnum):
    """What a finding means for the object that it points to."""

    ERROR = "error"  # the object cannot be taken as it is
    WARNING = "warning"  # taken, in the way that the repair says
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a dataset that its owner should know.

    Attributes:
        path: Where, as a JSON path: ``$.annotations[12].segmentation``.
        code: A short stable word for programs.
        message: What was expected and what came.
        repair: What was done about it, or what would help.
        severity: Whether the object was taken.
    """

    path: str
    code: str
    message: str
    repair: str
    severity: Severity = Severity.ERROR


class Findings:
    """Findings counted by code, of which only the first are kept: a file may have millions."""

    def __init__(self, keep: int = 100) -> None:
        self.kept: list[Finding] = []
        self.counts: dict[str, int] = {}
        self.errors = 0
        self._keep = keep

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it while there is room."""
        self.counts[finding.code] = self.counts.get(finding.code, 0) + 1
        self.errors += finding.severity is Severity.ERROR
        if len(self.kept) < self._keep:
            self.kept.append(finding)


@dataclass(frozen=True, slots=True)
class Report:
    """What an export holds, and what it does not.

    Attributes:
        images: Images written.
        annotations: Objects written, or segments in formats that merge objects.
        categories: Categories written.
        splits: Images by split.
        findings: Objects left out or written in another form, each with its reason.
    """

    images: int
    annotations: int
    categories: int
    splits: Mapping[str, int]
    findings: Findings
