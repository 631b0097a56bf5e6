"""A data folder filled without the API: a project of images that hold masks."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import django

CATEGORIES = ["person", "car", "dog", "cat", "tree", "building", "road", "sky", "bottle", "chair"]


def set_up(data: Path) -> None:
    """Make the database of an empty data folder, and Django ready in this process."""
    os.environ["MASKWRIGHT_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(*, images: int, width: int, height: int, masks: list[list[dict[str, Any]]]) -> Any:
    """A project with ``images`` rows; the first ``len(masks)`` get the masks as annotations."""
    from uuid import uuid4

    from projects.masks.rle import parse
    from projects.models import Image
    from projects.services.revisions import ObjectState, create_annotations
    from tests.factories import make_label, make_project, make_user

    lead = make_user("bench")
    project = make_project(lead=lead, name="Bench")
    labels = [make_label(project, name) for name in CATEGORIES]
    digests = [f"{number:064x}" for number in range(1, images + 1)]
    rows = Image.objects.bulk_create(
        Image(
            project=project,
            number=number,
            name=f"{number:06d}.jpg",
            width=width,
            height=height,
            upload_sha256=digest,
            sha256=digest,
            mime="image/jpeg",
            size_bytes=1,
        )
        for number, digest in enumerate(digests, start=1)
    )
    project.next_image_number = images + 1
    project.save(update_fields=["next_image_number"])
    for image, objects in zip(rows, masks, strict=False):
        states = [
            ObjectState(
                rle=parse(one["rle"], image.size_hw),
                label_id=labels[one["category_id"] - 1].pk,
                state="confirmed",
                source="manual",
            )
            for one in objects
        ]
        entries = [(uuid4(), state) for state in states]
        create_annotations(image=image, entries=entries, author=lead, cause="edit")
    return project


def write_lines(
    folder: Path, *, width: int, height: int, masks: list[list[dict[str, Any]]]
) -> None:
    """The same masks as masks.jsonl and categories.json, for other programs."""
    (folder / "logs").mkdir(exist_ok=True)
    categories = [{"id": i, "name": name} for i, name in enumerate(CATEGORIES, start=1)]
    (folder / "categories.json").write_text(json.dumps(categories))
    with (folder / "masks.jsonl").open("w") as file:
        for number, objects in enumerate(masks, start=1):
            line = {"id": number, "file_name": f"{number:06d}.jpg", "width": width}
            file.write(json.dumps({**line, "height": height, "objects": objects}) + "\n")
