"""fsck finds exactly what is wrong, and collections take only what nobody needs."""

from __future__ import annotations

import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from projects.models import Image, Project
from projects.services.blobs import check_blobs, collect_orphans
from projects.services.images import store_image
from projects.storage import blob_path, put_blob, stored_blobs
from tests.factories import make_project, make_user
from tests.projects.pictures.samples import encoded, picture

pytestmark = pytest.mark.django_db

HOUR = 3600.0


@pytest.fixture
def images(tmp_path: Path) -> list[Image]:
    alice = make_user("alice")
    project = make_project(lead=alice)
    stored = []
    for side in range(1, 21):
        upload = tmp_path / "upload"
        upload.write_bytes(encoded(picture((side, side))))
        with upload.open("rb") as file:
            stored.append(store_image(project=project, file=file, name="x", user=alice)[0])
    return stored


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def fsck(*options: str) -> str:
    out = StringIO()
    call_command("fsck", *options, stdout=out)
    return out.getvalue()


def test_clean_store_is_sound(images):
    check = check_blobs(full=True)

    assert (check.pictures, check.missing, check.damaged, check.orphans) == (20, [], [], [])
    assert "20 pictures: 0 missing, 0 damaged; 0 files" in fsck("--full")


def test_each_damage_is_found_and_nothing_else(images):
    flipped, removed = images[:5], images[5:10]
    for image in flipped:
        data = bytearray(blob_path(image.sha256).read_bytes())
        data[len(data) // 2] ^= 1
        blob_path(image.sha256).write_bytes(data)
    for image in removed:
        blob_path(image.sha256).unlink()
    blobs = blob_path(images[10].sha256).parent.parent
    strays = [blobs / "0a" / ("0a" + digit * 62) for digit in "123"]
    strays += [blobs / "0b" / ("0a" + "4" * 62), blobs / "note.txt"]
    for stray in strays:
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"stray")

    check = check_blobs(full=True)

    assert check.damaged == sorted(image.sha256 for image in flipped)
    assert check.missing == sorted(image.sha256 for image in removed)
    assert sorted(check.orphans) == sorted(str(path.relative_to(blobs.parent)) for path in strays)
    with pytest.raises(CommandError, match="5 missing, 5 damaged; 5 files"):
        fsck("--full")


def test_cut_files_are_found_without_reading_them_all(images):
    path = blob_path(images[0].sha256)
    path.write_bytes(path.read_bytes()[:-1])

    assert check_blobs().damaged == [images[0].sha256]


def test_only_old_orphans_are_collected(images, tmp_path):
    young, old = "a" * 64, "b" * 64
    for sha256 in (young, old):
        temporary = tmp_path / "temporary"
        temporary.write_bytes(b"orphan")
        put_blob(temporary, sha256)
    age(blob_path(old), HOUR + 60)
    for image in images:
        age(blob_path(image.sha256), 100 * HOUR)

    assert collect_orphans() == 1

    assert [blob.sha256 for blob in stored_blobs() if blob.sha256 in {young, old}] == [young]
    assert check_blobs(full=True).is_sound


def test_pictures_of_deleted_images_are_kept_until_the_purge(images):
    Project.objects.update(deleted_at="2000-01-01T00:00Z")
    for image in images:
        age(blob_path(image.sha256), 100 * HOUR)

    assert collect_orphans() == 0


def test_upload_of_an_orphans_bytes_makes_it_young_again(tmp_path):
    for _ in range(2):
        temporary = tmp_path / "temporary"
        temporary.write_bytes(b"orphan")
        put_blob(temporary, "c" * 64)
        is_first = not collect_orphans()
        age(blob_path("c" * 64), 2 * HOUR)

    assert is_first
    assert blob_path("c" * 64).exists()


def test_removal_that_a_crash_cut_short_is_undone(images, settings):
    image = images[0]
    aside = Path(settings.TEMP_DIR) / f"removed-{image.sha256}"
    blob_path(image.sha256).replace(aside)
    assert check_blobs().missing == [image.sha256]

    assert collect_orphans() == 0

    assert check_blobs(full=True).is_sound


def test_forgotten_temporary_files_go_after_a_day(settings):
    folder = Path(settings.TEMP_DIR)
    for name, hours in [("new-old", 25), ("new-young", 1), ("upload-old", 25), ("other", 25)]:
        (folder / name).write_bytes(b"x")
        age(folder / name, hours * HOUR)

    assert collect_orphans() == 2

    assert {path.name for path in folder.iterdir()} == {"new-young", "other"}


def test_fsck_can_collect_first(images, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.write_bytes(b"orphan")
    put_blob(temporary, "d" * 64)
    age(blob_path("d" * 64), 2 * HOUR)

    assert "orphan" in fsck()
    assert fsck("--collect").startswith("1 files removed")
