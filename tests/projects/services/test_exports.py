from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from pycocotools import mask as coco_masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from projects.errors import Forbidden, InsufficientStorage, InvalidInput
from projects.masks.rle import from_bitmap, to_bitmap
from projects.masks.types import Rle
from projects.models import Annotation, Export, Image, Job, Project, Revision, Role, User
from projects.services import export_records
from projects.services.export_records import ExportFilter, count_export
from projects.services.exports import start_export
from projects.services.item_runs import run_slice
from projects.services.jobs import cancel_job
from projects.services.revisions import object_state, revise_annotation
from projects.services.tags import tag_image
from tests.factories import (
    add_member,
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_tag,
    make_user,
)
from tests.pictures import store_picture

pytestmark = pytest.mark.django_db


def ring_of(size_hw: tuple[int, int]) -> np.ndarray:
    """A ring: what a polygon list cannot hold."""
    mask = np.zeros(size_hw, bool)
    mask[4:20, 6:30] = True
    mask[8:14, 12:20] = False
    return mask


@pytest.fixture
def project(alice: User) -> Project:
    """Three images: two objects, one suggestion, nothing."""
    project = make_project(lead=alice)
    make_label(project, "bear")
    label = make_label(project, "ball")
    first, second, third = (store_picture(project) for _ in range(3))
    Image.objects.filter(pk=first.pk).update(split="train", status="accepted")
    make_annotation(first, label=label, mask=ring_of(first.size_hw))
    make_annotation(first, label=label)
    make_annotation(second, label=None)
    make_annotation(third, label=label, state="suggested", source="model")
    return project


def run_export(user: User, project: Project, **wish: Any) -> Job:
    job = start_export(
        user=user,
        project=project,
        format_name=wish.pop("format_name", "coco_instances"),
        options=wish.pop("options", {}),
        wanted=ExportFilter(**wish),
    )
    while run_slice(job_id=job.pk, is_stopping=lambda: False):
        pass
    job.refresh_from_db()
    return job


def archive_of(job: Job) -> zipfile.ZipFile:
    assert job.state == "done", job.error
    with default_storage.open(Export.objects.get(job=job).file_key) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def coco_of(archive: zipfile.ZipFile, tmp_path: Path) -> list[COCO]:
    names = [n for n in archive.namelist() if n.startswith("annotations/") and n.endswith(".json")]
    return [COCO(archive.extract(name, tmp_path)) for name in names]


def test_export_reads_back_with_pycocotools(alice: User, project: Project, tmp_path: Path) -> None:
    archive = archive_of(run_export(alice, project, splits=("train",)))
    [coco] = coco_of(archive, tmp_path)

    ids = coco.getAnnIds()
    stored = {row.number: row for row in Annotation.objects.select_related("current")}
    assert ids == [1, 2]
    for entry in coco.loadAnns(ids):
        row = stored[entry["id"]].current
        image = stored[entry["id"]].image
        expected = to_bitmap(Rle(image.size_hw, row.counts))
        assert (coco.annToMask(entry).astype(bool) == expected).all()
        assert entry["area"] == expected.sum() == coco_masks.area(coco.annToRLE(entry))
        assert entry["iscrowd"] == 0


def test_export_evaluated_against_itself_is_perfect(
    alice: User, project: Project, tmp_path: Path
) -> None:
    archive = archive_of(run_export(alice, project, splits=("train",)))
    [truth] = coco_of(archive, tmp_path)
    found = truth.loadRes(
        [
            {
                "image_id": entry["image_id"],
                "category_id": entry["category_id"],
                "segmentation": truth.annToRLE(entry),
                "score": 0.9,
            }
            for entry in truth.anns.values()
        ]
    )

    evaluation = COCOeval(truth, found, "segm")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()

    assert evaluation.stats[0] == 1.0


def test_export_carries_its_proof_and_its_pictures(alice: User, project: Project) -> None:
    archive = archive_of(run_export(alice, project))

    proof = json.loads(archive.read("verification.json"))
    pictures = [name for name in archive.namelist() if name.startswith("images/")]
    assert proof["outcome"] == "verified"
    assert len(pictures) == 3
    assert set(proof["files"]) == set(archive.namelist()) - {"verification.json"}


def test_images_carry_their_tags(alice: User, project: Project) -> None:
    images = list(project.images.order_by("number"))
    night, rain = make_tag(project, "night"), make_tag(project, "rain")
    tag_image(user=alice, image=images[1], add=[rain.pk, night.pk], remove=[])

    archive = archive_of(run_export(alice, project))

    listed = [
        entry
        for name in archive.namelist()
        if name.startswith("annotations/")
        for entry in json.loads(archive.read(name))["images"]
    ]
    manifest = json.loads(archive.read("manifest.json"))["images"]
    assert {entry["id"]: entry.get("tags") for entry in listed} == {
        1: None, 2: ["night", "rain"], 3: None
    }  # fmt: skip
    assert [entry["id"] for entry in manifest if entry.get("tags")] == [2]


def test_pictures_may_stay_out(alice: User, project: Project) -> None:
    archive = archive_of(run_export(alice, project, options={"with_images": False}))

    assert not any(name.endswith(".png") for name in archive.namelist())


