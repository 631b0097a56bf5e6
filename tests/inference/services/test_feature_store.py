"""Features are stored once, made by one process, and made again when their file is not whole."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now

from inference.models import Embedding, EmbeddingInMaking
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.classic import ClassicSegmenter
from inference.segmenters.protocol import Embedding as Embedded
from inference.segmenters.protocol import ImageRgb
from inference.services import feature_store
from inference.services.embeddings import ensure_embedding, pixels_of
from inference.services.making import FeatureName, make_once
from inference.storage import _age
from tests.databases import database_for_threads
from tests.factories import make_project, make_user
from tests.pictures import store_picture
from tests.small_s3 import stored_in_s3
from tests.workers.world import wait_for

SHA = "ab" * 32
FEATURES = np.linspace(-3, 3, 4 * 6 * 6, dtype=np.float32).reshape(4, 6, 6)
NAME = FeatureName(sha256=SHA, segmenter="seer", version="1")


@pytest.fixture(params=["folder", "elsewhere", "S3"])
def storage(request: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files that have paths, files that have none, and files of S3 through its real storage."""
    if request.param == "folder":
        yield
        return
    if request.param == "elsewhere":
        chosen = {"BACKEND": "tests.projects.test_storage.RemoteStorage"}
        settings.STORAGES = {**settings.STORAGES, "default": chosen}
        yield
        return
    with stored_in_s3(settings, monkeypatch):
        yield


def keep(sha256: str = SHA, features: Any = FEATURES) -> Embedding:
    return feature_store.keep(sha256=sha256, segmenter="seer", version="1", features=features)


def find(sha256: str = SHA) -> Any:
    return feature_store.find(sha256=sha256, segmenter="seer", version="1")


@pytest.mark.django_db
@pytest.mark.usefixtures("storage")
def test_features_come_back_as_half_floats() -> None:
    row = keep()

    assert row.size_bytes == FEATURES.size * 2
    np.testing.assert_array_equal(find(), FEATURES.astype(np.float16))
    assert find("cd" * 32) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "gone"])
def test_damaged_file_is_noticed_and_dropped(harm: str) -> None:
    row = keep()
    with default_storage.open(row.key) as file:
        data = bytearray(file.read())
    data[7] ^= 1
    default_storage.delete(row.key)
    if harm != "gone":
        harmed = bytes({"flip": data, "cut": data[:-2], "empty": b""}[harm])
        assert default_storage.save(row.key, ContentFile(harmed)) == row.key

    assert find() is None

    assert not Embedding.objects.exists()
    assert not default_storage.exists(row.key)


@pytest.mark.django_db
@pytest.mark.usefixtures("storage")
def test_features_kept_anew_replace_the_old_file() -> None:
    old = keep().key

    new = keep(features=FEATURES + 1).key

    assert not default_storage.exists(old)
    assert default_storage.exists(new)
    assert Embedding.objects.get().key == new


@pytest.mark.django_db
def test_budget_is_kept_by_removing_what_was_used_least(settings: Any) -> None:
    size = FEATURES.size * 2
    settings.EMBEDDINGS_BYTES = 3 * size
    names = [f"{number:02x}" * 32 for number in range(5)]
    for age, name in zip((50, 20, 40), names, strict=False):
        row = keep(name)
        Embedding.objects.filter(pk=row.pk).update(used_at=Now() - timedelta(minutes=age))
    find(names[0])  # the oldest is used again

    keep(names[3])
    keep(names[4])

    kept = set(Embedding.objects.values_list("sha256", flat=True))
    assert kept == {names[0], names[3], names[4]}
    assert feature_store.kept_in_all() == (3, 3 * size)


@pytest.mark.django_db
def test_what_is_larger_than_the_budget_is_kept_until_the_next(settings: Any) -> None:
    settings.EMBEDDINGS_BYTES = 1
    first, second = "01" * 32, "02" * 32

    keep(first)
    assert find(first) is not None
    keep(second)

    assert find(first) is None
    assert find(second) is not None


class Counting(ClassicSegmenter):
    """Counts how often it embeds, which takes it a while."""

    stores_embedding = True

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def embed(self, image_rgb: ImageRgb) -> Embedded:
        self.times += 1
        time.sleep(0.3)
        size_hw = (image_rgb.shape[0], image_rgb.shape[1])
        return Embedded(self.name, self.version, size_hw, FEATURES)


