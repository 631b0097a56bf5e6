"""Prompts that only a worker can answer, over the API: clicks for SAM 2.1, words for SAM 3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from inference.apps import PROMPT_JOBS
from inference.models import Embedding
from inference.services.prelabel import ImageFilter, start_prelabelling
from inference.services.segmenters import let_go_of_all
from projects.masks.rle import from_bitmap, parse, to_bitmap, to_wire
from projects.models import Annotation, Image, Job, User
from projects.services.item_runs import run_slice
from tests.factories import make_label, make_project, make_user
from tests.pictures import store_picture

pytest.importorskip("transformers", reason="pip install transformers")

from tests.inference.segmenters.small_transformers import save  # noqa: E402, RUF100

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    for kind in ("sam2", "sam3"):
        save(kind, folder / kind)
    return folder


@pytest.fixture
def models(weights: Path, settings: Any) -> Any:
    """A folder of models with a small SAM 2.1 and a small SAM 3."""
    folder = Path(settings.MODELS_DIR)
    for kind in ("sam2", "sam3"):
        (folder / kind).symlink_to(weights / kind)
    (folder / "sam3.json").write_text(json.dumps({"family": "transformers", "threshold": 0.1}))
    yield folder
    let_go_of_all()


@pytest.fixture
def lead() -> User:
    return make_user("alice")


@pytest.fixture
def alice(lead: User) -> APIClient:
    client = APIClient()
    client.force_login(lead)
    return client


@pytest.fixture
def image(lead: User) -> Image:
    return store_picture(make_project(lead=lead), width=96, height=72)


def ask(client: APIClient, image: Image, **body: Any) -> Any:
    return client.post(f"/api/v1/images/{image.pk}/prompt/", body, format="json")


def work(job: Job) -> Job:
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    return job


def test_a_click_is_answered_by_a_worker_and_fetched(
    alice: APIClient, image: Image, models: Path
) -> None:
    body = {"points": [[40, 30, 1]], "multimask": True, "segmenter": "sam2"}

    first = ask(alice, image, **body)
    second = ask(alice, image, **body)
    assert first.status_code == second.status_code == 202, first.content
    assert first.headers["Retry-After"] == "1"
    assert first.json()["job"] == second.json()["job"]
    assert work(Job.objects.get()).state == "done"
    answer = ask(alice, image, **body)

    assert answer.status_code == 200, answer.json()
    candidates = answer.json()["candidates"]
    assert len(candidates) == 3
    mask = to_bitmap(parse(candidates[0]["segmentation"], image.size_hw))
    assert mask.sum() == candidates[0]["area"]
    assert Embedding.objects.get().segmenter == "sam2"  # stored, so that the next click is quick
    refined = ask(alice, image, **body, logits=candidates[0]["logits"])
    assert refined.status_code == 202
    assert Job.objects.count() == 2


def test_a_region_is_looked_at_closer_and_merged(
    alice: APIClient, image: Image, models: Path
) -> None:
    body = {"points": [[40, 30, 1]], "segmenter": "sam2"}
    region = [20, 12, 68, 60]
    mask = np.zeros(image.size_hw, bool)
    mask[2:70, 2:90] = True
    refined = {**body, "mask": to_wire(from_bitmap(mask)), "region": region}
    for asked in (body, refined):
        assert ask(alice, image, **asked).status_code == 202
        assert work(Job.objects.latest("pk")).error == ""

    [whole] = ask(alice, image, **body).json()["candidates"]
    [closer] = ask(alice, image, **refined).json()["candidates"]

    assert Embedding.objects.count() == 2  # of the image, and of the part
    assert closer["segmentation"] != whole["segmentation"]
    drawn = to_bitmap(parse(closer["segmentation"], image.size_hw)).astype(bool)
    outside = np.ones(image.size_hw, bool)
    outside[12:60, 20:68] = False
    assert (drawn == mask)[outside].all()
    assert (drawn != mask).any()


def test_words_find_every_object_that_fits(alice: APIClient, image: Image, models: Path) -> None:
    body = {"text": "bear"}  # nobody names a model: one that reads is taken
    assert ask(alice, image, **body).status_code == 202
    work(Job.objects.get())

    answer = ask(alice, image, **body)

    assert answer.status_code == 200, answer.json()
    assert len(answer.json()["candidates"]) > 1
    boxes = {"exemplars": [[5, 5, 40, 40, 1]], "segmenter": "sam3"}
    assert ask(alice, image, **boxes).status_code == 202
    work(Job.objects.latest("pk"))
    assert ask(alice, image, **boxes).json()["candidates"]


def test_without_sam3_the_answer_says_what_to_install(alice: APIClient, image: Image) -> None:
    answer = ask(alice, image, text="bear")

    assert answer.status_code == 503
    assert answer.json()["code"] == "model_missing"
    assert "copy its folder to sam3" in answer.json()["detail"]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "bear", "segmenter": "sam2"}, 422, "unsupported_prompt"),
        ({"points": [[40, 30, 1]], "segmenter": "sam3"}, 422, "unsupported_prompt"),
        ({"points": [[400, 30, 1]], "segmenter": "sam2"}, 400, "point_outside"),
        ({"text": "bear", "region": [0, 0, 48, 48], "segmenter": "sam3"}, 422, "no_region"),
        (
            {"points": [[80, 60, 1]], "region": [0, 0, 48, 48], "segmenter": "sam2"},
            400,
            "empty_prompt",
        ),
        ({"exemplars": [[40, 5, 5, 40, 1]], "segmenter": "sam3"}, 400, "box_reversed"),
        ({"exemplars": [[5, 5, 40, 40, 0]], "segmenter": "sam3"}, 400, "empty_prompt"),
        ({"exemplars": [[5, 5, 40]], "segmenter": "sam3"}, 400, "invalid"),
        ({"text": "x" * 501, "segmenter": "sam3"}, 400, "invalid"),
    ],
)
@pytest.mark.usefixtures("models")
def test_what_cannot_be_asked_is_refused_at_once(
    alice: APIClient,
    image: Image,
    body: dict[str, Any],
    status: int,
    code: str | None,
) -> None:
    answer = ask(alice, image, **body)

    assert answer.status_code == status, answer.json()
    assert code is None or answer.json()["code"] == code
    assert not Job.objects.exists()


def test_a_worker_that_fails_says_why_and_is_asked_anew(
    alice: APIClient, image: Image, models: Path
) -> None:
    body = {"points": [[40, 30, 1]], "segmenter": "sam2"}
    ask(alice, image, **body)
    (models / "sam2").unlink()
    (models / "sam2").mkdir()
    (models / "sam2" / "config.json").write_text('{"model_type": "sam2"}')
    (models / "sam2" / "model.safetensors").write_bytes(b"torn")
    work(Job.objects.get())

    # Other files, another question: the old answer is not taken for the new model's.
    assert ask(alice, image, **body).status_code == 202
    work(Job.objects.latest("pk"))
    failed = ask(alice, image, **body)

    assert failed.status_code == 503
    assert failed.json()["code"] == "prompt_failed"
    assert "sam2 does not load" in failed.json()["detail"]
    assert ask(alice, image, **body).status_code == 202


def test_too_many_questions_hear_so(alice: APIClient, image: Image, models: Path) -> None:
    for place in range(PROMPT_JOBS):
        assert ask(alice, image, points=[[place, 1, 1]], segmenter="sam2").status_code == 202

    answer = ask(alice, image, points=[[50, 50, 1]], segmenter="sam2")

    assert answer.status_code == 503
    assert answer.json()["code"] == "busy"
    assert answer.headers["Retry-After"] == "1"


def test_pre_labelling_takes_a_text_for_each_label(
    lead: User, alice: APIClient, image: Image, models: Path
) -> None:
    bear, grass = make_label(image.project, "bear"), make_label(image.project, "grass")
    url = f"/api/v1/projects/{image.project_id}/prelabel/"

    started = alice.post(
        url,
        {"mode": "text", "texts": {bear.pk: "a brown bear", grass.pk: ""}},
        format="json",
    )

    assert started.status_code == 202, started.json()
    job = work(Job.objects.get())
    assert job.state == "done", job.error
    assert job.params["texts"] == {str(bear.pk): "a brown bear"}
    rows = Annotation.objects.all()
    assert {row.label_id for row in rows} == {bear.pk}
    assert {row.state for row in rows} == {"suggested"}
    named = start_prelabelling(
        user=lead, project=image.project, segmenter="sam3", mode="text", wanted=ImageFilter()
    )
    assert named.params["texts"] == {str(bear.pk): "bear", str(grass.pk): "grass"}
    for texts, code in (
        ({"987654": "x"}, "unknown_label"),
        ({bear.pk: " "}, "no_texts"),
        ({"bear": "x"}, "unknown_label"),
        ({bear.pk: "x" * 501}, "invalid"),
    ):
        bad = {"segmenter": "sam3", "mode": "text", "texts": texts}
        answer = alice.post(url, bad, format="json")
        assert (answer.status_code, answer.json()["code"]) == (400, code)
