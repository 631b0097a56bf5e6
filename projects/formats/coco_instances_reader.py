"""COCO instances, read: anybody's file, with polygons or run lengths of either kind.

The file is walked twice, since COCO's own have the categories behind the annotations; nothing but
images, categories and the ids already seen stays in memory. Nothing in a file makes this raise:
what is wrong becomes a finding with its JSON path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO

from projects.errors import InvalidInput
from projects.formats.coco_objects import Objects
from projects.formats.coco_tables import (
    MOST_CATEGORIES,
    MOST_IMAGES,
    Categories,
    Images,
    SizeOf,
)
from projects.formats.json_stream import END_OF_ARRAY, BadJson, top_level
from projects.formats.records import (
    AnnotationRecord,
    CategoryRecord,
    Finding,
    Findings,
    ImageRecord,
)

Opener = Callable[[], AbstractContextManager[IO[bytes]]]

_LISTS = ("images", "categories", "annotations")


@dataclass(slots=True)
class Reading:
    """A COCO file, read.

    Attributes:
        images: By the ids that the annotations use; without those that were not taken.
        categories: In the file's order; those of one name are one.
        total: Entries in ``annotations``, good or bad.
        findings: What is wrong; grows while ``annotations`` is iterated.
    """

    images: dict[int, ImageRecord]
    categories: tuple[CategoryRecord, ...]
    total: int
    findings: Findings
    _open: Opener
    _objects: Objects
    _is_sound: bool = field(default=True)

    def annotations(self) -> Iterator[AnnotationRecord]:
        """Stream the objects that can be taken, once; the others become findings."""
        if not self._is_sound:
            return
        with self._open() as stream:
            for key, place, value in top_level(stream):
                if key != "annotations" or place is None or place == END_OF_ARRAY:
                    continue
                record = self._objects.record(place, value)
                if record is not None:
                    yield record


def read(open_file: Opener, *, size_of: SizeOf | None = None, keep: int = 100) -> Reading:
    """Read images and categories, and see that the file is JSON to its end.

    Args:
        open_file: Opens the file, each time from its beginning.
        size_of: Gives the size (height, width) of the stored image that an entry means, by its
            name or hash; None where there is none. Without it the file's word is taken.
        keep: Findings to keep in words; all are counted.
    """
    findings = Findings(keep=keep)
    images, categories = Images(findings, size_of), Categories(findings)
    lengths: dict[str, int] = {}
    try:
        with open_file() as stream:
            _first_walk(stream, images, categories, lengths)
    except InvalidInput as error:  # bad JSON, or a damaged archive around it
        findings.add(Finding("$", error.code, error.message, "send a COCO JSON file"))
        lengths = {}
    else:
        for key in _LISTS:
            if key not in lengths:
                findings.add(
                    Finding(f"$.{key}", "missing_list", f"the file has no list {key}", "add it")
                )
    return Reading(
        images=images.by_id,
        categories=tuple(categories.records),
        total=lengths.get("annotations", 0),
        findings=findings,
        _open=open_file,
        _objects=Objects(images, categories, findings),
        _is_sound=set(_LISTS) <= lengths.keys(),
    )


def _first_walk(
    stream: IO[bytes], images: Images, categories: Categories, lengths: dict[str, int]
) -> None:
    for key, place, value in top_level(stream):
        if key not in _LISTS:
            continue
        if place is None:
            raise BadJson(f"{key} is not a list", code="not_a_list")
        if place == END_OF_ARRAY:
            if key in lengths:
                raise BadJson(f"{key} is there twice", code="duplicate_key")
            lengths[key] = int(str(value))
        elif key == "images":
            _refuse_beyond(place, MOST_IMAGES, key)
            images.add(place, value)
        elif key == "categories":
            _refuse_beyond(place, MOST_CATEGORIES, key)
            categories.add(place, value)


def _refuse_beyond(place: int, most: int, key: str) -> None:
    if place >= most:
        raise BadJson(f"more than {most} {key}", code="too_many")
