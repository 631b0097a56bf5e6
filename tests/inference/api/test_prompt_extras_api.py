"""Several objects in one call, box and points together, and a closer look at a part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from inference.models import Embedding
from projects.masks.rle import from_bitmap, parse, to_bitmap, to_wire
from projects.models import Image, Job
from tests.inference.api.test_embeddings_api import alice, image, weights, work, world

__all__ = ["alice", "image", "weights", "world"]

pytestmark = pytest.mark.django_db

REGION = [60, 40, 124, 88]


def prompt(client: APIClient, image: Image, **body: Any) -> Any:
    return client.post(f"/api/v1/images/{image.pk}/prompt/", body, format="json")


def mask_of(image: Image, candidate: dict[str, Any]) -> Any:
    return to_bitmap(parse(candidate["segmentation"], image.size_hw)).astype(bool)


@pytest.fixture
def embedded(alice: APIClient, image: Image) -> Image:
    work(prompt(alice, image, points=[[80, 60, 1]]).json()["job"])
    return image


def test_several_objects_are_answered_at_once_as_one_by_one(
    alice: APIClient, embedded: Image
) -> None:
    objects: list[dict[str, Any]] = [
        {"points": [[80, 60, 1]], "multimask": True},
        {"box": [20, 20, 90, 90]},
        {"box": [20, 20, 90, 90], "points": [[30, 30, 0], [60, 60, 1]]},
    ]

    answer = prompt(alice, embedded, objects=objects)

    assert answer.status_code == 200
    answers = answer.json()["objects"]
    assert [len(one["candidates"]) for one in answers] == [3, 1, 1]
    assert answer.json()["candidates"] == answers[0]["candidates"]
    for one, found in zip(objects, answers, strict=True):
        alone = prompt(alice, embedded, **one).json()
        assert "objects" not in alone
        for mine, theirs in zip(found["candidates"], alone["candidates"], strict=True):
            assert mine["segmentation"] == theirs["segmentation"]


def test_box_and_points_together_are_neither_alone(alice: APIClient, embedded: Image) -> None:
    box, points = [20, 20, 90, 90], [[30, 30, 0], [60, 60, 1]]
    both = prompt(alice, embedded, box=box, points=points).json()["candidates"][0]

    assert (
        both["segmentation"]
        != (prompt(alice, embedded, box=box).json()["candidates"][0]["segmentation"])
    )
    mask = mask_of(embedded, both)
    assert mask[60, 60]
    assert not mask[30, 30]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"objects": []}, "objects_or_one"),
        ({"objects": [{"points": [[80, 60, 1]]}], "box": [1, 1, 9, 9]}, "objects_or_one"),
        ({"objects": [{"points": [[80, 60, 1]]}, {}]}, "empty_prompt"),
        ({"objects": [{"points": [[80, 60, 1]]}] * 33}, "invalid"),
        ({"points": [[80, 60, 1]], "region": [0, 0, 5, 5]}, "region_too_small"),
        ({"points": [[80, 60, 1]], "region": [0, 0, 50]}, "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(
    alice: APIClient, embedded: Image, body: dict[str, Any], code: str
) -> None:
    answer = prompt(alice, embedded, **body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_region_is_encoded_for_itself_once(alice: APIClient, embedded: Image) -> None:
    waiting = prompt(alice, embedded, points=[[80, 60, 1]], region=REGION)
    again = prompt(alice, embedded, points=[[81, 61, 1]], region=REGION)
    elsewhere = prompt(alice, embedded, points=[[20, 20, 1]], region=[0, 0, 64, 48])
    assert (waiting.status_code, elsewhere.status_code) == (202, 202)
    assert waiting.json()["job"] == again.json()["job"] != elsewhere.json()["job"]
    assert work(waiting.json()["job"]).state == "done"

    answer = prompt(alice, embedded, points=[[80, 60, 1]], region=REGION, multimask=True)

    assert answer.status_code == 200
    assert len(answer.json()["candidates"]) == 3
    assert Embedding.objects.count() == 2
    whole = prompt(alice, embedded, points=[[80, 60, 1]]).json()["candidates"][0]
    assert whole["segmentation"] != answer.json()["candidates"][0]["segmentation"]
    logits = answer.json()["candidates"][0]["logits"]
    points = [[80, 60, 1], [100, 70, 0]]
    assert prompt(alice, embedded, points=points, region=REGION, logits=logits).status_code == 200


def test_a_mask_to_refine_stays_as_it_is_outside_of_the_region(
    alice: APIClient, embedded: Image
) -> None:
    mask = np.zeros(embedded.size_hw, bool)
    mask[20:100, 10:150] = True
    body: dict[str, Any] = {
        "mask": to_wire(from_bitmap(mask)),
        "points": [[90, 60, 0]],
        "region": REGION,
    }
    work(prompt(alice, embedded, **body).json()["job"])

    refined = mask_of(embedded, prompt(alice, embedded, **body).json()["candidates"][0])

    outside = np.ones(embedded.size_hw, bool)
    outside[REGION[1] : REGION[3], REGION[0] : REGION[2]] = False
    assert (refined == mask)[outside].all()
    assert (refined != mask).any()


def test_a_region_without_a_part_of_the_prompt_says_so(alice: APIClient, embedded: Image) -> None:
    body: dict[str, Any] = {"points": [[5, 5, 1]], "region": REGION}
    work(prompt(alice, embedded, **body).json()["job"])

    answer = prompt(alice, embedded, **body)

    assert (answer.status_code, answer.json()["code"]) == (400, "empty_prompt")


def test_a_model_without_embeddings_looks_at_the_region_at_once(
    alice: APIClient, image: Image
) -> None:
    answer = prompt(alice, image, segmenter="classic", box=[85, 45, 120, 85], region=REGION)

    assert answer.status_code == 200
    assert not Job.objects.filter(kind="embed_now").exists()
    mask = mask_of(image, answer.json()["candidates"][0])
    assert mask[REGION[1] : REGION[3], REGION[0] : REGION[2]].any()
