from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from pycocotools import mask as coco_masks

from projects.errors import Forbidden, InvalidInput
from projects.masks.rle import to_bitmap
from projects.masks.types import Rle
from projects.models import Annotation, Export, Image, Job, Label, Project, Role, User
from projects.services.export_records import ExportFilter
from projects.services.exports import start_export
from tests.factories import (
    add_member,
    make_image,
    make_project,
    make_user,
)
from tests.projects.services.imports.coco_jobs import (
    HEIGHT,
    WIDTH,
    begin,
    coco,
    compressed,
    entry,
    run,
    square,
    uncompressed,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", [compressed, uncompressed])
def test_masks_arrive_pixel_for_pixel(
    alice: User, project: Project, form: Callable[[np.ndarray], dict[str, Any]]
) -> None:
    mask = square()
    mask[6:9, 5:8] = 0  # a hole

    job = run(alice, project, coco([entry(mask=mask, segmentation=form(mask))]))

    assert job.state == "done", job.result
    row = Annotation.objects.select_related("current", "image").get()
    assert (to_bitmap(Rle(row.image.size_hw, row.current.counts)) == mask).all()
    assert (row.state, row.source, row.label.name) == ("confirmed", "import", "Ball")
    assert (row.current.author, row.current.cause) == (alice, "import")


@pytest.mark.parametrize("as_word", ["annotations", "prelabels"])
def test_an_object_of_a_box_alone_is_a_suggestion(
    alice: User, project: Project, as_word: str
) -> None:
    alone = entry(segmentation=[], bbox=[2, 3, 10, 8], attributes={"age": 3})

    job = run(alice, project, coco([alone]), as_word=as_word)

    assert job.result["report"]["findings_by_code"] == {"box_only": 1}
    row = Annotation.objects.select_related("current", "image", "label").get()
    assert (row.state, row.source, row.label.name) == ("suggested", "import", "Ball")
    assert (row.area, row.bbox_x, row.bbox_y, row.bbox_w, row.bbox_h) == (80, 2, 3, 10, 8)
    assert row.current.attributes == {"age": 3}
    assert row.image.status == "prelabelled"


def test_polygons_are_filled_as_pycocotools_fills_them(alice: User, project: Project) -> None:
    ring = [[3.0, 3.0, 20.0, 5.0, 12.0, 22.0]]
    filled = coco_masks.decode(coco_masks.frPyObjects(ring, HEIGHT, WIDTH))[:, :, 0]

    run(alice, project, coco([entry(mask=filled, segmentation=ring)]))

    row = Annotation.objects.select_related("current", "image").get()
    assert (to_bitmap(Rle(row.image.size_hw, row.current.counts)) == filled).all()


def test_images_are_found_by_name_and_by_the_end_of_a_path(alice: User, project: Project) -> None:
    job = run(alice, project, coco([entry(1), entry(2, image_id=2)]))

    found = set(Annotation.objects.values_list("image__name", flat=True))
    assert found == {"a.png", "b.png"}
    assert job.result["report"]["images"] == 2


def test_images_are_found_by_hash_before_name(alice: User, project: Project) -> None:
    image = Image.objects.get(name="b.png")
    images = [
        {"id": 1, "file_name": "a.png", "sha256": image.sha256, "width": WIDTH, "height": HEIGHT}
    ]

    run(alice, project, coco([entry()], images=images))

    assert Annotation.objects.get().image == image


def test_labels_are_matched_by_name_in_any_case_and_missing_ones_made(
    alice: User, project: Project
) -> None:
    job = run(alice, project, coco([entry(1), entry(2, category_id=2)]))

    assert job.result["report"]["labels"] == {"existing": ["ball"], "created": ["bat"]}
    assert set(Label.objects.values_list("name", flat=True)) == {"Ball", "bat"}


def test_prelabels_are_suggestions_with_their_label_and_score(
    alice: User, project: Project
) -> None:
    run(alice, project, coco([entry(score=0.75)]), as_word="prelabels")

    row = Annotation.objects.get()
    assert (row.state, row.score, row.label.name) == ("suggested", 0.75, "Ball")
    assert row.image.status == "prelabelled"


def test_dry_run_reports_and_writes_nothing(alice: User, project: Project) -> None:
    job = run(alice, project, coco([entry(1), entry(2, category_id=2)]), dry_run=True)

    report = job.result["report"]
    assert (job.state, report["objects"], report["errors"], report["written"]) == ("done", 2, 0, 0)
    assert report["labels"]["created"] == ["bat"]
    assert not Annotation.objects.exists()
    assert Label.objects.count() == 1


@pytest.mark.parametrize(
    ("bad", "path"),
    [
        ({"category_id": 9}, "$.annotations[1].category_id"),
        ({"image_id": 9}, "$.annotations[1].image_id"),
        ({"segmentation": [[1, 2, 3, 4]]}, "$.annotations[1].segmentation"),
        ({"segmentation": [[1, 1, 1e9, 1, 5, 5]]}, "$.annotations[1].segmentation"),
        ({"segmentation": {"size": [5, 5], "counts": "0i0"}}, "$.annotations[1].segmentation"),
        (
            {"segmentation": {"size": [HEIGHT, WIDTH], "counts": [3, 4]}},
            "$.annotations[1].segmentation",
        ),
        ({"segmentation": None, "bbox": None}, "$.annotations[1].segmentation"),
    ],
)
def test_one_bad_object_keeps_all_out_and_is_named(
    alice: User, project: Project, bad: dict[str, Any], path: str
) -> None:
    job = run(alice, project, coco([entry(1), entry(2, **bad), entry(3, category_id=2)]))

    assert job.state == "failed"
    assert "nothing was imported" in job.error
    assert job.result["report"]["errors"] == 1
    assert job.result["report"]["findings"][0]["path"] == path
    assert not Annotation.objects.exists()
    assert Label.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"hello", b"[" * 100_000, b'{"images": [', b"PK\x03\x04 no archive", b"{}"],
)
def test_what_is_no_coco_file_is_refused(alice: User, project: Project, content: bytes) -> None:
    job = run(alice, project, content)

    assert job.state == "failed"
    assert job.error
    assert not Annotation.objects.exists()


