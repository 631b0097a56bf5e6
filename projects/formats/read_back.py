"""A finished COCO export read back, side by side with the records, which stream a second time.

What is in the records and not in the archive must be listed in its manifest, with a reason.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from projects.formats.coco_archive import DEFAULT_SPLIT, MANIFEST
from projects.formats.json_stream import END_OF_ARRAY, top_level
from projects.formats.mismatch import ExportMismatch
from projects.formats.records import Dataset, ImageItem, ImageRecord, Severity

Entry = dict[str, Any]  # an image or annotation as the JSON has it: ours, written a moment ago


@dataclass(slots=True)
class Checked:
    """What a format's check counted.

    Attributes:
        counts: By name.
        facts: Figures and their explanation, for the verification file.
    """

    counts: dict[str, int] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)

    def count(self, name: str, more: int = 1) -> None:
        """Add to a count."""
        self.counts[name] = self.counts.get(name, 0) + more


class Archive:
    """A finished export, read back.

    Attributes:
        left_out: Annotation ids that the manifest gives a reason for, with its code; None stands
            for findings about whole images.
    """

    def __init__(self, opened: zipfile.ZipFile, kind: str) -> None:
        self.left_out: dict[int | None, str] = {}
        self.images = 0
        self._zip = opened
        self._kind = kind
        self._read_manifest()

    @property
    def objects_left_out(self) -> int:
        """Count the annotations that the manifest says are not in the archive."""
        return len(self.left_out.keys() - {None})

    def read(self, name: str) -> bytes:
        """Read a whole member."""
        try:
            return self._zip.read(name)
        except KeyError:
            raise ExportMismatch(f"{name} is missing from the archive") from None

    def splits(self, stack: ExitStack) -> dict[str, SplitReader]:
        """Open the JSON of each split, until the stack closes."""
        prefix, suffix = f"annotations/{self._kind}_", ".json"
        return {
            name[len(prefix) : -len(suffix)]: SplitReader(stack.enter_context(self._zip.open(name)))
            for name in self._zip.namelist()
            if name.startswith(prefix) and name.endswith(suffix)
        }

    def _read_manifest(self) -> None:
        with self._zip.open(MANIFEST) as stream:
            for key, place, value in top_level(stream):
                if place is None or place == END_OF_ARRAY or not isinstance(value, dict):
                    continue
                if key == "images":
                    self.images += 1
                elif key == "findings" and value["severity"] != Severity.INFO:
                    self.left_out[value["annotation_id"]] = value["code"]


class SplitReader:
    """One split's JSON, read in the order in which it was written, one image at a time.

    Attributes:
        images: Entries not taken yet, by id.
        categories: All of them.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.images: dict[int, Entry] = {}
        self.categories: list[Entry] = []
        self._elements = self._annotations(top_level(stream))
        self._next = next(self._elements, None)

    def take(self, image: ImageRecord) -> tuple[Entry, list[Entry]]:
        """Give the entry of the next image, and the annotations that follow for it.

        Raises:
            ExportMismatch: The image is missing, twice in the file, or of another size.
        """
        entry = self.images.pop(image.id, None)
        if entry is None:
            raise ExportMismatch(f"image {image.id} is missing from the file")
        if (entry["height"], entry["width"]) != image.size_hw:
            raise ExportMismatch(f"image {image.id} is of another size in the file")
        found = []
        while self._next is not None and self._next["image_id"] == image.id:
            found.append(self._next)
            self._next = next(self._elements, None)
        return entry, found

    def expect_end(self) -> None:
        """See that nothing is left that no record asked for.

        Raises:
            ExportMismatch: The file holds more than the records.
        """
        if self._next is not None or self.images:
            raise ExportMismatch("the file holds images or annotations that are not in the records")

    def _annotations(self, elements: Iterator[tuple[str, int | None, object]]) -> Iterator[Entry]:
        for key, place, value in elements:
            if not isinstance(value, dict):
                if key == "categories" and isinstance(value, list):
                    self.categories = value
                continue
            if key == "categories":
                self.categories.append(value)
            elif key == "images":
                if self.images.setdefault(value["id"], value) is not value:
                    raise ExportMismatch(f"image {value['id']} is in the file twice")
            elif key == "annotations" and place is not None:
                yield value


ItemCheck = Callable[[ImageItem, Entry, list[Entry]], None]


def walk(dataset: Dataset, archive: Archive, check: Callable[[str, SplitReader], ItemCheck]) -> int:
    """Go through records and files side by side, and see that both end together.

    Args:
        dataset: The records.
        archive: The finished export.
        check: Makes the check of one split's images from its name and reader.

    Returns:
        Images compared.

    Raises:
        ExportMismatch: Images are missing, or more than the records have.
    """
    images = 0
    with ExitStack() as stack:
        readers = archive.splits(stack)
        checks = {split: check(split, reader) for split, reader in readers.items()}
        for item in dataset.items():
            split = item.image.split or DEFAULT_SPLIT
            if split not in readers:
                raise ExportMismatch(f"the file of split {split} is missing")
            checks[split](item, *readers[split].take(item.image))
            images += 1
        for reader in readers.values():
            reader.expect_end()
    if images != archive.images:
        raise ExportMismatch(f"the manifest lists {archive.images} images, there are {images}")
    return images
