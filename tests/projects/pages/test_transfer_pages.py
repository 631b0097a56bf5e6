"""Pages of exports, imports, jobs, pre-labelling and models."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.models import Export, Job, JobItem, JobState, Project
from tests.factories import (
    add_member,
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


def make_job(project: Project, kind: str, state: str, **fields) -> Job:
    job = Job.objects.create(project=project, kind=kind, state=state, **fields)
    JobItem.objects.create(job=job, state=state)
    return job


def test_an_export_of_nothing_says_why(alice, project):
    image = make_image(project)
    for _ in range(3):
        make_annotation(image)

    shown = alice.get(f"/projects/{project.pk}/exports/").text

    assert "3 suggestions, none confirmed" in shown


@pytest.mark.parametrize(
    ("query", "images", "objects"),
    [
        ("", 2, 1),
        ("?sent=1&status=accepted", 1, 0),
        ("?sent=1&status=new&split=val", 1, 1),
        ("?sent=1&split=none", 1, 0),
        ("?sent=1&include=suggested", 2, 2),
        ("?format=nonsense&sent=1&status=x&split=y", 2, 1),
    ],
)
def test_the_counts_follow_the_filters(alice, project, query, images, objects):
    label = make_label(project)
    first = make_image(project, split="val")
    make_annotation(first, label=label)
    make_annotation(first, label=label, state="suggested")
    make_image(project, status="accepted")

    shown = alice.get(f"/projects/{project.pk}/exports/{query}").text

    assert f"<b>{images}</b><span>image" in shown
    assert f"<b>{objects}</b><span>object" in shown


@pytest.mark.parametrize(
    ("query", "objects", "says"),
    [
        ("", 2, "1 object of stuff labels stays out"),
        ("?format=coco_instances&sent=1&option-with_stuff=on", 3, ""),
        ("?format=coco_panoptic", 3, ""),
    ],
)
def test_objects_that_the_format_leaves_out_are_not_counted(alice, project, query, objects, says):
    image = make_image(project)
    car, sky = make_label(project, "car"), make_label(project, "sky", is_thing=False)
    for label in (car, car, sky):
        make_annotation(image, label=label)

    shown = alice.get(f"/projects/{project.pk}/exports/{query}").text

    assert f"<b>{objects}</b><span>object" in shown
    assert says in shown if says else "stay out" not in shown


def test_the_notes_of_an_export_can_be_read(alice, project):
    finding = {"path": "images[0]", "message": "it is <turned>", "repair": "stored turned"}
    Export.objects.create(
        project=project, job=make_job(project, "export", "done"), format="coco_instances",
        options={}, file_key="k", file_name="street.zip", size_bytes=1, sha256="0" * 64,
        report={"counts": {"images": 1, "annotations": 1}, "findings": [finding],
                "findings_by_code": {"turned": 3}},
    )  # fmt: skip

    shown = alice.get(f"/projects/{project.pk}/exports/").text

    assert "3 notes" in shown
    assert "it is &lt;turned&gt;; stored turned" in shown
    assert "1 image, 1 object" in shown
    assert "just now" in shown


def test_a_form_starts_an_export_with_its_options(alice, lead, project):
    make_annotation(make_image(project, status="accepted"), label=make_label(project))

    answer = alice.post(
        f"/projects/{project.pk}/exports/",
        {"format": "coco_instances", "sent": "1", "option-segmentation": "polygon",
         "option-with_stuff": "on", "status": "accepted"},
    )  # fmt: skip

    job = Job.objects.get()
    assert answer.status_code == 302
    assert (job.kind, job.created_by) == ("export", lead)
    assert job.params["options"] == {
        "segmentation": "polygon",
        "with_stuff": True,
        "with_images": False,
    }
    assert job.params["filters"]["statuses"] == ["accepted"]


def test_an_option_that_a_format_lacks_is_said(alice, project):
    make_image(project)

    answer = alice.post(
        f"/projects/{project.pk}/exports/",
        {"format": "coco_instances", "sent": "1", "option-segmentation": "<b>"},
        follow=True,
    )

    assert 'class="notice error"' in answer.text
    assert not Job.objects.exists()


@pytest.mark.parametrize(("outcome", "word"), [("verified", "verified"), ("", "not verified")])
def test_finished_exports_show_digest_and_proof(alice, project, outcome, word):
    job = make_job(project, "export", "done")
    Export.objects.create(
        project=project, job=job, format="coco_instances", file_key="k", file_name="street.zip",
        size_bytes=2048, sha256="ab" * 32,
        report={"counts": {"images": 2, "annotations": 5}, "verification": {"outcome": outcome}},
    )  # fmt: skip

    shown = alice.get(f"/projects/{project.pk}/exports/").text

    assert "ab" * 32 in shown
    assert f">{word}</span>" in shown
    assert "2 images, 5 objects" in shown


def upload(name: str = "coco.json") -> SimpleUploadedFile:
    document = {"images": [], "annotations": [], "categories": []}
    return SimpleUploadedFile(name, json.dumps(document).encode())


@pytest.mark.parametrize(("do", "is_dry"), [("check", True), ("import", False)])
def test_a_file_is_checked_or_imported(alice, project, do, is_dry):
    make_image(project)

    answer = alice.post(
        f"/projects/{project.pk}/imports/",
        {"do": do, "file": upload(), "format": "coco_instances", "as": "prelabels"},
    )

    job = Job.objects.get()
    assert answer.status_code == 302
    assert (job.kind, job.params["dry_run"], job.params["as"]) == ("import", is_dry, "prelabels")


@pytest.mark.parametrize(
    "sent",
    [
        {"format": "coco_instances", "as": "annotations"},
        {"format": "coco_panoptic", "as": "annotations", "file": "coco.json"},
        {"format": "coco_instances", "as": "facts", "file": "coco.json"},
    ],
)
def test_an_import_that_cannot_be_is_said(alice, project, sent):
    body = {**sent, "do": "check"}
    if "file" in sent:
        body["file"] = upload(sent["file"])

    answer = alice.post(f"/projects/{project.pk}/imports/", body, follow=True)

    assert 'class="notice error"' in answer.text
    assert not Job.objects.exists()


def test_a_report_names_places_as_text(alice, project):
    make_image(project)
    finding = {
        "path": "$.annotations[0]",
        "message": "<i>bad</i>",
        "repair": "r",
        "severity": "error",
    }
    report = {
        "images": 1, "objects": 0, "objects_in_file": 3, "errors": 1, "findings": [finding],
        "findings_by_code": {"x": 1}, "labels": {"existing": ["car"], "created": ["<u>"]},
    }  # fmt: skip
    make_job(
        project,
        "import",
        "failed",
        params={"dry_run": False, "as": "annotations"},
        result={"report": report},
        error="1 problems in the file; nothing was imported",
    )

    shown = alice.get(f"/projects/{project.pk}/imports/").text

    assert "&lt;i&gt;bad&lt;/i&gt;" in shown
    assert "&lt;u&gt;" in shown
    assert "nothing was imported" in shown
    assert "<i>bad" not in shown


@pytest.mark.parametrize("page", ["exports/", "imports/", "prelabel/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_annotators_start_no_transfers(project, page, method, browser_of):
    bob = make_user("bob")
    add_member(project, bob, "annotator")
    make_image(project)

    answer = getattr(browser_of(bob), method)(
        f"/projects/{project.pk}/{page}",
        {"format": "coco_instances", "as": "annotations", "segmenter": "classic"},
    )

    assert answer.status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("state", "do", "becomes"),
    [
        ("queued", "cancel", JobState.CANCELLED),
        ("running", "cancel", JobState.CANCELLED),
        ("failed", "retry", JobState.QUEUED),
        ("cancelled", "retry", JobState.QUEUED),
        ("done", "cancel", JobState.DONE),
        ("done", "retry", JobState.DONE),
        ("running", "x", JobState.RUNNING),
    ],
)
def test_jobs_are_cancelled_and_tried_again(alice, project, state, do, becomes):
    job = make_job(project, "prelabel", state)

    answer = alice.post(f"/projects/{project.pk}/jobs/", {"do": do, "job": job.pk}, follow=True)

    job.refresh_from_db()
    assert answer.status_code == 200
    assert job.state == becomes


def test_only_those_who_may_see_the_buttons_of_a_job(project, browser_of):
    make_job(project, "prelabel", "running")
    bob = make_user("bob")
    add_member(project, bob, "annotator")
    client = browser_of(bob)

    for address in ("/jobs/", f"/projects/{project.pk}/jobs/"):
        assert "Pre-labelling" in client.get(address).text
        assert 'value="cancel"' not in client.get(address).text


def test_jobs_of_foreign_projects_are_not_listed(alice):
    make_job(make_project(lead=make_user("charlie"), name="Secret"), "export", "running")

    assert "Secret" not in alice.get("/jobs/").text


def test_a_failed_job_says_why_as_text(alice, project):
    make_job(project, "prelabel", "failed", error="the worker died <3 times>")

    assert "the worker died &lt;3 times&gt;" in alice.get(f"/projects/{project.pk}/jobs/").text


def test_pre_labelling_is_started_with_the_chosen_segmenter(alice, project):
    make_image(project)
    make_image(project, status="in_progress")

    answer = alice.post(
        f"/projects/{project.pk}/prelabel/", {"segmenter": "classic", "images": "new"}
    )

    job = Job.objects.get()
    assert answer.headers["Location"] == f"/projects/{project.pk}/"
    assert (job.kind, job.params["segmenter"], job.items.count()) == ("prelabel", "classic", 1)
    assert "data-job=" in alice.get(f"/projects/{project.pk}/prelabel/").text


@pytest.mark.parametrize(
    ("segmenter", "words"),
    [("sam_vit_b", "No SAM weights found"), ("x", "404"), ("", "404")],
)
def test_a_segmenter_that_is_not_there_is_said(alice, project, segmenter, words):
    make_image(project)

    answer = alice.post(f"/projects/{project.pk}/prelabel/", {"segmenter": segmenter}, follow=True)

    assert words in answer.text or str(answer.status_code) == words
    assert not Job.objects.exists()


def test_models_say_what_is_missing_and_how_to_get_it(alice):
    shown = alice.get("/models/").text

    assert "installed</span>" in shown
    assert "sam_vit_b" in shown
    assert "fetch_model" in shown
