"""A pre-labelling job tidies what the model found, as its lead has asked for."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from django.test import Client
from rest_framework.test import APIClient

from inference.segmenters import advised
from inference.segmenters.protocol import Candidate
from inference.services.prelabel import ImageFilter, start_prelabelling
from inference.services.prelabel_modes import Found
from inference.services.prelabel_tidying import kept_tidying, tidied
from projects.errors import InvalidInput
from projects.masks.rle import to_bitmap
from projects.masks.types import Rle
from projects.models import Annotation, Job, Project, User
from projects.services.item_runs import run_slice
from tests.factories import make_label, make_project

pytestmark = pytest.mark.django_db


def run(user: User, project: Project, tidying: dict[str, Any] | None) -> Job:
    job = start_prelabelling(
        user=user, project=project, segmenter="classic", wanted=ImageFilter(), tidying=tidying
    )
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def masks(project: Project) -> list[np.ndarray]:
    live = Annotation.objects.filter(image__project=project, state="suggested")
    rows = live.select_related("current", "image")
    return [to_bitmap(Rle(row.image.size_hw, row.current.counts)) for row in rows]


def test_filling_gaps_gives_each_pixel_to_one_suggestion(alice: User, project: Project) -> None:
    run(alice, project, {"cover": "fill"})

    shown = np.sum(masks(project), axis=0)
    assert shown.min() == shown.max() == 1


def test_a_job_that_tidies_nothing_keeps_no_setting(alice: User, project: Project) -> None:
    plain = start_prelabelling(
        user=alice, project=project, segmenter="classic", wanted=ImageFilter()
    )
    assert "tidying" not in plain.params
    assert kept_tidying(project=project, came={"cover": "", "least_region": 0}) == {}


def test_the_rest_gets_the_label_that_was_asked_for(project: Project) -> None:
    sky, car = make_label(project, "sky"), make_label(project, "car")
    mask = np.zeros((10, 20), bool)
    mask[2:5, 3:9] = True
    found = [Found(Candidate(mask, 0.9, 0.9), car.pk)]
    params = kept_tidying(project=project, came={"cover": "name", "rest_label": sky.pk})

    left = tidied(found=found, params=params, size_hw=(10, 20))

    assert [one.label for one in left] == [car.pk, sky.pk]
    assert np.array_equal(left[1].candidate.mask, ~mask)


@pytest.mark.parametrize(
    "wrong", [{"cover": "blanket"}, {"least_region": -1}, {"shine": 1}, {"most_alike": 2}]
)
def test_a_wrong_setting_starts_no_job(alice: User, project: Project, wrong: Any) -> None:
    with pytest.raises(InvalidInput):
        run(alice, project, wrong)
    assert not Job.objects.exists()


def test_a_foreign_label_for_the_rest_is_refused(alice: User, project: Project) -> None:
    foreign = make_label(make_project(lead=alice, name="other"), "sea")

    with pytest.raises(InvalidInput, match="no label"):
        kept_tidying(project=project, came={"cover": "name", "rest_label": foreign.pk})


def test_the_api_takes_the_tidying_and_the_page_does_too(alice: User, project: Project) -> None:
    api, browser = APIClient(), Client()
    api.force_login(alice)
    browser.force_login(alice)
    label = make_label(project, "ground")
    path = f"/api/v1/projects/{project.pk}/prelabel/"
    wish = {"least_region": 9, "most_alike": 0.8, "cover": "name", "rest_label": label.pk}

    refused = api.post(path, {"segmenter": "classic", "tidying": {"cover": "x"}}, format="json")
    started = api.post(path, {"segmenter": "classic", "tidying": wish}, format="json")
    told = Job.objects.get().params["tidying"]
    Job.objects.all().update(state="cancelled")
    form = {**wish, "most_alike": "80", "segmenter": "classic", "fill_holes": ""}
    sent = browser.post(f"/projects/{project.pk}/prelabel/", form)
    wrong = browser.post(
        f"/projects/{project.pk}/prelabel/", {**form, "fill_holes": "-3"}, follow=True
    )

    assert (refused.status_code, started.status_code) == (400, 202)
    assert told == wish
    assert sent.headers["Location"] == f"/projects/{project.pk}/"
    assert [job.params["tidying"] for job in Job.objects.all()] == [wish, wish]
    assert "expected a whole number" in wrong.text


def test_the_page_starts_with_the_advised_tidying(
    client: Client, alice: User, project: Project
) -> None:
    client.force_login(alice)
    page = client.get(f"/projects/{project.pk}/prelabel/").text
    said = dict(re.findall(r'name="(least_region|fill_holes|most_alike)"[^>]* value="(\d+)"', page))

    client.post(f"/projects/{project.pk}/prelabel/", {"segmenter": "classic", **said})

    assert Job.objects.get(kind="prelabel").params["tidying"] == advised.TIDYING
