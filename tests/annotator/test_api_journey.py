"""The main job over the API: upload, pre-label, correct, export, and read it back elsewhere."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture
from pycocotools import mask as coco_mask
from rest_framework.test import APIClient

from projects.masks.rle import from_bitmap, to_bitmap, to_wire
from projects.masks.types import Rle
from projects.services.item_runs import run_slice
from tests.factories import make_user
from tests.pictures import scene
from tests.projects.api.scene import condition

pytestmark = pytest.mark.django_db

LABELS = [
    {"name": "ball", "is_thing": True},
    {"name": "brick", "is_thing": True},
    {"name": "ground", "is_thing": False},
]
ORIENTATION = 0x0112


class Journey:
    """A lead's project and what was acknowledged of it, by (image, object)."""

    def __init__(self) -> None:
        self.client = APIClient()
        self.client.force_login(make_user("alice"))
        self.project = self._post("projects/", {"name": "Yard", "labels": LABELS})
        self.labels = {label["name"]: label["id"] for label in self.project["labels"]}
        self.numbers = {label["id"]: label["number"] for label in self.project["labels"]}
        self.images: dict[int, Any] = {}
        self.acknowledged: dict[int, Any] = {}

    def _post(self, path: str, body: Any) -> Any:
        answer = self.client.post(f"/api/v1/{path}", body, format="json")
        assert answer.status_code < 300, answer.content
        return answer.json()

    def upload(self, name: str, data: bytes) -> Any:
        answer = self.client.post(
            f"/api/v1/projects/{self.project['id']}/images/",
            {"file": SimpleUploadedFile(name, data)},
            format="multipart",
        )
        assert answer.status_code == 201, answer.content
        image = answer.json()
        self.images[image["number"]] = image
        return image

    def job(self, path: str, body: Any) -> Any:
        job_id = self._post(f"projects/{self.project['id']}/{path}", body)["job"]
        while run_slice(job_id=job_id, is_stopping=lambda: False):
            pass
        job = self.client.get(f"/api/v1/jobs/{job_id}/").json()
        assert (job["state"], job["failed"]) == ("done", 0), job
        return job

    def objects(self, image: Any) -> list[Any]:
        results: list[Any] = self.client.get(f"/api/v1/images/{image['id']}/annotations/").json()[
            "results"
        ]
        return results

    def put(self, image: Any, mask: np.ndarray, *, base: Any = None, **fields: Any) -> Any:
        object_id = base["id"] if base else str(uuid.uuid4())
        answer = self.client.put(
            f"/api/v1/images/{image['id']}/annotations/{object_id}/",
            {"segmentation": to_wire(from_bitmap(mask)), **fields},
            format="json",
            headers=condition(base["revision"] if base else None),
        )
        assert answer.status_code in {200, 201}, answer.content
        saved = answer.json()
        self.acknowledged[saved["number"]] = saved
        return saved

    def export(self, **body: Any) -> zipfile.ZipFile:
        export_id = self.job("exports/", body)["result"]["export"]
        answer = self.client.get(f"/api/v1/exports/{export_id}/file/")
        return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def coded(pixels: np.ndarray, kind: str, orientation: int = 1) -> bytes:
    exif = Picture.Exif()
    exif[ORIENTATION] = orientation
    file = io.BytesIO()
    Picture.fromarray(pixels).save(file, kind, quality=95, exif=exif)
    return file.getvalue()


def bitmap(annotation: Any) -> np.ndarray:
    segmentation = annotation["segmentation"]
    return to_bitmap(Rle(tuple(segmentation["size"]), segmentation["counts"]))


@pytest.fixture
def journey() -> Journey:
    journey = Journey()
    journey.upload("wide.jpg", coded(scene(96, 64), "JPEG"))
    journey.upload("high.png", coded(scene(40, 72, seed=1), "PNG"))
    journey.upload("turned.jpg", coded(scene(80, 56, seed=2), "JPEG", orientation=6))
    journey.upload("grey.webp", coded(scene(50, 50, seed=3), "WEBP"))
    journey.upload("dot.png", coded(scene(1, 1), "PNG"))
    return journey


