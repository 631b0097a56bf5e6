"""Jobs and exports over the API."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from rest_framework.test import APIClient

from projects.models import Export, Job, JobItem, Project, Role, User
from projects.services.item_runs import run_slice
from projects.services.jobs import create_job
from tests.factories import (
    add_member,
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_user,
)
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def cast() -> dict[str, User]:
    return {name: make_user(name) for name in ("alice", "bob", "rita", "charlie")}


@pytest.fixture
def project(cast: dict[str, User]) -> Project:
    project = make_project(lead=cast["alice"])
    add_member(project, cast["bob"], Role.ANNOTATOR)
    add_member(project, cast["rita"], Role.REVIEWER)
    return project


@pytest.fixture
def alice(cast: dict[str, User], project: Project) -> APIClient:
    return client_of(cast["alice"])


def work(job_id: int) -> None:
    while run_slice(job_id=job_id, is_stopping=lambda: False):
        pass


def prelabel_job(project: Project, images: int = 2) -> Job:
    pictures = [make_image(project) for _ in range(images)]
    return create_job(project=project, kind="prelabel", params={}, images=pictures)


def test_job_says_how_far_it_is(alice: APIClient, project: Project) -> None:
    job = prelabel_job(project, images=3)
    first, second, _ = job.items.order_by("pk")
    JobItem.objects.filter(pk=first.pk).update(state="done")
    JobItem.objects.filter(pk=second.pk).update(state="failed")

    answer = alice.get(f"/api/v1/jobs/{job.pk}/")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["done"], body["failed"], body["total"]) == (1, 1, 3)
    assert set(body) == {
        "id", "kind", "project", "state", "done", "total", "failed", "result", "error", "params",
        "created_at", "started_at", "finished_at", "created_by", "waiting",
    }  # fmt: skip


def test_unchanged_job_answers_304_to_its_etag(alice: APIClient, project: Project) -> None:
    job = prelabel_job(project)
    etag = alice.get(f"/api/v1/jobs/{job.pk}/").headers["ETag"]

    same = alice.get(f"/api/v1/jobs/{job.pk}/", headers={"If-None-Match": f"W/{etag}"})
    JobItem.objects.update(state="done")
    changed = alice.get(f"/api/v1/jobs/{job.pk}/", headers={"If-None-Match": etag})

    assert (same.status_code, changed.status_code) == (304, 200)


@pytest.mark.parametrize("path", ["", "cancel/", "retry/"])
def test_strangers_find_no_job(cast: dict[str, User], project: Project, path: str) -> None:
    job = prelabel_job(project)
    charlie = client_of(cast["charlie"])

    ask = charlie.post if path else charlie.get

    assert ask(f"/api/v1/jobs/{job.pk}/{path}").status_code == 404
    assert ask(f"/api/v1/jobs/987654/{path}").status_code == 404


def test_cancel_and_retry(alice: APIClient, project: Project) -> None:
    job = prelabel_job(project)

    assert alice.post(f"/api/v1/jobs/{job.pk}/cancel/").json()["state"] == "cancelled"
    again = alice.post(f"/api/v1/jobs/{job.pk}/cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "job_ended")

    assert alice.post(f"/api/v1/jobs/{job.pk}/retry/").json()["state"] == "queued"
    again = alice.post(f"/api/v1/jobs/{job.pk}/retry/")
    assert (again.status_code, again.json()["code"]) == (409, "job_not_failed")


def test_members_without_the_role_may_look_but_not_cancel(
    cast: dict[str, User], project: Project
) -> None:
    job = prelabel_job(project)
    bob = client_of(cast["bob"])

    assert bob.get(f"/api/v1/jobs/{job.pk}/").status_code == 200
    assert bob.post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 403


def test_reviewer_may_cancel_an_export(cast: dict[str, User], project: Project) -> None:
    job = create_job(project=project, kind="export", params={})

    answer = client_of(cast["rita"]).post(f"/api/v1/jobs/{job.pk}/cancel/")

    assert answer.status_code == 200


def test_lists_hold_the_jobs_that_people_started(alice: APIClient, project: Project) -> None:
    job = prelabel_job(project)
    create_job(project=project, kind="embed", params={}, images=[make_image(project)])
    foreign = prelabel_job(make_project())

    for path in ("/api/v1/jobs/", f"/api/v1/projects/{project.pk}/jobs/"):
        ids = [row["id"] for row in alice.get(path).json()["results"]]
        assert ids == [job.pk]
        assert foreign.pk not in ids
    assert alice.get("/api/v1/jobs/?state=done").json()["results"] == []
    assert len(alice.get("/api/v1/jobs/?kind=embed,prelabel").json()["results"]) == 2
    assert alice.get("/api/v1/jobs/?state=asleep").status_code == 400
    assert alice.get("/api/v1/jobs/?user=1").status_code == 400


@pytest.fixture
def full(project: Project) -> Project:
    image = store_picture(project)
    make_annotation(image, label=make_label(project))
    return project


def test_export_is_started_made_and_downloaded(alice: APIClient, full: Project) -> None:
    started = alice.post(
        f"/api/v1/projects/{full.pk}/exports/", {"format": "coco_instances"}, format="json"
    )
    assert started.status_code == 202
    assert started.headers["Location"].endswith(f"/api/v1/jobs/{started.json()['job']}/")
    facts = {name: started.json()[name] for name in ("id", "kind", "project", "state")}
    assert facts == {
        "id": started.json()["job"],
        "kind": "export",
        "project": full.pk,
        "state": "queued",
    }
    work(started.json()["job"])

    done = alice.get(f"/api/v1/jobs/{started.json()['job']}/").json()
    export = alice.get(f"/api/v1/exports/{done['result']['export']}/").json()
    file = alice.get(f"/api/v1/exports/{export['id']}/file/")

    assert (done["state"], done["done"], done["total"]) == ("done", 2, 2)
    assert export["report"]["counts"]["annotations"] == 1
    assert alice.get(f"/api/v1/projects/{full.pk}/exports/").json()["results"] == [export]
    assert file.headers["Content-Type"] == "application/zip"
    assert "attachment" in file.headers["Content-Disposition"]
    assert int(file.headers["Content-Length"]) == export["size_bytes"]
    body = b"".join(file.streaming_content)
    assert "verification.json" in zipfile.ZipFile(io.BytesIO(body)).namelist()


def test_dry_run_counts_and_starts_nothing(alice: APIClient, full: Project) -> None:
    answer = alice.post(
        f"/api/v1/projects/{full.pk}/exports/",
        {"format": "coco_instances", "dry_run": True, "filters": {"status": ["accepted"]}},
        format="json",
    )

    assert answer.status_code == 200
    assert answer.json()["counts"]["why_nothing"] == "no image passes the filters"
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"format": "coco_dreams"}, "unknown_format"),
        ({"format": "coco_instances", "options": {"colour": 1}}, "invalid_option"),
        ({"format": "coco_instances", "include": "all"}, "bad_include"),
        ({"format": "coco_instances", "filters": {"split": "half"}}, "bad_split"),
        ({"format": "coco_instances", "status": "accepted"}, "no_images"),
    ],
)
def test_bad_wishes_for_an_export(
    alice: APIClient, full: Project, body: dict[str, Any], code: str
) -> None:
    answer = alice.post(f"/api/v1/projects/{full.pk}/exports/", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_annotators_see_exports_but_do_not_make_or_download_them(
    alice: APIClient, cast: dict[str, User], full: Project
) -> None:
    job = alice.post(
        f"/api/v1/projects/{full.pk}/exports/", {"format": "coco_instances"}, format="json"
    ).json()["job"]
    work(job)
    export = Export.objects.get()
    bob = client_of(cast["bob"])

    assert len(bob.get(f"/api/v1/projects/{full.pk}/exports/").json()["results"]) == 1
    assert bob.get(f"/api/v1/exports/{export.pk}/file/").status_code == 403
    for body in ({"format": "coco_instances"}, {}):
        answer = bob.post(f"/api/v1/projects/{full.pk}/exports/", body, format="json")
        assert answer.status_code == 403


@pytest.mark.parametrize("path", ["", "file/"])
def test_strangers_find_no_export(
    alice: APIClient, cast: dict[str, User], full: Project, path: str
) -> None:
    job = alice.post(
        f"/api/v1/projects/{full.pk}/exports/", {"format": "coco_instances"}, format="json"
    ).json()["job"]
    work(job)
    charlie = client_of(cast["charlie"])

    answer = charlie.get(f"/api/v1/exports/{Export.objects.get().pk}/{path}")

    assert answer.status_code == 404
    assert charlie.get(f"/api/v1/exports/987654/{path}").status_code == 404


def test_wrong_methods_are_refused(alice: APIClient, full: Project) -> None:
    for path in ("jobs/", f"projects/{full.pk}/jobs/"):
        assert alice.post(f"/api/v1/{path}").status_code == 405
    assert alice.delete(f"/api/v1/projects/{full.pk}/exports/").status_code == 405
