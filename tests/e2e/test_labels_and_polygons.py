"""Without leaving the image: a label is added and renamed, a polygon drawn, relabelled, deleted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.editor import Editor, bitmap, label_name
from tests.e2e.pages import PHOTOS, make_project, project_with_photos, upload

pytestmark = pytest.mark.e2e

SQUARE = [(150, 200), (350, 200), (350, 400), (150, 400)]


def test_a_new_label_names_a_drawn_polygon_and_both_outlast_a_reload(page: Page) -> None:
    project, (image,) = project_with_photos(page, "Polygons", "01-bear.jpg")
    editor = Editor.opened(page, image)

    name_label(page, "Add a label", "muzle")
    name_label(page, "Rename muzle", "muzzle")
    page.locator(".label-row", has_text="muzzle").click()
    editor.tool("P")
    for corner in SQUARE:
        editor.click(*corner)
    editor.key("Enter")
    editor.saved()
    (drawn,) = editor.annotations()
    keep(page, "polygon")
    editor.key("Escape")
    editor.reloaded()

    assert editor.annotations() == [drawn]
    assert label_name(editor, drawn) == "muzzle"
    assert (drawn["state"], drawn["source"]) == ("confirmed", "manual")
    mask = bitmap(drawn)
    assert mask[205:395, 155:345].all()
    assert mask.sum() == pytest.approx(200 * 200, rel=0.03)
    names = [label["name"] for label in editor.get(f"/api/v1/projects/{project}/")["labels"]]
    assert "muzzle" in names
    assert "muzle" not in names


def test_what_is_drawn_without_a_label_is_no_suggestion(page: Page) -> None:
    project = make_project(page, "No labels yet", [])
    picture = (PHOTOS / "01-bear.jpg").read_bytes()
    editor = Editor.opened(page, upload(page, project, "01-bear.jpg", picture))
    editor.tool("B")
    editor.drag([(100, 100), (200, 100)])
    expect(editor.rows).to_contain_text("by hand")
    expect(page.locator(".stage-top")).not_to_contain_text("Review")
    editor.saved()
    page.get_by_role("button", name="Delete", exact=True).click()
    editor.saved()
    assert [one["state"] for one in editor.annotations()] in ([], ["deleted"])


def test_a_digit_relabels_and_delete_can_be_taken_back(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Relabel", "01-bear.jpg")
    editor = Editor.opened(page, image)
    editor.key("1")
    editor.tool("P")
    for corner in SQUARE:
        editor.click(*corner)
    editor.key("Enter")
    editor.tool("V")
    editor.click(250, 300)

    editor.key("2")
    editor.saved()
    relabelled = editor.annotations()[0]
    editor.key("Delete")
    editor.saved()
    left = editor.annotations()
    editor.key("Control+z")
    editor.saved()

    assert relabelled["revision"] == 2
    assert left == []
    (back,) = editor.annotations()
    assert back["id"] == relabelled["id"]
    assert back["label"] == relabelled["label"]
    assert back["segmentation"] == relabelled["segmentation"]
    assert back["revision"] == relabelled["revision"] + 2


def name_label(page: Page, button: str, name: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.locator(".label-row", has_text=name)).to_have_count(1)
