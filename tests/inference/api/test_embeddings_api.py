"""A segmenter with weights: embeddings by a worker, answers by its ONNX decoder in this process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from rest_framework.test import APIClient

from inference.models import Embedding
from inference.services import feature_store, prompts
from inference.services.recent import RecentEmbeddings
from projects.models import Annotation, Image, Job, Project
from projects.services.item_runs import run_slice
from projects.signals import image_stored
from tests.factories import make_project, make_user
from tests.inference.segmenters.small_sam import NAME, write_small_sam
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_small_sam(folder)
    return folder


@pytest.fixture
def world(weights: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    settings.MODELS_DIR = weights
    settings.INFERENCE_THREADS = 1
    monkeypatch.setattr(prompts, "_recent", RecentEmbeddings(prompts.KEPT_BYTES))
    return settings


@pytest.fixture
def alice() -> APIClient:
    client = APIClient()
    client.force_login(make_user("alice"))
    return client


@pytest.fixture
def image(world: Any, alice: APIClient) -> Image:
    from projects.models import User

    project = make_project(lead=User.objects.get(username="alice"), segmenter=NAME)
    return store_picture(project, width=160, height=120)


def work(job_id: int) -> Job:
    while run_slice(job_id=job_id, is_stopping=lambda: False):
        pass
    return Job.objects.get(pk=job_id)


def prompt(client: APIClient, image: Image, **body: Any) -> Any:
    return client.post(f"/api/v1/images/{image.pk}/prompt/", body, format="json")


def test_first_prompt_waits_for_the_worker_and_the_next_is_answered(
    alice: APIClient, image: Image
) -> None:
    waiting = prompt(alice, image, points=[[80, 60, 1]])
    again = prompt(alice, image, points=[[80, 60, 1]])
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (202, "1")
    assert again.json() == waiting.json()
    job = work(waiting.json()["job"])

    answer = prompt(alice, image, points=[[80, 60, 1]], multimask=True)

    assert (job.kind, job.state, job.error) == ("embed_now", "done", "")
    assert answer.status_code == 200
    assert len(answer.json()["candidates"]) == 3
    logits = answer.json()["candidates"][0]["logits"]
    refined = prompt(alice, image, points=[[80, 60, 1], [5, 5, 0]], logits=logits)
    assert refined.status_code == 200


def test_features_are_served_as_stored(alice: APIClient, image: Image) -> None:
    path = f"/api/v1/images/{image.pk}/embedding/"
    work(alice.get(path).json()["job"])

    answer = alice.get(path)

    shape = [int(side) for side in answer.headers["X-Embedding-Shape"].split(",")]
    features = np.frombuffer(answer.content, "<f2").reshape(shape)
    assert np.isfinite(features).all()
    assert shape == Embedding.objects.get().shape
    same = alice.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304


def test_decoder_for_browsers_is_there_after_a_worker_loaded_the_model(
    alice: APIClient, image: Image
) -> None:
    work(alice.get(f"/api/v1/images/{image.pk}/embedding/").json()["job"])

    answer = alice.get(f"/api/v1/segmenters/{NAME}/decoder.onnx")

    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content)) > 10_000
    assert alice.get("/api/v1/segmenters/classic/decoder.onnx").status_code == 404
    assert alice.get("/api/v1/segmenters/crystal_ball/decoder.onnx").status_code == 404
    assert alice.get("/api/v1/segmenters/sam_vit_b/decoder.onnx").status_code == 503


def test_segmenter_without_features_has_none_to_serve(alice: APIClient, image: Image) -> None:
    answer = alice.get(f"/api/v1/images/{image.pk}/embedding/?segmenter=classic")

    assert (answer.status_code, answer.json()["code"]) == (422, "no_decoder")


def stored_file() -> Path:
    return Path(settings.DATA_DIR) / Embedding.objects.get().key


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_damaged_features_are_made_again(alice: APIClient, image: Image, harm: str) -> None:
    path = f"/api/v1/images/{image.pk}/embedding/"
    work(alice.get(path).json()["job"])
    whole = alice.get(path).content
    file = stored_file()
    data = bytearray(file.read_bytes())
    data[100] ^= 255
    if harm == "remove":
        file.unlink()
    else:
        file.write_bytes(data if harm == "flip" else whole[:-2])

    damaged = alice.get(path)
    assert damaged.status_code == 202
    work(damaged.json()["job"])

    assert alice.get(path).content == whole


def test_features_used_least_go_when_the_budget_is_spent(
    image: Image, alice: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = store_picture(image.project, width=160, height=120)
    for each in (image, other):
        work(alice.get(f"/api/v1/images/{each.pk}/embedding/").json()["job"])
    one = Embedding.objects.earliest("pk").size_bytes
    monkeypatch.setattr(feature_store, "BUDGET_BYTES", 2 * one)

    third = store_picture(image.project, width=160, height=120)
    work(alice.get(f"/api/v1/images/{third.pk}/embedding/").json()["job"])

    kept = set(Embedding.objects.values_list("sha256", flat=True))
    assert kept == {other.sha256, third.sha256}
    assert len(list((Path(settings.DATA_DIR) / "cache").rglob("*-*"))) == 2


def test_new_image_is_embedded_ahead_of_time(image: Image) -> None:
    image_stored.send(sender=None, image_id=image.pk)

    job = Job.objects.get()
    assert (job.kind, work(job.pk).state) == ("embed", "done")
    assert Embedding.objects.filter(sha256=image.sha256).exists()


def test_new_image_of_a_segmenter_without_features_starts_nothing(image: Image) -> None:
    Project.objects.update(segmenter="classic")

    image_stored.send(sender=None, image_id=image.pk)

    assert not Job.objects.exists()


def test_prelabelling_stores_features_and_repeats_itself(alice: APIClient, image: Image) -> None:
    path = f"/api/v1/projects/{image.project_id}/prelabel/"
    job = work(alice.post(path, {}, format="json").json()["job"])
    first = dict(Annotation.objects.values_list("uuid", "current__counts"))

    again = work(alice.post(path, {}, format="json").json()["job"])

    assert (job.state, again.state) == ("done", "done"), (job.error, again.error)
    assert Embedding.objects.count() == 1
    assert dict(Annotation.objects.values_list("uuid", "current__counts")) == first


WEB = """
import sys
import django
django.setup()
import annotator.urls
import inference.segmenters.classic, inference.segmenters.onnx
assert "torch" not in sys.modules
"""


def test_web_process_never_loads_torch(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "annotator.settings",
        "MASKWRIGHT_DATA": str(tmp_path / "web"),
    }

    done = subprocess.run(
        [sys.executable, "-c", WEB], env=env, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
