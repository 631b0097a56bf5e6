"""What goes wrong with models and pictures ends as a reason on the job, and harms nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from PIL import Image as Picture
from rest_framework.test import APIClient

from inference.services import segmenters
from inference.services.prelabel import ImageFilter, start_prelabelling
from projects.models import Annotation, Image, Job, Project, User
from projects.services.item_runs import run_slice
from tests.factories import make_image, make_project, make_user
from tests.inference.segmenters.small_sam import NAME, write_small_sam
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_sam(tmp_path_factory.mktemp("models"))


@pytest.fixture
def models(checkpoint: Path, settings: Any) -> Iterator[Path]:
    """A folder of models of the test's own, which it may harm."""
    settings.INFERENCE_THREADS = 1
    folder = Path(settings.MODELS_DIR)
    shutil.copytree(checkpoint.parent, folder, dirs_exist_ok=True)
    yield folder
    segmenters.let_go_of_all()


@pytest.fixture
def lead() -> User:
    return make_user("alice")


@pytest.fixture
def project(lead: User, models: Path) -> Project:
    return make_project(lead=lead, segmenter=NAME)


def start(lead: User, project: Project, segmenter: str = NAME) -> Job:
    return start_prelabelling(
        user=lead,
        project=project,
        segmenter=segmenter,
        mode="everything",
        wanted=ImageFilter(),
    )


def work(job: Job) -> Job:
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    return job


def next_job_is_fine(lead: User, project: Project) -> bool:
    Image.objects.filter(project=project).update(status="new")
    return work(start(lead, project, "classic")).state == "done"


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("gone", "not downloaded|not installed|not there|missing|absent"),
        ("flipped", "sha256|SHA-256|bytes"),
    ],
)
def test_checkpoint_that_is_not_right_is_said_on_the_job(
    lead: User, project: Project, models: Path, harm: str, words: str
) -> None:
    store_picture(project)
    job = start(lead, project)
    file = models / f"{NAME}.pth"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 255
    file.unlink()
    if harm == "flipped":
        file.write_bytes(data)

    work(job)

    assert job.state == "failed"
    assert job.items.get().attempt == 1
    assert NAME in job.error
    assert re.search(words, job.error), job.error
    assert next_job_is_fine(lead, project)


def test_picture_whose_file_is_gone_fails_alone(lead: User, project: Project) -> None:
    lost, sound = store_picture(project), store_picture(project)
    blob_file(lost.sha256).unlink()

    job = work(start(lead, project))

    assert job.state == "failed"
    assert job.error.startswith(f"1 of 2 images failed. {lost.name}: The picture's file")
    assert job.items.get(image=sound).state == "done"


@pytest.mark.parametrize("segmenter", ["classic", NAME])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 300), (300, 1)])
def test_tiniest_pictures_are_no_fault(
    lead: User, project: Project, segmenter: str, width: int, height: int
) -> None:
    image = store_picture(project, width=width, height=height)

    job = work(start(lead, project, segmenter))

    assert (job.state, job.error) == ("done", "")
    for annotation in Annotation.objects.filter(image=image):
        assert annotation.area <= width * height


def store_bytes(project: Project, data: bytes, *, width: int, height: int) -> Image:
    digest = hashlib.sha256(data).hexdigest()
    path = blob_file(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return make_image(project, width=width, height=height, sha256=digest, mime="image/jpeg")


def blob_file(digest: str) -> Path:
    return Path(settings.DATA_DIR) / "blobs" / digest[:2] / digest


@pytest.mark.slow
@pytest.mark.parametrize("segmenter", ["classic", NAME])
def test_picture_of_48_megapixels_is_no_fault(lead: User, project: Project, segmenter: str) -> None:
    squares = np.where((np.indices((4, 4)).sum(0) % 2)[..., None], [200, 60, 40], [20, 90, 160])
    picture = Picture.fromarray(squares.astype(np.uint8)).resize((8000, 6000), Picture.NEAREST)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    image = store_bytes(project, file.getvalue(), width=8000, height=6000)

    job = work(start(lead, project, segmenter))

    assert (job.state, job.error) == ("done", "")
    for annotation in Annotation.objects.filter(image=image):
        assert annotation.area <= 48_000_000


@pytest.mark.parametrize(
    "body",
    [
        '{"points": [[NaN, 1, 1]]}',
        '{"points": [[1, Infinity, 1]]}',
        '{"box": [NaN, 0, 2, 2]}',
        '{"points": [["nan", 1, 1]]}',
        '{"points": [["inf", 1, 1]]}',
        '{"points": [[1e999, 1, 1]]}',
        '{"box": [30, 30, 2, 2]}',
        '{"points": []}',
        json.dumps({"points": [[1, 1, 1]] * 2000}),
        '{"points": [[-5, 1, 1]]}',
        '{"points": [[1, 1, 7]]}',
    ],
)
def test_prompt_without_sense_is_refused_and_the_next_is_answered(
    lead: User, project: Project, body: str
) -> None:
    image = store_picture(project)
    client = APIClient()
    client.force_login(lead)
    path = f"/api/v1/images/{image.pk}/prompt/"

    refused = client.generic("POST", path, body, content_type="application/json")
    good = client.post(path, {"points": [[20, 20, 1]], "segmenter": "classic"}, format="json")

    assert refused.status_code == 400, refused.content
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert good.status_code == 200
