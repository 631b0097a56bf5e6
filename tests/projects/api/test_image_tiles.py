"""Large images come in tiles, made once; small ones have none."""

from __future__ import annotations

import fcntl
import io
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture
from rest_framework.test import APIClient

from projects.storage import cache_path
from tests.projects.api.scene import Scene

pytestmark = pytest.mark.django_db
WIDTH, HEIGHT = 1100, 600


@pytest.fixture(autouse=True)
def _everything_is_large(settings: Any) -> None:
    settings.TILES_ABOVE_PIXELS = 500 * 1000


def uploaded(scene: Scene, alice: Any, width: int = WIDTH, height: int = HEIGHT) -> dict[str, Any]:
    file = io.BytesIO()
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, width // 2 :] = (200, 100, 50)
    Picture.fromarray(pixels).save(file, "PNG")
    body = {"file": SimpleUploadedFile("large.png", file.getvalue())}
    path = f"/api/v1/projects/{scene.project.pk}/images/"
    image: dict[str, Any] = alice.post(path, body, format="multipart").json()
    return image


def test_a_large_image_names_its_tiles_and_gives_them(scene: Scene, alice: Any) -> None:
    image = uploaded(scene, alice)

    assert image["tiles"] == {
        "address": f"/api/v1/images/{image['id']}/tiles/",
        "size": 512,
        "levels": 3,
    }
    answer = alice.get(f"{image['tiles']['address']}0/1/2/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    tile = np.asarray(Picture.open(io.BytesIO(answer.content)), dtype=int)
    assert tile.shape == (HEIGHT - 512, WIDTH - 1024, 3)
    assert abs(tile - (200, 100, 50)).max() <= 3
    whole = alice.get(f"{image['tiles']['address']}2/0/0/")
    assert Picture.open(io.BytesIO(whole.content)).size == (275, 150)


def test_a_tile_that_is_known_is_not_sent_again(scene: Scene, alice: Any) -> None:
    address = f"{uploaded(scene, alice)['tiles']['address']}0/0/0/"
    tag = alice.get(address)["ETag"]

    assert alice.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert alice.get(f"{address.removesuffix('0/')}1/")["ETag"] != tag


@pytest.mark.parametrize("place", ["3/0/0", "0/2/0", "0/0/3"])
def test_a_place_outside_is_refused(scene: Scene, alice: Any, place: str) -> None:
    answer = alice.get(f"{uploaded(scene, alice)['tiles']['address']}{place}/")

    assert (answer.status_code, answer.json()["code"]) == (400, "no_such_tile")
    assert "the image has 3 levels" in answer.json()["detail"]


def test_a_small_image_has_none(scene: Scene, alice: Any) -> None:
    image = uploaded(scene, alice, width=100, height=50)

    assert image["tiles"] is None
    assert alice.get(f"/api/v1/images/{image['id']}/tiles/0/0/0/").status_code == 400


def test_while_they_are_made_others_are_asked_to_wait(scene: Scene, alice: Any) -> None:
    image = uploaded(scene, alice)
    path = cache_path("tiles", image["sha256"][:2], f"{image['sha256']}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    address = f"{image['tiles']['address']}0/0/0/"
    with path.open("w") as maker:
        fcntl.flock(maker, fcntl.LOCK_EX)
        answer = alice.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert answer.json()["code"] == "tiles_in_the_making"

    assert alice.get(address).status_code == 200
    assert [one.suffix for one in path.parent.iterdir()] == [".tiles"]


def test_tiles_that_were_cleared_are_made_again(scene: Scene, alice: Any) -> None:
    image = uploaded(scene, alice)
    address = f"{image['tiles']['address']}0/0/0/"
    first = alice.get(address).content
    cache_path("tiles", image["sha256"][:2], f"{image['sha256']}.tiles").unlink()

    assert alice.get(address).content == first


def test_a_stranger_sees_none(scene: Scene, alice: Any) -> None:
    address = f"{uploaded(scene, alice)['tiles']['address']}0/0/0/"

    assert scene.client("charlie").get(address).status_code == 404
    assert APIClient().get(address).status_code == 401
    assert alice.post(address).status_code == 405
