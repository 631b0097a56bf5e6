"""Imports over the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from projects.models import Annotation, Job, Project, Role, User
from projects.services.item_runs import run_slice
from tests.factories import add_member, make_image, make_project, make_user

pytestmark = pytest.mark.django_db

FILE = {
    "images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 6}],
    "categories": [{"id": 1, "name": "ball"}],
    "annotations": [
        {
            "id": 1,
            "image_id": 1,
            "category_id": 1,
            "segmentation": [[1, 1, 5, 1, 5, 4, 1, 4]],
            "area": 12,
            "bbox": [1, 1, 4, 3],
            "iscrowd": 0,
        }
    ],
}


@pytest.fixture
def lead() -> User:
    return make_user("alice")


@pytest.fixture
def project(lead: User) -> Project:
    project = make_project(lead=lead)
    make_image(project, name="a.png")
    return project


def send(user: User, project_id: int, **fields: Any) -> Any:
    client = APIClient()
    client.force_login(user)
    upload = SimpleUploadedFile("coco.json", json.dumps(FILE).encode())
    return client.post(
        f"/api/v1/projects/{project_id}/imports/", {"file": upload, **fields}, format="multipart"
    )


def report_of(user: User, job_id: int) -> Any:
    while run_slice(job_id=job_id, is_stopping=lambda: False):
        pass
    client = APIClient()
    client.force_login(user)
    return client.get(f"/api/v1/jobs/{job_id}/").json()["result"]["report"]


def test_upload_becomes_annotations(lead: User, project: Project) -> None:
    answer = send(lead, project.pk, format="coco_instances", **{"as": "annotations"})

    assert answer.status_code == 202
    assert report_of(lead, answer.json()["job"])["written"] == 1
    row = Annotation.objects.get()
    assert (row.state, row.area) == ("confirmed", 12)


def test_upload_becomes_prelabels(lead: User, project: Project) -> None:
    report_of(lead, send(lead, project.pk, **{"as": "prelabels"}).json()["job"])

    assert Annotation.objects.get().state == "suggested"


def test_dry_run_only_reports(lead: User, project: Project) -> None:
    report = report_of(lead, send(lead, project.pk, dry_run="true").json()["job"])

    assert (report["dry_run"], report["objects"], report["errors"]) == (True, 1, 0)
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"format": "coco_dreams"}, "unknown_format"),
        ({"format": "coco_panoptic"}, "unreadable_format"),
        ({"as": "truth"}, "bad_as"),
        ({"file": "no file"}, "invalid"),
    ],
)
def test_bad_wishes_are_refused(
    lead: User, project: Project, fields: dict[str, Any], code: str
) -> None:
    answer = send(lead, project.pk, **fields)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Job.objects.exists()


def test_one_import_of_a_project_at_a_time(lead: User, project: Project) -> None:
    first = send(lead, project.pk)
    second = send(lead, project.pk)

    assert (second.status_code, second.json()["code"]) == (429, "job_running")
    assert second.json()["job"] == first.json()["job"]


def test_strangers_find_no_project_and_annotators_may_not_import(project: Project) -> None:
    bob = make_user("bob")
    add_member(project, bob, Role.ANNOTATOR)

    assert send(make_user("charlie"), project.pk).status_code == 404
    assert send(bob, project.pk).status_code == 403
    assert not Job.objects.exists()


def test_wrong_method_and_wrong_type_are_refused(lead: User, project: Project) -> None:
    client = APIClient()
    client.force_login(lead)
    path = f"/api/v1/projects/{project.pk}/imports/"

    assert client.get(path).status_code == 405
    assert client.post(path, {}, format="json").status_code == 415
