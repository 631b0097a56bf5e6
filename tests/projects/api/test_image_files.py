"""Uploads and the pixels that come back."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture

from projects.models import Image
from tests.projects.api.scene import Scene

pytestmark = pytest.mark.django_db


def png(seed: int = 0, width: int = 40, height: int = 30) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
    file = io.BytesIO()
    Picture.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def upload(scene: Scene, client: Any, data: bytes, name: str = "a.png", **fields: str) -> Any:
    body = {"file": SimpleUploadedFile(name, data), **fields}
    return client.post(f"/api/v1/projects/{scene.project.pk}/images/", body, format="multipart")


def test_an_upload_becomes_an_image_and_its_pixels_come_back(scene: Scene, alice: Any) -> None:
    data = png()

    answer = upload(scene, alice, data, "Straße.png", split="val")

    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["name"], shown["split"], shown["duplicate"]) == ("Straße.png", "val", False)
    assert (shown["width"], shown["height"], shown["status"]) == (40, 30, "new")
    assert shown["upload_sha256"] == hashlib.sha256(data).hexdigest()
    assert answer["Location"].endswith(f"/api/v1/images/{shown['id']}/")
    stored = b"".join(alice.get(shown["file"]).streaming_content)
    assert hashlib.sha256(stored).hexdigest() == shown["sha256"]
    assert np.array_equal(
        np.asarray(Picture.open(io.BytesIO(stored))), np.asarray(Picture.open(io.BytesIO(data)))
    )


def test_the_name_may_be_given(scene: Scene, alice: Any) -> None:
    assert upload(scene, alice, png(), name="a.png").json()["name"] == "a.png"
    other = alice.post(
        f"/api/v1/projects/{scene.project.pk}/images/",
        {"file": SimpleUploadedFile("b.png", png(1)), "name": "folder/c.png"},
        format="multipart",
    )
    assert other.json()["name"] == "folder/c.png"


def test_the_same_bytes_are_one_image(scene: Scene, alice: Any) -> None:
    first = upload(scene, alice, png()).json()

    again = upload(scene, alice, png(), "other.png")

    assert again.status_code == 200
    assert (again.json()["id"], again.json()["duplicate"]) == (first["id"], True)
    assert Image.objects.count() == 2  # with the scene's own


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", png()[:200], b"%PDF-1.4"])
def test_what_is_no_picture_is_refused_by_name(scene: Scene, alice: Any, data: bytes) -> None:
    answer = upload(scene, alice, data, "street.png")

    assert answer.status_code == 400
    assert Image.objects.count() == 1


def test_a_form_without_its_file_is_refused(scene: Scene, alice: Any) -> None:
    url = f"/api/v1/projects/{scene.project.pk}/images/"

    missing = alice.post(url, {"name": "x"}, format="multipart")
    as_json = alice.post(url, {"file": "x"})
    two = alice.post(
        url,
        {"file": [SimpleUploadedFile("a.png", png(1)), SimpleUploadedFile("b.png", png(2))]},
        format="multipart",
    )
    wrong_split = upload(scene, alice, png(), split="all")

    assert (missing.status_code, missing.json()["errors"]["file"]) != (201, [])
    assert missing.status_code == 400
    assert as_json.status_code == 415
    assert (two.status_code, two.json()["code"]) == (400, "one_file")
    assert wrong_split.status_code == 400
    assert Image.objects.count() == 1


def test_an_upload_of_declared_size_beyond_the_limit_is_not_read(
    scene: Scene, alice: Any, settings: Any
) -> None:
    settings.MAX_IMAGE_BYTES = 1000

    answer = upload(scene, alice, b"x" * 2_000_000)

    assert (answer.status_code, answer.json()["limit"]) == (413, 1000)


@pytest.mark.parametrize("name", ["bob", "rita"])
def test_only_leads_upload(scene: Scene, name: str) -> None:
    assert upload(scene, scene.client(name), png()).status_code == 403


def test_the_pixels_are_served_to_be_looked_at_and_nothing_else(scene: Scene, alice: Any) -> None:
    shown = upload(scene, alice, png(), "a.html;x.png").json()

    answer = scene.client("bob").get(shown["file"])

    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["Content-Disposition"] == (
        f'inline; filename="image-{scene.project.pk}-{shown["number"]}.png"'
    )
    assert answer["ETag"] == f'"{shown["sha256"]}"'
    assert int(answer["Content-Length"]) == shown["size_bytes"]


@pytest.mark.parametrize("weak", ["", "W/"])
def test_known_pixels_are_not_sent_again(scene: Scene, alice: Any, weak: str) -> None:
    shown = upload(scene, alice, png()).json()

    answer = alice.get(shown["file"], headers={"If-None-Match": f'{weak}"{shown["sha256"]}"'})

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_missing_file_says_so(scene: Scene, alice: Any) -> None:
    answer = alice.get(f"{scene.url}file/")

    assert (answer.status_code, answer.json()["code"]) == (404, "blob_missing")


def test_a_preview_fits_its_square_and_changes_with_the_masks(scene: Scene, alice: Any) -> None:
    shown = upload(scene, alice, png(width=300, height=200)).json()
    image = Image.objects.get(pk=shown["id"])
    scene.image = image

    plain = alice.get(f"{shown['preview']}?size=128")
    before = alice.get(f"{shown['preview']}?size=128&overlay=1")
    scene.created(alice, side=100)
    after = alice.get(f"{shown['preview']}?size=128&overlay=1")

    picture = Picture.open(io.BytesIO(b"".join(plain.streaming_content)))
    assert picture.size == (128, 85)
    assert plain["Cache-Control"].endswith("immutable")
    assert after["Cache-Control"] == "private, no-cache"
    assert before["ETag"] != after["ETag"]
    assert plain["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("query", ["size=0", "size=9999", "size=x", "size=-1", "overlay=yes"])
def test_a_preview_that_cannot_be_is_refused(scene: Scene, alice: Any, query: str) -> None:
    shown = upload(scene, alice, png()).json()

    assert alice.get(f"{shown['preview']}?{query}").status_code == 400
