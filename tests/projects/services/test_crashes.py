"""Wherever a crash cuts an upload or a collection of orphans short, no row lacks its picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from projects.models import Image, Project, User
from projects.services.blobs import check_blobs, collect_orphans
from tests.crashes import crashes_at_each_step
from tests.projects.pictures.samples import encoded, picture
from tests.projects.services.stored_images import store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def storage(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "tests.crashes.SteppedStorage"},
    }


def test_uploads(project: Project, alice: User, settings: Any) -> None:
    steps, orphans = 0, 0
    for number in crashes_at_each_step(lambda: store(project, alice)):
        steps = number
        check = check_blobs(full=True)
        assert check.is_sound
        orphans += len(check.orphans)
        assert collect_orphans() == 0, "an orphan is left alone while its upload may go on"
        collect_orphans(older_than_seconds=-60)
        assert check_blobs(full=True).orphans == []
        assert list(Path(settings.TEMP_DIR).iterdir()) == []
        Image.objects.all().delete()
        collect_orphans(older_than_seconds=-60)

    assert steps > 6
    assert orphans > 0
    assert Image.objects.count() == 1
    assert check_blobs(full=True).is_sound


def test_collections_of_orphans(project: Project, alice: User) -> None:
    kept = store(project, alice)[0]

    def leave_an_orphan() -> None:
        store(project, alice, encoded(picture((9, 7))))
        Image.objects.exclude(pk=kept.pk).delete()

    leave_an_orphan()
    steps = 0
    for number in crashes_at_each_step(lambda: collect_orphans(older_than_seconds=-60)):
        steps = number
        assert check_blobs(full=True).is_sound
        leave_an_orphan()

    assert steps >= 3
    assert check_blobs(full=True).orphans == []
    assert check_blobs(full=True).is_sound
