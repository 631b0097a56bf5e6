"""The bundled model over the API: no worker is needed, and classic stands in for damaged files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from inference.models import Embedding
from inference.segmenters import bundled
from inference.services import prompts
from inference.services.recent import RecentEmbeddings
from projects.models import Annotation, Image, Job, User
from projects.services.item_runs import run_slice
from tests.factories import make_project, make_user
from tests.inference.segmenters.small_nano import VERSION, write_small_nano
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db

CLICK = {"points": [[80, 60, 1]]}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_small_nano(folder)
    return folder


@pytest.fixture
def models(
    weights: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    folder = tmp_path / "nano"
    shutil.copytree(weights, folder)
    settings.MODELS_DIR, settings.INFERENCE_THREADS = folder, 1
    monkeypatch.setattr(prompts, "_recent", RecentEmbeddings(prompts.KEPT_BYTES))
    return folder


@pytest.fixture
def alice(models: Path) -> APIClient:
    client = APIClient()
    client.force_login(make_user("alice"))
    return client


@pytest.fixture
def image(alice: APIClient) -> Image:
    project = make_project(lead=User.objects.get(username="alice"), segmenter=bundled.NAME)
    return store_picture(project, width=160, height=120)


def damage(models: Path) -> None:
    path = models / bundled.NAME / bundled.ENCODER_NAME
    path.write_bytes(path.read_bytes()[:-1])


def test_a_prompt_is_answered_while_no_worker_runs(alice: APIClient, image: Image) -> None:
    answer = alice.post(f"/api/v1/images/{image.pk}/prompt/", CLICK, format="json")

    assert answer.status_code == 200
    assert answer.json()["segmenter"] == "sam_nano"
    assert answer.json()["candidates"][0]["segmentation"]["size"] == [120, 160]
    stored = Embedding.objects.get()
    assert (stored.segmenter, stored.version) == ("sam_nano", VERSION)


def test_browsers_get_decoder_and_embedding(alice: APIClient, image: Image, models: Path) -> None:
    alice.post(f"/api/v1/images/{image.pk}/prompt/", CLICK, format="json")

    decoder = alice.get("/api/v1/segmenters/sam_nano/decoder.onnx")
    embedding = alice.get(f"/api/v1/images/{image.pk}/embedding/")

    content = b"".join(decoder.streaming_content)
    assert content == (models / bundled.NAME / bundled.DECODER_NAME).read_bytes()
    assert VERSION in decoder["ETag"]
    again = alice.get(
        "/api/v1/segmenters/sam_nano/decoder.onnx", HTTP_IF_NONE_MATCH=decoder["ETag"]
    )
    assert again.status_code == 304
    assert embedding.status_code == 200
    assert embedding["X-Embedding-Shape"] == "1,36,8,8"
    assert len(embedding.content) == 2 * 36 * 8 * 8


def test_damaged_files_leave_the_project_to_classic(
    alice: APIClient, image: Image, models: Path
) -> None:
    damage(models)

    silent = alice.post(f"/api/v1/images/{image.pk}/prompt/", CLICK, format="json")
    named = alice.post(
        f"/api/v1/images/{image.pk}/prompt/", {**CLICK, "segmenter": "sam_nano"}, format="json"
    )
    counted = alice.post(
        f"/api/v1/projects/{image.project_id}/prelabel/", {"dry_run": True}, format="json"
    )

    assert (silent.status_code, silent.json()["segmenter"]) == (200, "classic")
    assert named.status_code == 503
    assert "damaged" in named.json()["detail"]
    assert counted.json()["segmenter"] == "classic"
    assert alice.get("/api/v1/segmenters/sam_nano/decoder.onnx").status_code == 503
    rows = {row["name"]: row for row in alice.get("/api/v1/segmenters/").json()["results"]}
    assert not rows["sam_nano"]["installed"]
    assert "sha256" in rows["sam_nano"]["why_not"]


def test_prelabelling_uses_it(alice: APIClient, image: Image) -> None:
    started = alice.post(f"/api/v1/projects/{image.project_id}/prelabel/", {}, format="json")
    job_id = started.json()["job"]
    while run_slice(job_id=job_id, is_stopping=lambda: False):
        pass

    job = Job.objects.get(pk=job_id)
    assert (job.state, job.params["segmenter"]) == ("done", "sam_nano"), job.error
    assert Embedding.objects.get().segmenter == "sam_nano"
    models = set(Annotation.objects.values_list("current__model", flat=True))
    assert models <= {f"sam_nano@{VERSION}"}
