"""Imports that are broken off, cancelled, tried again; what stays of their uploads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from projects.errors import InvalidInput
from projects.models import Annotation, Image, Job, Label, Project, Revision, User
from projects.services import imports
from projects.services.import_reading import Reading
from projects.services.jobs import cancel_job, retry_job
from tests.factories import (
    make_annotation,
)
from tests.projects.services.imports.coco_jobs import (
    coco,
    entry,
    run,
    square,
    work,
)

pytestmark = pytest.mark.django_db


def break_after(batches: int, error: Callable[[], None]) -> Callable[..., None]:
    real = imports._write_batch
    done = [0]

    def write(*words: Any) -> None:
        if done[0] == batches:
            done[0] += 1
            error()
        done[0] += 1
        real(*words)

    return write


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(imports, "OBJECTS_PER_BATCH", 2)
    masks = [square(x, 3, 4) for x in range(7)]
    return coco([entry(n + 1, mask=mask, category_id=2) for n, mask in enumerate(masks)])


def test_interrupted_import_goes_on_where_it_was(
    alice: User, project: Project, many: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr(imports, "_write_batch", break_after(2, die))

    job = run(alice, project, many)

    assert (job.state, job.items.get().attempt) == ("done", 2)
    assert Annotation.objects.count() == Revision.objects.count() == 7
    assert job.result["report"]["written"] == 7


def test_cancelled_import_takes_its_rows_and_labels_back(
    alice: User, project: Project, many: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = make_annotation(Image.objects.get(name="a.png"), label=Label.objects.get())
    real = Reading.batches

    def cancel_after_two(reading: Reading, size: int) -> Iterator[list[dict[str, Any]]]:
        for place, batch in enumerate(real(reading, size)):
            if place == 2:
                assert Annotation.objects.count() == 1 + 4
                cancel_job(user=alice, job=Job.objects.get())
            yield batch

    monkeypatch.setattr(Reading, "batches", cancel_after_two)

    job = run(alice, project, many)

    assert job.state == "cancelled"
    assert list(Annotation.objects.all()) == [mine]
    assert Revision.objects.count() == 1
    assert Label.objects.count() == 1
    assert list(Path(settings.TEMP_DIR).iterdir()) == []


def test_import_that_fails_for_good_takes_its_rows_back_and_may_be_retried(
    alice: User, project: Project, many: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise InvalidInput("The disk is on fire.")

    monkeypatch.setattr(imports, "_write_batch", break_after(2, die))
    job = run(alice, project, many)
    assert (job.state, job.error) == ("failed", "The disk is on fire.")
    assert not Annotation.objects.exists()
    assert Label.objects.count() == 1

    assert work(retry_job(user=alice, job=job)).state == "done"

    assert Annotation.objects.count() == 7


def test_upload_is_removed_when_it_is_in(alice: User, project: Project) -> None:
    job = run(alice, project, coco([entry()]))

    assert not default_storage.exists(job.params["file"])
    assert list(Path(settings.TEMP_DIR).iterdir()) == []


def test_failed_upload_is_kept_for_a_retry_until_the_next(alice: User, project: Project) -> None:
    failed = run(alice, project, b"no json")
    assert default_storage.exists(failed.params["file"])

    run(alice, project, coco([entry()]))

    assert not default_storage.exists(failed.params["file"])
