"""The reading child: ``python -m projects.services.import_child SPEC``, one upload, then the end.

It knows no database. Strangers' files and the C library that rasterises their polygons stay in
here, under limits of memory and time; what comes out are two files of checked values.
"""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from projects.errors import ApplicationError
from projects.formats import registry
from projects.formats.json_sources import Source, sources
from projects.formats.records import CategoryRecord, Finding, Findings, ImageRecord, Severity

REPORT = "report.json"
OBJECTS = "objects.jsonl"
KEPT_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image of the project, as the parent tells of it."""

    id: int
    name: str
    sha256: str
    height: int
    width: int
    is_closed: bool


class ImageTable:
    """Finds the stored image that a file means: by the hash of its bytes, else by its name."""

    def __init__(self, images: Iterable[StoredImage]) -> None:
        self._by_sha256: dict[str, StoredImage] = {}
        self._by_name: dict[str, list[StoredImage]] = defaultdict(list)
        for image in images:
            self._by_sha256[image.sha256] = image
            self._by_name[image.name].append(image)

    def find(self, record: ImageRecord) -> StoredImage | None:
        """The image, None if there is none; of several with one name, none can be meant."""
        found = self._by_sha256.get(record.sha256) if record.sha256 else None
        return found or self._named(record.file_name) or self._named(_last_part(record.file_name))

    def size_of(self, record: ImageRecord) -> tuple[int, int] | None:
        """Height and width of the stored image that the record means."""
        image = self.find(record)
        return (image.height, image.width) if image else None

    def _named(self, name: str) -> StoredImage | None:
        images = self._by_name.get(name, [])
        return images[0] if len(images) == 1 else None


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


class Upload:
    """Everything that is read from the JSON files of one upload."""

    def __init__(self, table: ImageTable) -> None:
        self.findings = Findings(keep=KEPT_FINDINGS)
        self.images: set[int] = set()
        self.categories: dict[str, CategoryRecord] = {}
        self.objects = 0
        self.total = 0
        self._table = table
        self._same: Counter[tuple[int, str, str]] = Counter()

    def read(self, source: Source, format_name: str, out: TextIO) -> None:
        """Write a source's objects, one JSON a line, and note what is wrong with the others."""
        reading = registry.load_reader(format_name).read(
            source.open, size_of=self._table.size_of, keep=KEPT_FINDINGS
        )
        self.total += reading.total
        stored = {key: self._table.find(record) for key, record in reading.images.items()}
        self.images |= {image.id for image in stored.values() if image}
        by_id = {category.id: category for category in reading.categories}
        for record in reading.annotations():
            image = stored[record.image_id]
            category = by_id[record.category_id]
            if image is None or self._is_closed(image, record.image_id):
                continue
            self.categories.setdefault(category.name, category)
            out.write(json.dumps(self._line(image, category.name, record)) + "\n")
            self.objects += 1
        self._take(reading.findings, source.name)

    def _is_closed(self, image: StoredImage, file_id: int) -> bool:
        if image.is_closed:
            self.findings.add(
                Finding(
                    f"$.images[?(@.id=={file_id})]",
                    "image_closed",
                    f"{image.name!r} is submitted or accepted",
                    "its objects are left out; reopen it and import again",
                    Severity.WARNING,
                )
            )
        return image.is_closed

    def _line(self, image: StoredImage, category: str, record: Any) -> dict[str, object]:
        key = (image.id, category, record.rle.counts)
        self._same[key] += 1
        return {
            "image": image.id,
            "category": category,
            "counts": record.rle.counts,
            "copy": self._same[key],
            "iscrowd": record.iscrowd,
            "z": record.z,
            "attributes": dict(record.attributes),
            "score": record.score,
            "is_box": record.is_box,
        }

    def _take(self, findings: Findings, name: str) -> None:
        prefix = f"{name}:" if name else ""
        for code, count in findings.counts.items():
            self.findings.counts[code] = self.findings.counts.get(code, 0) + count
        self.findings.errors += findings.errors
        room = KEPT_FINDINGS - len(self.findings.kept)
        for finding in findings.kept[:room]:
            self.findings.kept.append(
                Finding(
                    f"{prefix}{finding.path}",
                    finding.code,
                    finding.message,
                    finding.repair,
                    finding.severity,
                )
            )

    def report(self) -> dict[str, object]:
        """What the parent needs, as plain values."""
        return {
            "images": len(self.images),
            "objects": self.objects,
            "objects_in_file": self.total,
            "errors": self.findings.errors,
            "findings": [asdict(finding) for finding in self.findings.kept],
            "findings_by_code": dict(sorted(self.findings.counts.items())),
            "categories": [asdict(category) for category in self.categories.values()],
        }


def main(arguments: list[str]) -> int:
    """Read the upload that the spec names; 0 also where the report says it cannot be taken."""
    spec = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    resource.setrlimit(resource.RLIMIT_AS, (spec["memory_bytes"], spec["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (spec["seconds"], spec["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(spec["folder"])
    try:
        report = _read(Path(spec["file"]), spec["format"], _images(Path(spec["images"])), folder)
    except ApplicationError as error:
        report = {"refused": {"message": error.message, "code": error.code}}
    except MemoryError:
        report = {"refused": {"message": "The file needs too much memory.", "code": "too_large"}}
    (folder / REPORT).write_text(json.dumps(report), encoding="utf-8")
    return 0


def _read(
    path: Path, format_name: str, images: Iterator[StoredImage], folder: Path
) -> dict[str, object]:
    upload = Upload(ImageTable(images))
    with (folder / OBJECTS).open("w", encoding="utf-8") as out:
        for source in sources(path):
            upload.read(source, format_name, out)
    return upload.report()


def _images(path: Path) -> Iterator[StoredImage]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield StoredImage(*json.loads(line))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
