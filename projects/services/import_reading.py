"""An upload read in a child process: what it holds, what is wrong with it, and its objects."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from projects.errors import InvalidInput
from projects.models import Image, Project
from projects.services.import_child import OBJECTS, REPORT
from projects.services.suggestions import CLOSED_STATUSES

MEMORY_BYTES = 2 * 2**30  # of address space; a gigabyte of COCO streams in 300 MB
SECONDS = 3600
LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a child has read.

    Attributes:
        facts: Counts, categories and findings, as plain values.
        folder: Where the objects lie until it is removed.
    """

    facts: Mapping[str, Any]
    folder: Path

    @property
    def is_sound(self) -> bool:
        """Whether nothing in the file stands in the way of taking all of it."""
        return not self.facts["errors"]

    def batches(self, size: int) -> Iterator[list[dict[str, Any]]]:
        """The objects, in lists of at most ``size``."""
        with (self.folder / OBJECTS).open(encoding="utf-8") as lines:
            objects = map(json.loads, lines)
            while batch := list(islice(objects, size)):
                yield batch


def read_upload(
    *, path: Path, format_name: str, project: Project, folder: Path, alive: Callable[[], None]
) -> Reading:
    """Read an upload against the project's images.

    Args:
        path: The uploaded file.
        format_name: One of the registry's that can be read.
        project: Whose images the objects belong to.
        folder: Empty; takes what is read.
        alive: Called twice a second; what it raises ends the reading.

    Raises:
        InvalidInput: If the file cannot be read at all, needs too much, or kills its reader.
    """
    images = folder / "images.jsonl"
    _write_images(project, images)
    spec = {
        "file": str(path),
        "format": format_name,
        "images": str(images),
        "folder": str(folder),
        "memory_bytes": MEMORY_BYTES,
        "seconds": SECONDS,
    }
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    _run(folder, alive)
    facts = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    if "refused" in facts:
        raise InvalidInput(facts["refused"]["message"], facts["refused"]["code"])
    return Reading(facts, folder)


def _write_images(project: Project, path: Path) -> None:
    rows = Image.objects.filter(project=project, deleted_at__isnull=True).order_by("number")
    columns = rows.values_list("pk", "name", "sha256", "height", "width", "status")
    with path.open("w", encoding="utf-8") as out:
        for *facts, status in columns.iterator(chunk_size=2000):
            out.write(json.dumps([*facts, status in CLOSED_STATUSES]) + "\n")


def _run(folder: Path, alive: Callable[[], None]) -> None:
    command = [
        sys.executable, "-m", "projects.services.import_child", str(folder / "spec.json")
    ]  # fmt: skip
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    root = Path(__file__).resolve().parents[2]
    with (folder / "stderr").open("wb") as stderr:
        child = subprocess.Popen(command, stdout=stderr, stderr=stderr, env=env, cwd=root)
        try:
            _wait(child, alive)
        finally:
            child.kill()
            child.wait()
    if child.returncode != 0:
        last = (folder / "stderr").read_text(errors="replace").strip().splitlines()[-1:]
        raise InvalidInput(
            f"The file could not be read: its reader ended with status {child.returncode}"
            f"{': ' + last[0] if last else ''}.",
            "reader_died",
        )


def _wait(child: subprocess.Popen[bytes], alive: Callable[[], None]) -> None:
    until = time.monotonic() + SECONDS
    while child.poll() is None:
        alive()
        if time.monotonic() > until:
            raise InvalidInput(f"Reading the file takes longer than {SECONDS} s.", "too_long")
        try:
            child.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