def test_objects_of_images_that_are_not_here_are_left_out_and_reported(
    alice: User, project: Project
) -> None:
    Image.objects.filter(name="b.png").delete()

    job = run(alice, project, coco([entry(1), entry(2, image_id=2)]))

    report = job.result["report"]
    assert (job.state, report["written"], report["objects_in_file"]) == ("done", 1, 2)
    assert report["findings_by_code"]["image_missing"] == 1


def test_finished_images_are_left_alone(alice: User, project: Project) -> None:
    Image.objects.filter(name="a.png").update(status="accepted")

    job = run(alice, project, coco([entry(1), entry(2, image_id=2)]))

    assert Annotation.objects.get().image.name == "b.png"
    assert job.result["report"]["findings_by_code"] == {"image_closed": 1}


def test_same_file_twice_is_written_once(alice: User, project: Project) -> None:
    content = coco([entry(1), entry(2), entry(3, mask=square(20, 5))])
    first = run(alice, project, content)

    second = run(alice, project, content)

    assert Annotation.objects.count() == 3
    assert first.result["report"]["written"] == 3
    assert second.result["report"] | {"written": 0, "already_there": 3} == second.result["report"]


def test_own_export_comes_back_as_it_was(alice: User, project: Project) -> None:
    run(alice, project, coco([entry(1), entry(2, image_id=2, mask=square(11, 7))]))
    export = start_export(
        user=alice,
        project=project,
        format_name="coco_instances",
        options={"with_images": False},
        wanted=ExportFilter(),
    )
    assert work(export).state == "done", export.error
    other = make_project(lead=alice)
    for image in Image.objects.filter(project=project):
        make_image(other, width=WIDTH, height=HEIGHT, name=image.name, sha256=image.sha256)

    with default_storage.open(Export.objects.get().file_key) as file:
        job = run(alice, other, file.read())

    assert job.state == "done", job.result

    def facts(owner: Project) -> set[tuple[str, str, str]]:
        rows = Annotation.objects.filter(image__project=owner)
        return set(rows.values_list("image__name", "label__name", "current__counts"))

    assert facts(other) == facts(project)
    assert len(facts(other)) == 2


def test_archive_with_several_files_is_one_import(
    alice: User, project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("annotations/train.json", json.dumps(coco([entry(1)])))
        archive.writestr("annotations/val.json", json.dumps(coco([entry(1, image_id=2)])))

    job = run(alice, project, path.read_bytes())

    assert (job.state, Annotation.objects.count()) == ("done", 2)


@pytest.mark.parametrize(
    "wish", [{"format_name": "coco_panoptic"}, {"format_name": "x"}, {"as_word": "truth"}]
)
def test_unknown_words_are_refused(alice: User, project: Project, wish: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        begin(alice, project, coco([]), **wish)

    assert not Job.objects.exists()


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.REVIEWER])
def test_only_leads_import(project: Project, role: str) -> None:
    user = make_user()
    add_member(project, user, role)

    with pytest.raises(Forbidden):
        begin(user, project, coco([]))
