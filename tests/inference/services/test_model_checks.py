"""What is told of models on this machine is measured: loaded in a process of its own, and timed."""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inference.models import ModelCheck
from inference.services import model_checks
from inference.services.model_checks import check_model, facts_of_models, start_checking
from inference.services.model_words import duration, size_of
from projects.errors import Forbidden, NotFound, Unavailable
from projects.models import Job, Project, Role, User
from projects.services.item_runs import run_slice
from projects.services.jobs import cancel_job
from tests.factories import add_member, make_project, make_user
from tests.inference.segmenters.small_sam import NAME as SAM
from tests.inference.segmenters.small_sam import write_small_sam

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def project(alice: User) -> Project:
    return make_project(lead=alice)


def models(*arguments: str) -> str:
    out = io.StringIO()
    call_command("models", *arguments, stdout=out)
    return out.getvalue()


def test_measuring_loads_the_model_and_times_its_work() -> None:
    check = check_model(name="classic")

    assert (check.problem, check.version) == ("", "1")
    seconds = (check.load_seconds, check.embed_seconds)
    seconds += (check.prompt_seconds, check.everything_seconds)
    assert None not in seconds
    assert min(seconds) > 0
    assert check.peak_bytes > 30e6
    assert "cores" in check.device
    assert (check.width, check.height) == (1024, 683)
    assert ModelCheck.objects.get() == check


def test_a_damaged_checkpoint_is_said_not_to_load_and_why(settings) -> None:
    folder = Path(settings.MODELS_DIR)
    write_small_sam(folder)
    assert not check_model(name=SAM, load_only=True).problem
    weights = folder / f"{SAM}.pth"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    later = time.time() + 5
    os.utime(weights, (later, later))

    told = {one.info.name: one for one in facts_of_models()}
    assert told[SAM].is_outdated  # its files changed after it was seen to load
    check = check_model(name=SAM, load_only=True)

    assert "expected sha256" in check.problem
    assert ModelCheck.objects.get(segmenter=SAM).problem == check.problem


def test_loading_again_keeps_what_was_measured() -> None:
    measured = check_model(name="classic")

    again = check_model(name="classic", load_only=True)

    assert again.everything_seconds == measured.everything_seconds
    assert again.peak_bytes == measured.peak_bytes


def test_a_process_that_dies_is_a_problem_of_the_model_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_checks, "MODULE", "antigravity_that_is_not_there")

    check = check_model(name="classic")

    assert "ended with status 1" in check.problem
    assert "antigravity_that_is_not_there" in check.problem


def test_a_job_measures_and_a_model_that_fails_fails_the_job(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start_checking(user=alice, project=project, segmenter="classic")
    run_slice(job_id=job.pk, is_stopping=lambda: False)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"segmenter": "classic", "version": "1"})

    monkeypatch.setattr(model_checks, "MODULE", "not_there")
    job = start_checking(user=alice, project=project, segmenter="classic")
    run_slice(job_id=job.pk, is_stopping=lambda: False)

    job.refresh_from_db()
    assert job.state == "failed"
    assert "classic does not work here" in job.error


def test_cancelling_ends_the_measuring(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_checks, "LOOK_SECONDS", 0.05)
    job = start_checking(user=alice, project=project, segmenter="classic")
    real = model_checks.heartbeat

    def cancel_meanwhile(**words):
        Job.objects.filter(pk=job.pk, state="running").exists() and cancel_job(user=alice, job=job)
        real(**words)

    monkeypatch.setattr(model_checks, "heartbeat", cancel_meanwhile)

    run_slice(job_id=job.pk, is_stopping=lambda: False)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not ModelCheck.objects.exists()


@pytest.mark.parametrize(
    ("name", "error"), [("sam_vit_b", Unavailable), ("crystal_ball", NotFound)]
)
def test_what_is_not_there_is_refused(
    alice: User, project: Project, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        start_checking(user=alice, project=project, segmenter=name)

    assert not Job.objects.exists()


def test_only_leads_measure(project: Project) -> None:
    user = make_user()
    add_member(project, user, Role.REVIEWER)

    with pytest.raises(Forbidden):
        start_checking(user=user, project=project, segmenter="classic")


def test_the_command_lists_measures_and_chooses(project: Project) -> None:
    before = models()
    assert "sam_vit_b" in before
    assert "Apache-2.0" in before

    after = models("--measure", "classic", "--json")
    models("--use", "sam_vit_b", "--project", str(project.pk))

    told = {one["name"]: one for one in json.loads(after)}
    assert told["classic"]["check"]["prompt_seconds"] > 0
    assert told["sam_vit_b"]["installed"] is False
    project.refresh_from_db()
    assert project.segmenter == "sam_vit_b"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--measure", "sam_vit_b"), "fetch_model sam_vit_b"),
        (("--check", "crystal_ball"), "no segmenter named"),
        (("--use", "crystal_ball", "--project", "1"), "There is no model named"),
        (("--use", "classic"), "--project"),
        (("--use", "sam3", "--project", "1"), "that answers clicks"),
    ],
)
def test_the_command_says_what_cannot_be(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        models(*arguments)


def test_the_command_fails_when_a_model_does_not_load(settings) -> None:
    folder = Path(settings.MODELS_DIR)
    write_small_sam(folder).write_bytes(b"no checkpoint")

    with pytest.raises(CommandError, match=f"{SAM} does not work: .*sha256"):
        models("--check", SAM)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "-"), (999, "999 bytes"), (375_042_383, "375 MB"), (2_564_550_879, "2.6 GB")],
)
def test_sizes_in_words(count: int, words: str) -> None:
    assert size_of(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "-"), (0.0004, "< 1 ms"), (0.0244, "24 ms"), (7.66, "7.7 s")]
)
def test_times_in_words(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words
