"""Imports and saves take images before the project's counter, so that none wait in a circle."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.models import Annotation, Image, Label, Project, User
from projects.services import imports
from tests.projects.api.scene import square
from tests.projects.services.imports.coco_jobs import coco, entry, run

BOTH = coco([entry(1, image_id=2), entry(2, image_id=1)])
LONG_ENOUGH_S = 0.5  # for the save to ask for what the import will want next


@pytest.mark.django_db
def test_all_images_of_a_batch_are_held_in_order_before_the_counter_is(
    alice: User, project: Project
) -> None:
    with CaptureQueriesContext(connection) as queries:
        run(alice, project, BOTH)

    said = [query["sql"] for query in queries]
    counted = next(place for place, sql in enumerate(said) if _takes_the_counter(sql))
    assert any(_holds_two_images(sql) for sql in said[:counted]), said[:counted]
    assert sum(map(_takes_the_counter, said)) == 2


def _takes_the_counter(sql: str) -> bool:
    return sql.startswith("UPDATE") and '"next_annotation_number" =' in sql


def _holds_two_images(sql: str) -> bool:
    ends = "FOR NO KEY UPDATE" if connection.features.has_select_for_update else "ASC"
    images = r'FROM "projects_image" WHERE "projects_image"."id" IN \(\d+, \d+\) ORDER BY'
    return re.search(images, sql) is not None and sql.endswith(ends)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs rows that lock apart")
def test_an_import_and_a_save_of_its_next_image_both_end(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_is_written = Event()
    create = imports.create_annotations

    def slowly(**words: Any) -> list[Annotation]:
        made = create(**words)
        first_is_written.set()
        time.sleep(LONG_ENOUGH_S)
        return made

    client = Client()
    client.force_login(alice)
    address, change = _change(Image.objects.order_by("pk").last())
    assert client.get(address).status_code == 405  # whatever takes long the first time is done

    def save() -> int:
        try:
            first_is_written.wait(60)
            answer = client.post(address, change, content_type="application/json")
            return int(answer.json()[0]["status"])
        finally:
            connection.close()

    monkeypatch.setattr(imports, "create_annotations", slowly)
    with ThreadPoolExecutor(1) as pool:
        saved = pool.submit(save)
        job = run(alice, project, BOTH)
        assert saved.result(60) == 201

    assert job.state == "done", job.result
    assert Annotation.objects.count() == 3


def _change(image: Image | None) -> tuple[str, str]:
    """Where to send an object drawn on the image, and what to send."""
    assert image is not None
    drawn = {"label": Label.objects.get().pk, "segmentation": square(image)}
    change = {"op": "put", "id": str(uuid4()), "change_id": str(uuid4()), "base_revision": None}
    return f"/api/v1/images/{image.pk}/changes/", json.dumps([change | drawn])
