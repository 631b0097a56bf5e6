"""Wherever a crash cuts the storing of features short: whole ones are found afterwards, or none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage

from inference.models import Embedding
from inference.services import feature_store
from inference.storage import stored_keys
from tests.crashes import crashes_at_each_step

pytestmark = pytest.mark.django_db(transaction=True)
OLD = np.linspace(-3, 3, 24, dtype=np.float16).reshape(2, 3, 4)
NEW = OLD + 1
SHA, OTHER = "ab" * 32, "cd" * 32


@pytest.fixture(autouse=True)
def storage(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "tests.crashes.SteppedStorage"},
    }


def keep(features: Any, sha256: str = SHA) -> Embedding:
    return feature_store.keep(sha256=sha256, segmenter="seer", version="1", features=features)


def find(sha256: str = SHA) -> Any:
    return feature_store.find(sha256=sha256, segmenter="seer", version="1")


def files() -> set[str]:
    return set(stored_keys(older_than_seconds=-60))


def swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sweep of orphans does once they are old."""
    monkeypatch.setattr(feature_store, "ORPHAN_SECONDS", -60)
    feature_store.sweep()


def assert_one_file_a_row() -> None:
    assert files() == set(Embedding.objects.values_list("key", flat=True))


def test_features_kept_for_the_first_time(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    for number in crashes_at_each_step(lambda: keep(NEW)):
        steps = number
        found = find()
        assert found is None or np.array_equal(found, NEW)
        swept(monkeypatch)
        assert_one_file_a_row()
        Embedding.objects.all().delete()
        swept(monkeypatch)

    assert steps > 4
    np.testing.assert_array_equal(find(), NEW)


def test_features_kept_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(OLD)
    steps, seen = 0, set()
    for number in crashes_at_each_step(lambda: keep(NEW)):
        steps = number
        found = find()
        assert found is not None
        seen.add(bool(np.array_equal(found, NEW)))
        assert np.array_equal(found, NEW) or np.array_equal(found, OLD)
        swept(monkeypatch)
        assert_one_file_a_row()
        keep(OLD)

    assert steps > 5
    assert seen == {True, False}
    np.testing.assert_array_equal(find(), NEW)


def test_features_that_make_room(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.EMBEDDINGS_BYTES = OLD.nbytes
    keep(OLD)
    steps = 0
    for number in crashes_at_each_step(lambda: keep(NEW, OTHER)):
        steps = number
        for sha256, features in ((SHA, OLD), (OTHER, NEW)):
            found = find(sha256)
            assert found is None or np.array_equal(found, features)
        swept(monkeypatch)
        assert_one_file_a_row()
        Embedding.objects.all().delete()
        swept(monkeypatch)
        keep(OLD)

    assert steps > 7
    assert find() is None
    np.testing.assert_array_equal(find(OTHER), NEW)
    assert default_storage.exists(Embedding.objects.get().key)
