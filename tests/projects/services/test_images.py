"""Uploads become images once, whole, or not at all."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection
from django.db.models.signals import pre_save
from django.utils import timezone

from projects.errors import Forbidden, InvalidInput, NotFound, TooLarge
from projects.models import Image, Project, Role, User
from projects.pictures.types import BadPicture, TooManyPixels
from projects.services.blobs import check_blobs, collect_orphans
from projects.services.images import delete_image, restore_image, store_image
from projects.signals import image_stored
from projects.storage import blob_path, open_blob, stored_blobs
from tests.databases import database_for_threads
from tests.factories import add_member, make_project, make_user
from tests.projects.pictures.samples import (
    SCRIPT,
    claiming_png,
    encoded,
    exif_block,
    picture,
    pixels,
)
from tests.projects.services.stored_images import PNG, store

pytestmark = pytest.mark.django_db


def leftovers(settings: Any) -> list[Path]:
    return list(Path(settings.TEMP_DIR).iterdir())


def test_upload_is_stored_clean_under_its_hash(project, alice, settings):
    data = encoded(picture((64, 48)), "JPEG", exif=exif_block(with_gps=True)) + SCRIPT

    image, created = store(project, alice, data, name="a.jpg", split="val")

    assert created
    with open_blob(image.sha256) as file:
        stored = file.read()
    assert hashlib.sha256(stored).hexdigest() == image.sha256
    assert pixels(stored) == pixels(data)
    assert b"script" not in stored
    assert image.upload_sha256 == hashlib.sha256(data).hexdigest()
    assert (image.name, image.split, image.mime) == ("a.jpg", "val", "image/jpeg")
    assert (image.size_hw, image.size_bytes) == ((48, 64), len(stored))
    assert (image.number, image.orientation, image.turned) == (1, 1, False)
    assert image.created_by == alice
    assert leftovers(settings) == []


def test_camera_held_upright_gives_an_upright_image(project, alice):
    image, _ = store(project, alice, encoded(picture((64, 48)), "JPEG", exif=exif_block(6)))

    assert (image.size_hw, image.orientation, image.turned) == ((64, 48), 6, True)
    assert image.mime == "image/png"


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_both_kinds_of_form_uploads_are_taken(project, alice, kind, settings):
    if kind == "memory":
        upload = SimpleUploadedFile("x.png", PNG)
    else:
        upload = TemporaryUploadedFile("x.png", "image/png", len(PNG), None)
        upload.write(PNG)
        upload.flush()

    image, _ = store_image(project=project, file=upload, name="x.png", user=alice)

    assert blob_path(image.sha256).read_bytes() == PNG
    upload.close()
    assert leftovers(settings) == []


def test_same_bytes_are_one_image_and_said_so(project, alice):
    first, _ = store(project, alice, name="first.png", split="train")

    again, created = store(project, alice, name="second.png", split="test")

    assert not created
    assert (again.pk, again.name, again.split) == (first.pk, "first.png", "train")
    assert store(project, alice, encoded(picture((9, 9))))[0].number == 2


def test_same_bytes_in_two_projects_are_two_images_of_one_file(project, alice):
    other = make_project(lead=alice)

    first, second = store(project, alice)[0], store(other, alice)[0]

    assert first.pk != second.pk
    assert first.sha256 == second.sha256
    assert len(list(stored_blobs())) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x", "../../x"),
        ("..\\x", "..\\x"),
        ("/etc/passwd", "/etc/passwd"),
        ("a/b.png", "a/b.png"),
        ("a\0b.png", "a\ufffdb.png"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("\ud800.png", "\ufffd.png"),
        ("line\nbreak.png", "line\ufffdbreak.png"),
        ("CON", "CON"),
        (".htaccess", ".htaccess"),
        ("👩\u200d🌾.png", "👩\u200d🌾.png"),
        ("e\u0301.png", "\u00e9.png"),
        ("<b>&'\".png", "<b>&'\".png"),
        ("x" * 300 + ".png", "x" * 250 + "….png"),
        ("x" * 300, "x" * 254 + "…"),
        ("x" * 255, "x" * 255),
        ("   ", "image"),
        ("", "image"),
    ],
)
def test_names_are_text_and_never_paths(project, alice, settings, given, kept):
    image, _ = store(project, alice, name=given)

    image.refresh_from_db()
    assert image.name == kept
    files = [path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()]
    assert files == [blob_path(image.sha256)]
    assert blob_path(image.sha256).name == image.sha256


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"text", BadPicture, r"^street\.png: This is not a JPEG"),
        (b"GIF89a" + SCRIPT, BadPicture, r"^street\.png: This is a GIF"),
        (PNG[:-9], BadPicture, r"^street\.png: .*cut off"),
        (claiming_png(20_000, 5_001), TooManyPixels, r"^street\.png: The picture is 20000 x 5001"),
        (b"", BadPicture, r"^street\.png: The file is empty"),
    ],
)
def test_refused_uploads_leave_nothing(project, settings, data, kind, reason):
    alice = User.objects.get()
    with pytest.raises(kind, match=reason):
        store(project, alice, data)

    assert not Image.objects.exists()
    assert list(stored_blobs()) == []
    assert leftovers(settings) == []


def test_files_at_the_limit_pass_and_one_byte_more_does_not(project, alice, settings):
    settings.MAX_IMAGE_BYTES = len(PNG)
    store(project, alice)

    with pytest.raises(TooLarge, match=f"more than {len(PNG):,} bytes"):
        store(project, alice, PNG + b"\0")


def test_endless_uploads_are_read_no_further_than_the_limit(project, alice, settings):
    class Endless(io.BytesIO):
        given = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            self.given += size
            return b"x" * size

    settings.MAX_IMAGE_BYTES = 3 << 20
    upload = Endless()

    with pytest.raises(TooLarge):
        store_image(project=project, file=upload, name="endless", user=alice)

    assert upload.given <= settings.MAX_IMAGE_BYTES + (1 << 20)
    assert leftovers(settings) == []


def test_project_takes_as_many_images_as_allowed_and_no_more(project, alice, settings):
    settings.MAX_IMAGES_PER_PROJECT = 2
    first, _ = store(project, alice, encoded(picture((5, 5))))
    store(project, alice, encoded(picture((6, 6))))

    with pytest.raises(TooLarge) as refusal:
        store(project, alice, encoded(picture((7, 7))))
    assert refusal.value.code == "too_many_images"

    delete_image(user=alice, image=first)
    store(project, alice, encoded(picture((7, 7))))
    first.refresh_from_db()
    with pytest.raises(TooLarge):
        restore_image(user=alice, image=first)


def test_bad_split_is_refused_before_the_file_is_read(project, alice):
    with pytest.raises(InvalidInput, match="'dev'"):
        store(project, alice, split="dev")

    assert list(stored_blobs()) == []


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.REVIEWER])
def test_only_leads_upload(project, role):
    bob = make_user("bob")
    add_member(project, bob, role)

    with pytest.raises(Forbidden):
        store(project, bob)


def test_strangers_learn_nothing_of_the_project(project):
    with pytest.raises(NotFound):
        store(project, make_user("charlie"))


def test_deleted_projects_take_nothing(project, alice):
    Project.objects.filter(pk=project.pk).update(deleted_at=timezone.now())

    with pytest.raises(NotFound):
        store(project, alice)


def test_news_of_an_image_go_out_once_and_after_the_commit(
    project, alice, django_capture_on_commit_callbacks
):
    heard: list[int] = []

    def listen(image_id: int, **_: Any) -> None:
        heard.append(image_id)

    image_stored.connect(listen)
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            image, _ = store(project, alice)
            store(project, alice)
        assert heard == []
        for tell in callbacks:
            tell()
    finally:
        image_stored.disconnect(listen)

    assert heard == [image.pk]


def test_crash_between_file_and_row_leaves_an_orphan_that_is_collected(project, alice, settings):
    def crash(**_: Any) -> None:
        raise RuntimeError("the power went out")

    pre_save.connect(crash, sender=Image)
    try:
        with pytest.raises(RuntimeError, match="power"):
            store(project, alice)
    finally:
        pre_save.disconnect(crash, sender=Image)

    assert not Image.objects.exists()
    assert (check_blobs().missing, len(check_blobs().orphans)) == ([], 1)
    assert collect_orphans() == 0  # it is younger than an hour
    assert collect_orphans(older_than_seconds=0) == 1
    assert check_blobs(full=True).orphans == []
    assert store(project, alice)[1]
    assert leftovers(settings) == []


@pytest.mark.django_db(transaction=True)
def test_same_file_sent_20_times_at_once_is_one_image(settings, tmp_path):
    def send(_: int) -> tuple[int, bool]:
        try:
            image, created = store(project, alice)
        finally:
            connection.close()
        return image.pk, created

    with database_for_threads(tmp_path):
        alice = make_user("alice")
        project = make_project(lead=alice)
        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(send, range(20)))

        assert len({pk for pk, _ in answers}) == 1
        assert sorted(created for _, created in answers) == [False] * 19 + [True]
        assert Image.objects.count() == 1
        assert check_blobs(full=True).is_sound
    assert len(list(stored_blobs())) == 1
    assert leftovers(settings) == []


@pytest.mark.django_db(transaction=True)
def test_quota_holds_when_many_upload_at_once(settings, tmp_path):
    settings.MAX_IMAGES_PER_PROJECT = 5

    def send(size: int) -> bool:
        try:
            return store(project, alice, encoded(picture((size, size))))[1]
        except TooLarge:
            return False
        finally:
            connection.close()

    with database_for_threads(tmp_path):
        alice = make_user("alice")
        project = make_project(lead=alice)
        with ThreadPoolExecutor(12) as threads:
            answers = list(threads.map(send, range(1, 13)))

        assert sum(answers) == 5
        assert sorted(Image.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
