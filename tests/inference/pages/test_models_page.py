"""The page of the models: what it tells, and what a lead may do on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from inference.models import ModelCheck
from projects.models import Job, Project, Role, User
from tests.factories import add_member, make_project, make_user

pytestmark = pytest.mark.django_db


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def lead() -> User:
    return make_user("alice")


@pytest.fixture
def project(lead: User) -> Project:
    return make_project(lead=lead, name="Zoo")


@pytest.fixture
def alice(lead: User, project: Project) -> Client:
    return browser_of(lead)


def text(client: Client) -> str:
    return client.get("/models/").content.decode()


def test_it_shows_what_was_measured_and_who_uses_it(alice: Client, project: Project) -> None:
    ModelCheck.objects.create(
        segmenter="classic",
        version="1",
        load_seconds=0.08,
        prompt_seconds=0.228,
        everything_seconds=4.17,
        peak_bytes=126_238_720,
        device="Abacus 9, 2 cores",
        checked_at=timezone.now(),
    )

    shown = text(alice)

    for words in (
        "228 ms",
        "4.2 s",
        "126 MB",
        "Abacus 9",
        "loads",
        f'/projects/{project.pk}/">Zoo',
    ):
        assert words in shown
    assert "fetch_model sam_vit_b" in shown


def test_it_says_why_a_model_does_not_load(alice: Client) -> None:
    ModelCheck.objects.create(
        segmenter="classic", problem="the weights are torn", checked_at=timezone.now()
    )

    assert "does not load" in text(alice)
    assert "the weights are torn" in text(alice)


def test_a_description_that_cannot_be_read_is_shown(alice: Client, settings) -> None:
    (Path(settings.MODELS_DIR) / "sam_mine.json").write_text("{")

    assert "sam_mine.json" in text(alice)


def test_rescan_finds_what_was_put_there(alice: Client) -> None:
    answer = alice.post("/models/", {"do": "rescan"}, follow=True)

    assert "models are installed" in answer.content.decode()


def test_measure_starts_a_job_and_use_makes_a_default(alice: Client, project: Project) -> None:
    alice.post("/models/", {"do": "measure", "segmenter": "classic", "project": project.pk})
    alice.post("/models/", {"do": "use", "segmenter": "sam_vit_b", "project": project.pk})

    job = Job.objects.get()
    project.refresh_from_db()
    assert (job.kind, job.params) == ("measure_model", {"segmenter": "classic"})
    assert project.segmenter == "sam_vit_b"
    assert f'data-job="{job.pk}"' in text(alice)


@pytest.mark.parametrize("deed", ["measure", "use"])
def test_who_leads_no_project_changes_nothing(project: Project, deed: str) -> None:
    bob = make_user("bob")
    add_member(project, bob, Role.ANNOTATOR)
    before = project.segmenter

    answer = browser_of(bob).post(
        "/models/", {"do": deed, "segmenter": "classic", "project": project.pk}
    )

    project.refresh_from_db()
    assert answer.status_code == 403
    assert (project.segmenter, Job.objects.count()) == (before, 0)
    assert 'value="measure"' not in text(browser_of(bob))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "measure", "segmenter": "classic", "project": "x"}, "Choose a project"),
        ({"do": "measure", "segmenter": "sam_vit_b"}, "fetch_model"),
        ({"do": "use", "segmenter": "crystal"}, None),
        ({"do": "explode"}, "nothing called"),
    ],
)
def test_bad_forms_are_said(
    alice: Client, project: Project, form: dict[str, str], words: str | None
) -> None:
    answer = alice.post("/models/", {"project": str(project.pk), **form}, follow=True)

    if words is None:
        assert answer.status_code == 404
    else:
        assert words in answer.content.decode()
