"""Where a model takes several images in one run, a job gives it several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from inference.models import Embedding, EmbeddingInMaking
from inference.services import segmenters
from inference.services.embeddings import embed_in_background, stored_embedding
from inference.services.making import FeatureName, make_together
from projects.errors import InvalidInput
from projects.models import Image, Job
from projects.services.item_runs import run_slice
from projects.storage import blob_path
from tests.factories import make_project, make_user
from tests.inference.segmenters.small_sam import NAME, write_small_sam
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def batches(tmp_path: Path, settings: Any) -> list[int]:
    """How many images each run of the encoder got, of a model that takes three."""
    write_small_sam(tmp_path / "models")
    settings.MODELS_DIR = tmp_path / "models"
    settings.INFERENCE_THREADS = 1
    settings.SAM_IMAGES_AT_ONCE = 3
    seen: list[int] = []
    encoder = segmenters.loaded(name=NAME)._model.image_encoder
    encoder.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    return seen


@pytest.fixture
def images(batches: list[int]) -> list[Image]:
    project = make_project(lead=make_user("lead"), segmenter=NAME)
    return [store_picture(project, width=100 + 10 * n, height=90) for n in range(5)]


def embed(images: list[Image]) -> Job:
    job = embed_in_background(project=images[0].project, segmenter=NAME, images=images)
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    return Job.objects.get(pk=job.pk)


def test_a_job_embeds_as_many_at_once_as_the_model_takes(
    batches: list[int], images: list[Image]
) -> None:
    job = embed(images)

    assert (job.state, batches) == ("done", [3, 2])
    assert not EmbeddingInMaking.objects.exists()
    segmenter = segmenters.loaded(name=NAME)
    for image in images:
        kept = stored_embedding(image=image, segmenter=NAME, version=segmenter.version)
        assert kept is not None
        assert kept.array.dtype == np.float16
        assert kept.size_hw == image.size_hw


def test_what_is_stored_already_takes_no_place(batches: list[int], images: list[Image]) -> None:
    embed(images[1:3])
    batches.clear()

    embed(images)

    assert sum(batches) == 3
    assert Embedding.objects.count() == 5


def test_a_picture_that_cannot_be_read_fails_in_its_own_turn(
    batches: list[int], images: list[Image]
) -> None:
    blob_path(images[1].sha256).unlink()

    job = embed(images)

    failed = job.items.exclude(error="")
    assert [item.image_id for item in failed] == [images[1].pk]
    assert Embedding.objects.count() == 4
    assert batches[0] == 2


def test_what_another_process_makes_is_left_to_it() -> None:
    names = [FeatureName(sha256=letter * 64, segmenter=NAME, version="1") for letter in "ab"]
    EmbeddingInMaking.objects.create(
        sha256=names[1].sha256,
        segmenter=NAME,
        version="1",
        token="00000000-0000-0000-0000-000000000001",
        heartbeat_at=timezone.now(),
    )

    with make_together(names=names) as ours:
        assert ours == names[:1]
        assert EmbeddingInMaking.objects.count() == 2
    assert [row.sha256 for row in EmbeddingInMaking.objects.all()] == [names[1].sha256]


@pytest.mark.parametrize("wish", [-1, 1000, "many", True])
def test_a_number_out_of_range_is_refused(tmp_path: Path, wish: object) -> None:
    from inference.segmenters import registry

    write_small_sam(tmp_path)

    with pytest.raises(InvalidInput, match="images_at_once"):
        registry.load(NAME, tmp_path, options={"images_at_once": wish})