def corrected(journey: Journey) -> None:
    """Pre-label, then accept, correct, reject and add, in every image of some size."""
    journey.job("prelabel/", {"mode": "everything", "segmenter": "classic"})
    for image in list(journey.images.values())[:4]:
        first, second, *_ = journey.objects(image)
        journey.put(image, bitmap(first), base=first, label=journey.labels["ground"])
        grown = bitmap(second)
        grown[: image["height"] // 2, -1] = True
        journey.put(image, grown, base=second, label=journey.labels["ball"], z=2)
        ring = np.zeros((image["height"], image["width"]), dtype=bool)
        ring[5:30, 5:30] = True
        ring[12:20, 12:20] = False
        ring[-1, -1] = True
        journey.put(image, ring, label=journey.labels["brick"], z=1, attributes={"wet": "è"})
    dot = journey.images[5]
    journey.put(dot, np.ones((1, 1), dtype=bool), label=journey.labels["brick"], iscrowd=True)


@pytest.mark.parametrize("form", ["rle", "rle_uncompressed", "polygon"])
def test_every_mask_of_the_export_is_the_one_that_was_put(journey: Journey, form: str) -> None:
    corrected(journey)

    archive = journey.export(format="coco_instances", options={"segmentation": form})

    document = json.loads(archive.read("annotations/instances_default.json"))
    things = {
        number: saved
        for number, saved in journey.acknowledged.items()
        if saved["label"] != journey.labels["ground"]
    }
    assert {one["id"] for one in document["annotations"]} == set(things)
    for one in document["annotations"]:
        put = things[one["id"]]
        image = journey.images[one["image_id"]]
        code = one["segmentation"]
        if form != "rle" and not isinstance(code, dict):
            code = coco_mask.merge(coco_mask.frPyObjects(code, image["height"], image["width"]))
        elif not isinstance(code["counts"], str):
            code = coco_mask.frPyObjects(code, image["height"], image["width"])
        assert not (coco_mask.decode(code).astype(bool) ^ bitmap(put)).any()
        assert (one["area"], one["bbox"]) == (put["area"], put["bbox"])
        assert one["category_id"] == journey.numbers[put["label"]]
        assert one["iscrowd"] == int(put["iscrowd"])


def test_every_image_of_the_export_has_the_size_that_is_displayed(journey: Journey) -> None:
    corrected(journey)

    archive = journey.export(format="coco_instances")

    document = json.loads(archive.read("annotations/instances_default.json"))
    sizes = {one["file_name"]: (one["width"], one["height"]) for one in document["images"]}
    assert sizes["turned.png"] == (56, 80)
    assert len(sizes) == 5
    for name, size in sizes.items():
        assert Picture.open(io.BytesIO(archive.read(f"images/default/{name}"))).size == size


def test_the_proof_in_the_export_names_every_file_by_its_hash(journey: Journey) -> None:
    corrected(journey)

    archive = journey.export(format="coco_instances")

    proof = json.loads(archive.read("verification.json"))
    assert proof["outcome"] == "verified"
    hashes = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    del hashes["verification.json"]
    assert {one: proof["files"][one]["sha256"] for one in hashes} == hashes


def test_the_panoptic_export_shows_the_topmost_object_of_every_pixel(journey: Journey) -> None:
    corrected(journey)

    archive = journey.export(format="coco_panoptic")

    document = json.loads(archive.read("annotations/panoptic_default.json"))
    assert len(document["annotations"]) == 5
    for one in document["annotations"]:
        name = f"annotations/panoptic_default/{one['file_name']}"
        colours = np.asarray(Picture.open(io.BytesIO(archive.read(name)))).astype(np.int64)
        ids = colours @ (1, 256, 256 * 256)
        shown = np.zeros_like(ids)
        for segment in one["segments_info"]:
            shown[ids == segment["id"]] = segment["category_id"]
            assert segment["area"] == np.count_nonzero(ids == segment["id"])
        assert np.array_equal(shown, painted(journey, one["image_id"]))
        assert set(np.unique(ids)) - {0} == {segment["id"] for segment in one["segments_info"]}


def painted(journey: Journey, number: int) -> np.ndarray:
    """The category of the topmost object of each pixel, 0 where there is none."""
    image = journey.images[number]
    canvas = np.zeros((image["height"], image["width"]), dtype=np.int64)
    confirmed = [one for one in journey.objects(image) if one["state"] == "confirmed"]
    for one in sorted(confirmed, key=lambda one: one["z"]):
        canvas[bitmap(one)] = journey.numbers[one["label"]]
    return canvas


def test_prelabelling_again_keeps_what_a_person_touched(journey: Journey) -> None:
    corrected(journey)

    journey.job("prelabel/", {"mode": "everything", "segmenter": "classic"})

    for image in journey.images.values():
        touched = {one["number"]: one for one in journey.objects(image) if one["author"]}
        for number, one in touched.items():
            assert one == journey.acknowledged[number]
    seen = [one["number"] for image in journey.images.values() for one in journey.objects(image)]
    assert set(journey.acknowledged) <= set(seen)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_corner_drawn_as_seen_is_exported_where_it_was_seen(orientation: int) -> None:
    journey = Journey()
    pixels = np.full((30, 50, 3), 40, np.uint8)
    image = journey.upload("a.jpg", coded(pixels, "JPEG", orientation))
    corner = np.zeros((image["height"], image["width"]), dtype=bool)
    corner[:7, -4:] = True
    journey.put(image, corner, label=journey.labels["ball"])

    archive = journey.export(format="coco_instances")

    document = json.loads(archive.read("annotations/instances_default.json"))
    assert document["annotations"][0]["bbox"] == [image["width"] - 4, 0, 4, 7]
    name = document["images"][0]["file_name"]
    seen = Picture.open(io.BytesIO(archive.read(f"images/default/{name}")))
    assert seen.size == (image["width"], image["height"])
    assert seen.size == ((50, 30) if orientation < 5 else (30, 50))
    assert not seen.getexif()


def test_an_unknown_filter_of_an_export_is_refused(journey: Journey) -> None:
    corrected(journey)

    answer = journey.client.post(
        f"/api/v1/projects/{journey.project['id']}/exports/",
        {"format": "coco_instances", "filters": {"stauts": "accepted"}},
        format="json",
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
