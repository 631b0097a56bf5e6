"""Pictures lie under their hash, in a folder or elsewhere, and a full disk is noticed early."""

from __future__ import annotations

import io
import os
import shutil
import time
from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile

from projects.errors import InsufficientStorage, NotFound
from projects.services.blobs import check_blobs, collect_orphans
from projects.services.images import store_image
from projects.services.previews import preview_path
from projects.storage import (
    blob_key,
    blob_path,
    blob_size,
    check_room,
    free_bytes,
    open_blob,
    put_blob,
    remove_old_blob,
    stored_blobs,
)
from tests.factories import make_project, make_user
from tests.projects.pictures.samples import encoded, picture
from tests.small_s3 import stored_in_s3

SHA = "ab" * 32


class RemoteStorage(InMemoryStorage):
    """Files without paths, as in S3."""

    def path(self, name: str) -> str:
        raise NotImplementedError

    def _relative_path(self, name: str) -> str:
        return name


@pytest.fixture(params=["folder", "elsewhere"])
def storage(request, settings):
    """Both kinds: one whose files have paths, and one whose files have none."""
    if request.param == "elsewhere":
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": f"{__name__}.RemoteStorage"},
        }
    return default_storage


def put(folder: Path, data: bytes = b"pixels", sha256: str = SHA) -> Path:
    temporary = folder / "temporary"
    temporary.write_bytes(data)
    put_blob(temporary, sha256)
    return temporary


def test_blob_goes_in_and_comes_out(storage, tmp_path):
    temporary = put(tmp_path)

    assert not temporary.exists()
    assert blob_size(SHA) == 6
    with open_blob(SHA) as file:
        assert file.read() == b"pixels"
    assert blob_path(SHA).read_bytes() == b"pixels"
    assert [(blob.key, blob.sha256) for blob in stored_blobs()] == [(f"blobs/ab/{SHA}", SHA)]


def test_same_blob_twice_is_one_file(storage, tmp_path):
    put(tmp_path)
    put(tmp_path)

    assert len(list(stored_blobs())) == 1


def test_missing_blob_is_said_so(storage):
    assert blob_size(SHA) is None
    for look in (open_blob, blob_path):
        with pytest.raises(NotFound) as refusal:
            look(SHA)
        assert refusal.value.code == "blob_missing"


def test_young_blobs_are_not_removed(storage, tmp_path):
    put(tmp_path)

    assert not remove_old_blob(blob_key(SHA), older_than_seconds=3600)
    assert remove_old_blob(blob_key(SHA), older_than_seconds=0)
    assert not remove_old_blob(blob_key(SHA), older_than_seconds=0)
    assert blob_size(SHA) is None


def test_putting_a_blob_again_makes_it_young(tmp_path):
    put(tmp_path)
    then = time.time() - 7200
    os.utime(blob_path(SHA), (then, then))

    put(tmp_path)

    assert not remove_old_blob(blob_key(SHA), older_than_seconds=3600)


def test_putting_a_blob_into_s3_again_makes_it_young(tmp_path, settings, monkeypatch):
    with stored_in_s3(settings, monkeypatch):
        put(tmp_path)
        before = default_storage.get_modified_time(blob_key(SHA))
        time.sleep(1.1)  # S3 tells whole seconds

        put(tmp_path)

        assert default_storage.get_modified_time(blob_key(SHA)) > before
        assert len(list(stored_blobs())) == 1


@pytest.mark.parametrize("word", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_hashes_become_keys(word):
    with pytest.raises(ValueError, match="not a SHA-256"):
        blob_key(word)


@pytest.mark.django_db
def test_images_live_in_either_storage(storage):
    alice = make_user("alice")
    upload = io.BytesIO(encoded(picture((64, 48))))

    image, _ = store_image(project=make_project(lead=alice), file=upload, name="x", user=alice)

    assert preview_path(image=image, size=128).exists()
    assert check_blobs(full=True).is_sound
    assert collect_orphans(older_than_seconds=0) == 0


def test_reserve_is_the_smaller_of_the_setting_and_a_share_of_the_disk(settings):
    disk = shutil.disk_usage(settings.DATA_DIR)
    margin = 1 << 30  # others write to this disk meanwhile

    settings.DISK_RESERVE_BYTES = 0
    assert abs(free_bytes() - disk.free) < margin
    settings.DISK_RESERVE_BYTES = disk.total
    assert abs(free_bytes() - (disk.free - disk.total // 20)) < margin


def test_more_than_the_free_room_is_refused(settings):
    check_room(0)

    with pytest.raises(InsufficientStorage, match="nearly full") as refusal:
        check_room(1 << 60)

    assert refusal.value.facts["needed_bytes"] == 1 << 60
    assert 0 < refusal.value.facts["free_bytes"] < 1 << 60


@pytest.mark.django_db
def test_uploads_larger_than_the_free_room_are_refused(settings):
    alice = make_user("alice")
    upload = TemporaryUploadedFile("x.png", "image/png", 0, None)
    os.truncate(upload.temporary_file_path(), shutil.disk_usage(settings.DATA_DIR).free + 1)

    with pytest.raises(InsufficientStorage):
        store_image(project=make_project(lead=alice), file=upload, name="x", user=alice)
