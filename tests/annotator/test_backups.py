"""What a backup brings back, and what it refuses."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError

from annotator.backups.contents import TABLES
from annotator.backups.restore import restore_backup
from annotator.backups.write import write_backup
from projects.errors import Conflict, InvalidInput
from projects.models import Annotation, Image, Project, Revision, User
from projects.models.purge import purging
from projects.storage import blob_key
from tests.factories import make_annotation, make_image, make_label, make_project, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def make_world() -> None:
    alice = make_user("alice", preferences={"theme": "dark"})
    project = make_project(lead=alice, name="Straße")
    label = make_label(project, "person")
    picture = b"\x89PNG not decoded here"
    digest = hashlib.sha256(picture).hexdigest()
    default_storage.save(blob_key(digest), ContentFile(picture))
    image = make_image(project, sha256=digest, size_bytes=len(picture))
    make_annotation(image, label=label, attributes={"occluded": True})
    make_annotation(image, score=0.75, model="classic@1")


def rows() -> dict[str, list[Any]]:
    from django.apps import apps

    return {
        table: list(apps.get_model("projects", table).objects.order_by("pk").values())
        for table in TABLES
    }


def forget_everything() -> None:
    with purging():
        Annotation.objects.update(current=None)
        Revision.objects.all().delete()
        Annotation.objects.all().delete()
        Project.objects.all().delete()
        User.objects.all().delete()
    for key in default_storage.listdir("blobs")[0]:
        for name in default_storage.listdir(f"blobs/{key}")[1]:
            default_storage.delete(f"blobs/{key}/{name}")


def test_everything_comes_back_as_it_was(tmp_path: Path) -> None:
    make_world()
    before = rows()
    image = Image.objects.get()

    write_backup(tmp_path / "all.tar")
    forget_everything()
    restore_backup(tmp_path / "all.tar")

    assert rows() == before
    with default_storage.open(blob_key(image.sha256)) as file:
        assert hashlib.sha256(file.read()).hexdigest() == image.sha256


def test_numbers_go_on_after_a_restore(tmp_path: Path) -> None:
    make_world()
    write_backup(tmp_path / "all.tar")
    forget_everything()
    restore_backup(tmp_path / "all.tar")

    image = make_image(Project.objects.get())

    assert image.number == 2
    assert image.pk not in {row["id"] for row in rows()["Image"][:-1]}


def test_a_full_database_is_not_overwritten(tmp_path: Path) -> None:
    make_world()
    write_backup(tmp_path / "all.tar")

    with pytest.raises(Conflict, match="not empty"):
        restore_backup(tmp_path / "all.tar")


def changed(source: Path, target: Path, member: str) -> None:
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for info in old:
            data = old.extractfile(info).read()  # type: ignore[union-attr]
            if info.name.startswith(member):
                data = data.replace(b"a", b"b", 1) if b"a" in data else data[:-1] + b"?"
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))


@pytest.mark.parametrize("member", ["rows/User.jsonl", "rows/Revision.jsonl", "blobs/"])
def test_one_changed_byte_stops_the_restore(tmp_path: Path, member: str) -> None:
    make_world()
    write_backup(tmp_path / "all.tar")
    changed(tmp_path / "all.tar", tmp_path / "changed.tar", member)
    forget_everything()

    with pytest.raises(InvalidInput, match="damaged"):
        restore_backup(tmp_path / "changed.tar")

    assert not User.objects.exists()
    assert not default_storage.listdir("blobs")[1]


@pytest.mark.parametrize("data", [b"", b"no tar at all", b"\0" * 10240])
def test_what_is_no_backup_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "other").write_bytes(data)

    with pytest.raises(CommandError, match="not a whole Maskwright backup"):
        call_command("restore", tmp_path / "other")


def test_a_missing_picture_fails_the_backup_and_leaves_no_file(tmp_path: Path) -> None:
    make_world()
    default_storage.delete(blob_key(Image.objects.get().sha256))

    with pytest.raises(CommandError, match="missing"):
        call_command("backup", tmp_path / "all.tar")

    assert not (tmp_path / "all.tar").exists()