@pytest.mark.parametrize(
    ("wish", "images", "objects"),
    [
        ({}, 3, 2),
        ({"include": "suggested"}, 3, 3),
        ({"splits": ("train",)}, 1, 2),
        ({"splits": ("",)}, 2, 0),
        ({"statuses": ("accepted",)}, 1, 2),
        ({"statuses": ("new",), "include": "suggested"}, 2, 1),
    ],
)
def test_filters_choose_images_and_objects(
    alice: User, project: Project, wish: dict[str, Any], images: int, objects: int
) -> None:
    counts = count_export(project=project, wanted=ExportFilter(**wish))
    job = run_export(alice, project, **wish)

    assert (counts.images, counts.objects) == (images, objects)
    report = Export.objects.get(job=job).report
    assert (report["counts"]["images"], report["counts"]["annotations"]) == (images, objects)


def test_counts_say_why_there_is_nothing(alice: User) -> None:
    project = make_project(lead=alice)
    assert count_export(project=project, wanted=ExportFilter()).why_nothing == (
        "no image passes the filters"
    )

    image = make_image(project)
    assert count_export(project=project, wanted=ExportFilter()).why_nothing == (
        "1 images, none has an object"
    )

    make_annotation(image, label=None)
    counts = count_export(project=project, wanted=ExportFilter())
    assert counts.why_nothing == "1 suggestions, none confirmed"
    assert counts.suggested_without_label == 1


def test_same_state_gives_the_same_bytes(alice: User, project: Project) -> None:
    first, second = (Export.objects.get(job=run_export(alice, project)) for _ in range(2))

    assert first.sha256 == second.sha256
    assert first.file_key != second.file_key


def test_editing_during_an_export_changes_nothing_in_it(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = {row.number: row.area for row in Annotation.objects.filter(state="confirmed")}
    edit_after_manifest(monkeypatch, lambda: shrink_everything(project, alice))

    job = run_export(alice, project)

    areas = {
        entry["id"]: entry["area"]
        for coco in coco_of(archive_of(job), tmp_path)
        for entry in coco.anns.values()
    }
    assert areas == before
    assert set(Annotation.objects.filter(state="confirmed").values_list("area", flat=True)) == {1}


def edit_after_manifest(monkeypatch: pytest.MonkeyPatch, edit: Callable[[], None]) -> None:
    real = export_records.take_manifest

    def take_then_edit(**words: Any) -> Any:
        manifest = real(**words)
        edit()
        return manifest

    monkeypatch.setattr("projects.services.exports.take_manifest", take_then_edit)


def shrink_everything(project: Project, author: User) -> None:
    for row in Annotation.objects.filter(state="confirmed").select_related("image", "current"):
        mask = np.zeros(row.image.size_hw, bool)
        mask[0, 0] = True
        old = object_state(Revision.objects.get(pk=row.current_id), row.image.size_hw)
        state = type(old)(
            rle=from_bitmap(mask), label_id=old.label_id, state=old.state, source=old.source
        )
        revise_annotation(annotation=row, state=state, base_revision=1, author=author, cause="edit")


def test_cancelled_export_leaves_no_file(
    alice: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_after_manifest(
        monkeypatch, lambda: cancel_job(user=alice, job=Job.objects.get(kind="export")) and None
    )

    job = run_export(alice, project)

    assert job.state == "cancelled"
    assert not Export.objects.exists()
    assert list(Path(settings.TEMP_DIR).iterdir()) == []
    assert not (Path(settings.DATA_DIR) / "exports").exists()


def test_missing_picture_fails_the_export_with_its_reason(alice: User, project: Project) -> None:
    image = Image.objects.filter(project=project).first()
    assert image is not None
    (Path(settings.DATA_DIR) / "blobs" / image.sha256[:2] / image.sha256).unlink()

    job = run_export(alice, project)

    assert job.state == "failed"
    assert "missing" in job.error


def test_export_without_room_is_refused_before_it_starts(
    alice: User, project: Project, settings: Any
) -> None:
    settings.DISK_RESERVE_BYTES = 10**18
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("projects.storage.RESERVE_SHARE", 1.0)
        with pytest.raises(InsufficientStorage):
            run_export(alice, project)

    assert not Job.objects.exists()


def test_nothing_to_export_is_refused(alice: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        run_export(alice, make_project(lead=alice))

    assert refused.value.code == "no_images"


@pytest.mark.parametrize(
    "wish",
    [
        {"format_name": "coco_dreams"},
        {"options": {"segmentation": "smoke"}},
        {"options": {"segmentatoin": "rle"}},
        {"include": "everything"},
        {"statuses": ("asleep",)},
        {"splits": ("half",)},
    ],
)
def test_unknown_words_are_refused(alice: User, project: Project, wish: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        run_export(alice, project, **wish)


def test_annotators_may_not_export(project: Project) -> None:
    bob = make_user("bob")
    add_member(project, bob, Role.ANNOTATOR)

    with pytest.raises(Forbidden):
        run_export(bob, project)


def test_panoptic_export_is_proved(alice: User, project: Project) -> None:
    archive = archive_of(run_export(alice, project, format_name="coco_panoptic"))

    assert json.loads(archive.read("verification.json"))["outcome"] == "verified"
