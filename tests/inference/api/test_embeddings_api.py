"""A segmenter with weights: embeddings by a worker, answers by its ONNX decoder in this process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.db.models.functions import Now
from rest_framework.test import APIClient

from inference.models import Embedding
from inference.services import prompts, segmenters
from inference.services.embeddings import embed_in_background, ensure_embedding
from inference.services.recent import RecentEmbeddings
from projects.models import Annotation, Image, Job, Project
from projects.services import tallies
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
    before = tallies.tallied().get("embedding_seconds|sum", 0.0)
    job = work(waiting.json()["job"])
    assert tallies.tallied()["embedding_seconds|sum"] > before

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
    stored_file().unlink()  # who has them already is answered without a look at the file
    same = alice.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304


def test_features_under_their_version_may_be_kept_for_ever(alice: APIClient, image: Image) -> None:
    path = f"/api/v1/images/{image.pk}/embedding/"
    work(alice.get(path).json()["job"])
    listed = alice.get("/api/v1/segmenters/").json()["results"]
    version = next(info["embedding_version"] for info in listed if info["name"] == NAME)

    latest, fixed = alice.get(path), alice.get(f"{path}?version={version}")
    other = alice.get(f"{path}?version=0")

    assert latest.headers["X-Embedding-Version"] == version
    assert latest.headers["Cache-Control"] == "private, no-cache"
    assert fixed.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert fixed.content == latest.content
    assert (other.status_code, other.json()["code"]) == (404, "other_version")


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
    world: Any, image: Image, alice: APIClient
) -> None:
    other = store_picture(image.project, width=160, height=120)
    for each in (image, other):
        work(alice.get(f"/api/v1/images/{each.pk}/embedding/").json()["job"])
    one = Embedding.objects.earliest("pk").size_bytes
    Embedding.objects.filter(sha256=other.sha256).update(used_at=Now() - timedelta(hours=2))
    Embedding.objects.filter(sha256=image.sha256).update(used_at=Now() - timedelta(hours=3))
    alice.get(f"/api/v1/images/{image.pk}/embedding/")  # the older one is used again
    world.EMBEDDINGS_BYTES = 2 * one
    before = tallies.tallied().get("embedding_evicted", 0)

    third = store_picture(image.project, width=160, height=120)
    work(alice.get(f"/api/v1/images/{third.pk}/embedding/").json()["job"])

    kept = set(Embedding.objects.values_list("sha256", flat=True))
    assert kept == {image.sha256, third.sha256}
    assert tallies.tallied()["embedding_evicted"] == before + 1
    assert len(list((Path(settings.DATA_DIR) / "cache").rglob("*-*"))) == 2


def test_new_images_are_embedded_ahead_of_time_by_one_job(image: Image) -> None:
    other = store_picture(image.project, width=160, height=120)
    for each in (image, other, image):
        image_stored.send(sender=None, image_id=each.pk)

    job = Job.objects.get()
    assert (job.kind, job.items.count(), work(job.pk).state) == ("embed", 2, "done")
    assert set(Embedding.objects.values_list("sha256", flat=True)) == {image.sha256, other.sha256}


def test_what_an_annotator_opens_next_is_embedded_meanwhile(
    alice: APIClient, image: Image, django_capture_on_commit_callbacks: Any
) -> None:
    others = [store_picture(image.project, width=160, height=120) for _ in range(4)]
    ensure_stored(others[0])

    with django_capture_on_commit_callbacks(execute=True):
        given = alice.post(
            f"/api/v1/projects/{image.project_id}/queue/next/", {"order": "created"}, format="json"
        )

    job = Job.objects.get(kind="embed_next")
    wanted = list(job.items.order_by("pk").values_list("image_id", flat=True))
    assert given.json()["id"] == image.pk
    assert wanted == [image.pk, others[1].pk, others[2].pk]


def ensure_stored(image: Image) -> None:
    ensure_embedding(image=image, segmenter=segmenters.loaded(name=NAME))


def test_opened_image_is_embedded_before_what_is_prepared(alice: APIClient, image: Image) -> None:
    others = [store_picture(image.project, width=160, height=120) for _ in range(3)]
    ahead = embed_in_background(
        project=image.project, segmenter=NAME, images=others, kind="embed_next"
    )
    now = alice.get(f"/api/v1/images/{image.pk}/embedding/").json()["job"]

    assert run_slice(job_id=ahead.pk, is_stopping=lambda: False) is True

    assert ahead.items.filter(state="done").count() == 1  # what was in hand, and no more
    assert work(now).state == "done"


def test_new_image_of_a_segmenter_without_features_starts_nothing(image: Image) -> None:
    Project.objects.update(segmenter="classic")

    image_stored.send(sender=None, image_id=image.pk)

    assert not Job.objects.exists()


def test_prelabelling_stores_features_and_repeats_itself(alice: APIClient, image: Image) -> None:
    path = f"/api/v1/projects/{image.project_id}/prelabel/"
    box = {"image": image.pk, "box_xyxy": [70, 30, 150, 110]}
    body = {"mode": "boxes", "boxes": [box]}
    job = work(alice.post(path, body, format="json").json()["job"])
    first = dict(Annotation.objects.values_list("uuid", "current__counts"))
    before = tallies.tallied().get("embedding_found", 0)

    again = work(alice.post(path, body, format="json").json()["job"])

    assert len(first) == 1
    assert (job.state, again.state) == ("done", "done"), (job.error, again.error)
    assert Embedding.objects.count() == 1
    assert tallies.tallied()["embedding_found"] == before + 1
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