@pytest.mark.django_db(transaction=True)
def test_who_wants_an_embedding_that_is_being_made_waits_for_it(tmp_path: Path) -> None:
    image = store_picture(make_project(lead=make_user("alice")))
    segmenter, got = Counting(), []
    pixels = pixels_of(image=image)

    def want() -> None:
        try:
            got.append(ensure_embedding(image=image, segmenter=segmenter, pixels=pixels).array)
        finally:
            connection.close()

    with database_for_threads(tmp_path):
        threads = [threading.Thread(target=want) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert segmenter.times == 1
    assert len(got) == 3
    assert all(np.array_equal(one, FEATURES.astype(np.float16)) for one in got)


class Beyond(ClassicSegmenter):
    """Gives features that no half float can tell, or that are no numbers."""

    stores_embedding = True

    def __init__(self, number: float) -> None:
        super().__init__()
        self._number = number

    def embed(self, image_rgb: ImageRgb) -> Embedded:
        features = np.array([[[self._number, -self._number, 1.0]]], np.float32)
        return Embedded(self.name, self.version, (image_rgb.shape[0], image_rgb.shape[1]), features)


@pytest.mark.django_db
def test_features_beyond_half_floats_are_kept_at_their_end() -> None:
    image = store_picture(make_project(lead=make_user("alice")))

    made = ensure_embedding(image=image, segmenter=Beyond(1e9))

    np.testing.assert_array_equal(made.array, [[[65504, -65504, 1]]])
    assert Embedding.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_features_that_are_no_numbers_are_never_kept(number: float) -> None:
    image = store_picture(make_project(lead=make_user("alice")))

    with pytest.raises(CheckpointRefused, match="not finite"):
        ensure_embedding(image=image, segmenter=Beyond(number))

    assert not Embedding.objects.exists()
    assert not EmbeddingInMaking.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("storage")
def test_files_without_a_row_are_swept_wherever_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, orphan = keep("aa" * 32).key, keep("bb" * 32).key
    Embedding.objects.exclude(key=kept).delete()
    monkeypatch.setattr(feature_store, "ORPHAN_SECONDS", -60)

    assert feature_store.sweep() == 1

    assert [default_storage.exists(key) for key in (kept, orphan)] == [True, False]


@pytest.mark.django_db
@pytest.mark.usefixtures("storage")
def test_a_file_that_goes_while_files_are_listed_does_not_end_the_sweep() -> None:
    gone = keep("aa" * 32).key
    default_storage.delete(gone)

    assert _age(gone) == 0.0


@pytest.mark.django_db
def test_file_without_a_row_is_swept_once_it_is_old() -> None:
    kept, young, old = (keep(sign * 64).key for sign in "abc")
    Embedding.objects.exclude(key=kept).delete()
    for key in (kept, old):
        os.utime(Path(django_settings.DATA_DIR) / key, (1, 1))

    assert feature_store.sweep() == 1

    assert [default_storage.exists(key) for key in (kept, young, old)] == [True, True, False]


class Maker:
    """Takes a while, counts how often, and can be told to fail."""

    def __init__(self, *outcomes: Exception) -> None:
        self.begun = threading.Event()
        self.times = 0
        self._outcomes = list(outcomes)

    def __call__(self) -> Any:
        self.times += 1
        self.begun.set()
        time.sleep(0.3)
        if self._outcomes:
            raise self._outcomes.pop(0)
        keep()
        return find()

    def made(self) -> Any:
        return make_once(name=NAME, stored=find, make=self)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_features_one_makes_them(tmp_path: Path) -> None:
    maker, got = Maker(), []

    def want() -> None:
        try:
            got.append(maker.made())
        finally:
            connection.close()

    with database_for_threads(tmp_path):
        threads = [threading.Thread(target=want) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not EmbeddingInMaking.objects.exists()

    assert maker.times == 1
    assert len(got) == 4
    assert all((features == got[0]).all() for features in got)


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_maker_that_fails_makes_them(tmp_path: Path) -> None:
    maker, failed = Maker(ValueError("boom")), []

    def fail() -> None:
        try:
            maker.made()
        except ValueError as error:
            failed.append(error)
        finally:
            connection.close()

    with database_for_threads(tmp_path):
        thread = threading.Thread(target=fail)
        thread.start()
        assert maker.begun.wait(60)
        features = maker.made()
        thread.join(30)

    assert (len(failed), maker.times, features.shape) == (1, 2, FEATURES.shape)


@pytest.mark.django_db
def test_maker_that_fell_silent_is_replaced() -> None:
    facts = {"sha256": SHA, "segmenter": "seer", "version": "1", "token": uuid4()}
    EmbeddingInMaking.objects.create(**facts, heartbeat_at=Now() - timedelta(minutes=10))
    maker = Maker()

    assert maker.made().shape == FEATURES.shape

    assert not EmbeddingInMaking.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_heart_of_a_maker_beats_while_it_works(settings: Any, tmp_path: Path) -> None:
    settings.JOB_HEARTBEAT_SECONDS = 0.05
    seen: list[Any] = []

    def beaten_at() -> Any:
        return EmbeddingInMaking.objects.get().heartbeat_at

    def make() -> Any:
        seen.append(beaten_at())
        wait_for(lambda: beaten_at() > seen[0])
        seen.append(beaten_at())
        return keep()

    with database_for_threads(tmp_path):
        make_once(name=NAME, stored=find, make=make)

    assert seen[1] > seen[0]
