"""The main job in a real browser: from the printed link to files that pycocotools reads."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pycocotools import mask as coco_masks
from pycocotools.coco import COCO

from tests.e2e.browser import keep
from tests.e2e.editor import COMPOSED, Editor, bitmap, by_id, difference, facts, label_name
from tests.e2e.pages import (
    PHOTOS,
    choose_files,
    drop_files,
    images_of,
    new_project,
    prelabel,
)

pytestmark = pytest.mark.e2e

BEAR = (310, 230)  # a pixel well inside the bear of 01-bear.jpg
BESIDE_BEAR = (60, 60)
EXPORT_MS = 400_000
DONE = ("strokes", "undos", "redos")
TITLES = {"coco_instances": "COCO instances", "coco_panoptic": "COCO panoptic"}


@pytest.mark.timeout(600)
def test_a_person_makes_a_corrected_and_exported_dataset(page: Page, tmp_path: Path) -> None:
    project = new_project(page, "Animals and people")
    upload(page)
    prelabel(page, project)
    keep(page, "main-4-prelabelled")
    images = images_of(page, project)
    assert {image["status"] for image in images} == {"prelabelled"}
    assert all(image["counts"]["suggested"] for image in images)

    editor = Editor.opened(page, images[0]["id"])
    judge_suggestions(editor)
    smart = click_a_mask(editor)
    box_a_mask(editor)
    brush(editor, smart)
    undo_and_redo(editor)
    survive_a_reload(editor)
    submit(editor)
    effort_is_told(page, project)

    check_instances(page, export(page, project, "coco_instances", tmp_path), project)
    check_panoptic(page, export(page, project, "coco_panoptic", tmp_path), project)


def upload(page: Page) -> None:
    """One picture dropped, two by the file chooser."""
    bear, *others = sorted(PHOTOS.glob("*.jpg"))[:3]
    drop_files(page, bear)
    expect(page.locator(".upload-list .state.done")).to_have_count(1, timeout=120_000)
    choose_files(page, *others)
    expect(page.locator(".upload-list .state.done")).to_have_count(3, timeout=120_000)
    keep(page, "main-2-uploaded")
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Pre-label")).to_be_visible()
    keep(page, "main-3-to-be-prelabelled")


def judge_suggestions(editor: Editor) -> None:
    """Accept what is above a score and reject the rest, as one step that undo takes back."""
    page, before = editor.page, editor.annotations("suggested")
    keep(page, "main-5-editor")
    editor.key("1", "t")
    slider = page.get_by_role("slider")
    threshold = float(np.median([one["score"] for one in before]).round(2))
    slider.fill(str(round(threshold * 100)))
    keep(page, "main-6-judge")
    page.get_by_role("button", name="Apply").click()
    editor.saved()
    above = {one["id"] for one in before if one["score"] >= threshold}
    judged = by_id(editor.annotations())
    assert {id_ for id_, one in judged.items() if one["state"] == "confirmed"} == above
    assert {one["state"] for id_, one in judged.items() if id_ not in above} <= {"rejected"}

    editor.key("Control+z")
    editor.saved()
    assert {one["state"] for one in editor.annotations()} == {"suggested"}
    editor.key("Control+Shift+z")
    editor.saved()
    assert {one["id"] for one in editor.annotations("confirmed")} == above


def click_a_mask(editor: Editor) -> str:
    """Positive and negative clicks; the mask keeps to every one of them. Its id."""
    before = set(by_id(editor.annotations()))
    editor.tool("S")
    editor.key("2")
    inside = editor.click(*BEAR)
    editor.answered()
    outside = editor.click(*BESIDE_BEAR, button="right")
    editor.answered()
    keep(editor.page, "main-7-smart")
    editor.key("Enter")
    editor.saved()
    (made,) = [one for one in editor.annotations("confirmed") if one["id"] not in before]
    mask = bitmap(made)
    assert mask[inside[::-1]]
    assert not mask[outside[::-1]]
    assert made["source"] == "model"
    assert label_name(editor, made) == "person"
    return str(made["id"])


def box_a_mask(editor: Editor) -> None:
    """A box prompt, accepted, labelled afterwards by a digit."""
    before = set(by_id(editor.annotations()))
    editor.drag([(180, 90), (460, 420)])
    editor.answered()
    editor.key("Enter")
    editor.key("1")
    editor.saved()
    (made,) = [one for one in editor.annotations("confirmed") if one["id"] not in before]
    x, y, width, height = made["bbox"]
    assert (x >= 170, y >= 80, x + width <= 470, y + height <= 430) == (True,) * 4
    assert label_name(editor, made) == "bear"


def brush(editor: Editor, into: str) -> None:
    """Paint a new object of the third label, erase a part of it."""
    before = by_id(editor.annotations())
    editor.key("Escape")  # nothing selected: the stroke makes an object
    editor.tool("B")
    editor.key("3")
    editor.drag([(60, 400), (200, 400)])
    editor.saved()
    (painted,) = [one for one in editor.annotations() if one["id"] not in before]
    assert bitmap(painted)[400, 60:200].all()
    assert label_name(editor, painted) == "grass"
    editor.drag([(130, 370), (130, 430)], button="right")
    editor.saved()
    erased = by_id(editor.annotations())[painted["id"]]
    assert not bitmap(erased)[390:410, 130].any()
    assert erased["revision"] > painted["revision"]
    assert facts([by_id(editor.annotations())[into]]) == facts([before[into]])
    keep(editor.page, "main-8-brushed")


def undo_and_redo(editor: Editor) -> None:
    end = facts(editor.annotations())
    masks = {one["id"]: one["segmentation"] for one in editor.annotations()}
    editor.key("Control+z", "Control+z")
    editor.saved()
    assert len(editor.annotations("confirmed", "rejected")) == len(end) - 1
    editor.key("Control+y", "Control+Shift+z")
    editor.saved()
    assert {one["id"]: one["segmentation"] for one in editor.annotations()} == masks


def survive_a_reload(editor: Editor) -> None:
    """After a reload the API and the canvas show the same as before."""
    stored, shown = facts(editor.annotations()), editor.picture()
    editor.reloaded()
    assert facts(editor.annotations()) == stored
    assert difference(editor.picture(), shown) <= COMPOSED
    count = len(editor.annotations("confirmed", "suggested"))
    expect(editor.rows.first).to_have_attribute("aria-setsize", str(count))


def submit(editor: Editor) -> None:
    image = editor.image_id
    editor.page.get_by_role("button", name="Submit").click()
    expect(editor.root).not_to_have_attribute("data-image-id", str(image))
    editor.ready()
    assert editor.get(f"/api/v1/images/{image}/")["status"] == "submitted"
    keep(editor.page, "main-9-next-image")


def effort_is_told(page: Page, project: int) -> None:
    """What each object cost came with its changes, and a lead finds it on a page."""
    told = page.request.get(f"/api/v1/projects/{project}/effort/").json()
    by_label = {one["name"]: one for one in told["labels"]}
    assert by_label["person"]["clicks"]["total"] >= 2  # one inside, one outside
    assert by_label["person"]["prompts"]["total"] >= 2
    grass = {name: figure["total"] for name, figure in by_label["grass"].items() if name in DONE}
    assert grass == {"strokes": 2, "undos": 2, "redos": 2}
    assert 0 < by_label["grass"]["seconds"]["total"] < 600
    page.goto(f"/projects/{project}/effort/")
    expect(page.get_by_role("table").filter(has_text="grass")).to_be_visible()
    keep(page, "main-9b-effort")


def export(page: Page, project: int, name: str, folder: Path) -> zipfile.ZipFile:
    """Export through the page and download what it offers."""
    page.goto(f"/projects/{project}/exports/?format={name}")
    if name == "coco_instances":
        page.get_by_label("Include objects of stuff labels").check()
    page.get_by_role("button", name="Export", exact=True).click()
    row = page.get_by_role("row").filter(has_text=TITLES[name]).filter(has_text="verified")
    expect(row).to_be_visible(timeout=EXPORT_MS)
    keep(page, f"main-10-{name.replace('_', '-')}")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    path = folder / f"{name}.zip"
    download.value.save_as(path)
    return zipfile.ZipFile(path)


def check_instances(page: Page, archive: zipfile.ZipFile, project: int) -> None:
    """pycocotools reads the file, and every mask is the one that the API tells."""
    (name,) = [one for one in archive.namelist() if re.search(r"instances.*\.json$", one)]
    coco = COCO()
    coco.dataset = json.loads(archive.read(name))
    coco.createIndex()
    checked = 0
    for image in images_of(page, project):
        expected = confirmed(page, image["id"])
        (file,) = [one for one in coco.imgs.values() if one["file_name"] == image["name"]]
        written = coco.loadAnns(coco.getAnnIds(imgIds=file["id"]))
        assert sorted(map(mask_key, expected)) == sorted(map(mask_key, written))
        checked += len(written)
        for one in written:
            twin = next(other for other in expected if mask_key(other) == mask_key(one))
            assert not np.logical_xor(coco.annToMask(one) > 0, bitmap(twin)).any()
    assert checked >= 3


def check_panoptic(page: Page, archive: zipfile.ZipFile, project: int) -> None:
    """Each segment's pixels are as many as it says, and none lies outside of the objects."""
    (name,) = [one for one in archive.namelist() if re.search(r"panoptic.*\.json$", one)]
    tables = json.loads(archive.read(name))
    sizes = {image["id"]: image["name"] for image in images_of(page, project)}
    segments = 0
    for entry in tables["annotations"]:
        (path,) = [one for one in archive.namelist() if one.endswith(entry["file_name"])]
        rgb = np.asarray(Image.open(io.BytesIO(archive.read(path))).convert("RGB"), dtype=np.int64)
        ids = rgb @ np.array([1, 256, 65536])
        assert set(np.unique(ids)) - {0} == {one["id"] for one in entry["segments_info"]}
        for one in entry["segments_info"]:
            assert int((ids == one["id"]).sum()) == one["area"]
            segments += 1
    assert len(tables["annotations"]) == len(sizes)
    assert segments >= 2


def confirmed(page: Page, image_id: int) -> list[dict[str, Any]]:
    answer = page.request.get(f"/api/v1/images/{image_id}/annotations/").json()
    return [one for one in answer["results"] if one["state"] == "confirmed"]


def mask_key(annotation: dict[str, Any]) -> str:
    """A mask as text, whichever way it is written."""
    segmentation = annotation["segmentation"]
    if isinstance(segmentation["counts"], list):
        segmentation = coco_masks.frPyObjects(segmentation, *segmentation["size"])
    mask = coco_masks.decode(segmentation)
    return str(coco_masks.encode(np.asfortranarray(mask))["counts"])
