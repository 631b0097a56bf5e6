"""Every family of models from its folder to suggestions with labels, and from a click to a mask."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from inference.segmenters import registry
from inference.services.embeddings import pixels_of
from inference.services.segmenters import let_go_of_all
from projects.masks.rle import from_bitmap, parse, to_bitmap
from projects.models import Annotation, Image, Job, Project, User
from projects.services.item_runs import run_slice
from tests.factories import make_label, make_project, make_user
from tests.pictures import store_picture

pytest.importorskip("transformers", reason="pip install transformers")

from tests.inference.segmenters.small_transformers import (
    BUILDERS,
    CLASSES,
    PROMPTED,
    save,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HEIGHT, WIDTH = 72, 96
SURE = 0.2  # random weights are sure of little
THIN = ((1, 1), (1, 300), (300, 1), (40, 3))
TORCHVISION = {
    "fcn": "fcn_resnet50",
    "deeplabv3": "deeplabv3_mobilenet_v3_large",
    "mask_rcnn": "maskrcnn_resnet50_fpn",
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("families")


@pytest.fixture
def models(settings: Any) -> Iterator[Path]:
    settings.INFERENCE_THREADS = 1
    yield Path(settings.MODELS_DIR)
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
def project(lead: User, models: Path) -> Project:
    project = make_project(lead=lead)
    store_picture(project, width=WIDTH, height=HEIGHT)
    for name in CLASSES:
        make_label(project, name, is_thing=False)
    return project


def install(family: str, weights: Path, models: Path) -> None:
    """Put a family's model where models are, made at the first call."""
    place = weights / family
    if not place.exists():
        place.mkdir()
        _make(family, place)
    for path in place.iterdir():
        (models / path.name).symlink_to(path)


def _make(family: str, folder: Path) -> None:
    if family in PROMPTED:
        save(family, folder / family)
        return
    if family in BUILDERS:
        save(family, folder / family)
        described = {"family": "transformers", "file": family, "threshold": SURE}
    elif family == "unet":
        described = {"family": "onnx_semantic", "sha256": _unet(folder / "unet.onnx")}
    else:
        described = {"family": family, "sha256": _torchvision(family, folder / f"{family}.pth")}
        described |= {"architecture": TORCHVISION[family], "threshold": SURE}
    if family not in BUILDERS:
        described |= {"classes": CLASSES, "input": {"size": [64, 96]}}
    (folder / f"{family}.json").write_text(json.dumps(described))


def _unet(file: Path) -> str:
    from inference.segmenters.torch_door import torch

    smp = pytest.importorskip(
        "segmentation_models_pytorch", reason="pip install segmentation-models-pytorch"
    )
    torch.manual_seed(3)
    model = smp.Unet("timm-mobilenetv3_small_minimal_100", encoder_weights=None, classes=4).eval()
    with torch.no_grad():
        model.segmentation_head[0].weight.mul_(30)
    torch.onnx.export(model, torch.zeros(1, 3, 64, 96), file, dynamo=False)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _torchvision(family: str, file: Path) -> str:
    from inference.segmenters.torch_door import torch, torchvision

    torch.manual_seed(2)
    rooms = torchvision.models.detection if family == "mask_rcnn" else None
    build = getattr(rooms or torchvision.models.segmentation, TORCHVISION[family])
    model = build(weights=None, weights_backbone=None, num_classes=len(CLASSES))
    if family == "mask_rcnn":
        with torch.no_grad():
            model.roi_heads.box_predictor.cls_score.weight.mul_(4)
    torch.save(model.state_dict(), file)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def work(job: Job) -> Job:
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("family", [*BUILDERS, *TORCHVISION, "unet"])
def test_what_a_model_knows_becomes_suggestions_with_labels(
    alice: APIClient, project: Project, models: Path, weights: Path, family: str
) -> None:
    install(family, weights, models)
    image = Image.objects.get()
    own = registry.load(family, models)
    pixels = pixels_of(image=image)
    found = own.propose(pixels, own.embed(pixels))
    assert found, "the random weights should find something"

    proposed = alice.get(f"/api/v1/projects/{project.pk}/segmenters/{family}/classes/").json()
    url = f"/api/v1/projects/{project.pk}/prelabel/"
    started = alice.post(url, {"segmenter": family, "mode": "model"}, format="json")
    job = work(Job.objects.get(pk=started.json()["job"]))

    assert (job.state, job.error) == ("done", "")
    assert {one["name"] for one in proposed["classes"]} == set(CLASSES)
    rows = Annotation.objects.filter(image=image).select_related("label", "current")
    said = {(row.label.name, row.current.counts) for row in rows if row.label}
    assert said == {(one.class_name, from_bitmap(one.mask).counts) for one in found}
    for row in rows:
        assert row.current.model == f"{family}@{own.version}"
        doubts = (row.current.score, row.current.stability, row.current.disagreement)
        assert all(0 <= doubt <= 1 for doubt in doubts)


@pytest.mark.parametrize("family", PROMPTED)
def test_a_click_is_answered_and_everything_looked_for(
    alice: APIClient, project: Project, models: Path, weights: Path, family: str
) -> None:
    install(family, weights, models)
    image = Image.objects.get()
    ask = {"points": [[40, 30, 1]], "segmenter": family}
    path = f"/api/v1/images/{image.pk}/prompt/"

    assert alice.post(path, ask, format="json").status_code == 202
    assert work(Job.objects.get()).error == ""
    [answer] = alice.post(path, ask, format="json").json()["candidates"]
    url = f"/api/v1/projects/{project.pk}/prelabel/"
    started = alice.post(url, {"segmenter": family, "mode": "everything"}, format="json")
    job = work(Job.objects.get(pk=started.json()["job"]))

    mask = to_bitmap(parse(answer["segmentation"], image.size_hw))
    assert 0 < np.count_nonzero(mask) == answer["area"]
    assert (job.state, job.error) == ("done", "")


@pytest.mark.parametrize("family", [*BUILDERS, "fcn", "mask_rcnn", "unet"])
def test_tiniest_and_thinnest_pictures_are_no_fault(
    alice: APIClient, lead: User, models: Path, weights: Path, family: str
) -> None:
    install(family, weights, models)
    project = make_project(lead=lead)
    for width, height in THIN:
        store_picture(project, width=width, height=height)

    url = f"/api/v1/projects/{project.pk}/prelabel/"
    started = alice.post(url, {"segmenter": family, "mode": "model"}, format="json")
    job = work(Job.objects.get(pk=started.json()["job"]))

    assert (job.state, job.error) == ("done", "")
    for row in Annotation.objects.select_related("image"):
        assert row.area <= row.image.width * row.image.height


@pytest.mark.parametrize("family", PROMPTED)
def test_clicks_on_the_tiniest_and_thinnest_pictures_are_answered(
    alice: APIClient, lead: User, models: Path, weights: Path, family: str
) -> None:
    install(family, weights, models)
    project = make_project(lead=lead)
    ask = {"points": [[0, 0, 1]], "segmenter": family}
    for width, height in THIN:
        image = store_picture(project, width=width, height=height)
        path = f"/api/v1/images/{image.pk}/prompt/"

        assert alice.post(path, ask, format="json").status_code == 202
        assert work(Job.objects.latest("pk")).error == ""
        assert alice.post(path, ask, format="json").status_code == 200
