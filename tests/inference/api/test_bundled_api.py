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
from inference.segmenters.closer_look import predict_closer
from inference.segmenters.protocol import Prompt
from inference.services import prompts, segmenters
from inference.services.embeddings import pixels_of
from inference.services.recent import RecentEmbeddings
from projects.masks.rle import from_bitmap, iou, parse, to_bitmap
from projects.models import Annotation, Image, Job, User
from projects.services.item_runs import run_slice
from projects.services.revisions import object_state
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
    body = {"mode": "boxes", "boxes": [{"image": image.pk, "box_xyxy": [70, 30, 150, 110]}]}
    started = alice.post(f"/api/v1/projects/{image.project_id}/prelabel/", body, format="json")
    job_id = started.json()["job"]
    while run_slice(job_id=job_id, is_stopping=lambda: False):
        pass

    job = Job.objects.get(pk=job_id)
    assert (job.state, job.params["segmenter"]) == ("done", "sam_nano"), job.error
    assert Embedding.objects.get().segmenter == "sam_nano"
    models = set(Annotation.objects.values_list("current__model", flat=True))
    assert models == {f"sam_nano@{VERSION}"}


LARGE = {"width": 640, "height": 480}
SMALL_BOX = [300, 200, 360, 250]


def ask(client: APIClient, image: Image, **fields: Any) -> Any:
    return client.post(f"/api/v1/images/{image.pk}/prompt/", fields, format="json")


def test_a_small_box_is_looked_at_closer_and_nothing_more_is_stored(
    alice: APIClient, image: Image
) -> None:
    wide = store_picture(image.project, **LARGE)
    segmenter = segmenters.loaded(name=bundled.NAME)
    pixels = pixels_of(image=wide)
    box = tuple(map(float, SMALL_BOX))

    answer = ask(alice, wide, box=SMALL_BOX)

    [got] = answer.json()["candidates"]
    [expected] = predict_closer(segmenter, pixels, segmenter.embed(pixels), Prompt(box_xyxy=box))
    assert to_bitmap(parse(got["segmentation"], wide.size_hw)).tolist() == expected.mask.tolist()
    assert got["logits"] is None
    assert Embedding.objects.count() == 1  # the whole image's


def test_clicks_beside_a_small_box_or_a_large_picture_are_answered_by_the_whole(
    alice: APIClient, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = store_picture(image.project, **LARGE)

    beside = ask(alice, wide, box=SMALL_BOX, points=[[20, 20, 0]])
    monkeypatch.setattr(prompts, "MOST_PX_CLOSER", 640 * 480 - 1)
    large = ask(alice, wide, box=SMALL_BOX)

    for answer in (beside, large):
        assert answer.json()["candidates"][0]["logits"] is not None


def test_small_boxes_of_a_job_are_looked_at_closer(alice: APIClient, image: Image) -> None:
    wide = store_picture(image.project, **LARGE)
    segmenter = segmenters.loaded(name=bundled.NAME)
    pixels = pixels_of(image=wide)
    whole = segmenter.embed(pixels)
    boxes = [SMALL_BOX, [20, 20, 600, 460], [500, 100, 540, 150]]
    wish = [{"image": wide.pk, "box_xyxy": box, "label": None} for box in boxes]

    started = alice.post(
        f"/api/v1/projects/{image.project_id}/prelabel/",
        {"mode": "boxes", "boxes": wish},
        format="json",
    )
    while run_slice(job_id=started.json()["job"], is_stopping=lambda: False):
        pass

    made = [object_state(row.current, wide.size_hw).rle for row in wide.annotations.order_by("pk")]
    answers = [
        predict_closer(segmenter, pixels, whole, Prompt(box_xyxy=tuple(map(float, box))))[0].mask
        for box in boxes
    ]
    found = [from_bitmap(mask) for mask in answers if mask.any()]
    assert len(found) > 1
    assert {iou(one, max(found, key=lambda two: iou(one, two))) > 0.99 for one in made} == {True}
    assert len(made) == len(found)
