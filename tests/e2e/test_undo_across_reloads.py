"""Undo and redo go on where they were, across a save and a reload, under the same ids."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.editor import Editor
from tests.e2e.pages import project_with_photos, send

pytestmark = pytest.mark.e2e

FIRST = [(100, 200), (220, 200)]
SECOND = [(100, 320), (220, 320)]


@pytest.fixture
def editor(page: Page) -> Editor:
    """Two strokes, each an object, saved."""
    _, (image,) = project_with_photos(page, "Undo", "01-bear.jpg")
    editor = Editor.opened(page, image)
    editor.tool("B")
    editor.key("1")
    editor.drag(FIRST)
    editor.key("Escape")
    editor.drag(SECOND)
    editor.key("Escape")
    editor.saved()
    return editor


def test_a_deletion_is_undone_after_a_reload_under_the_same_id(page: Page, editor: Editor) -> None:
    first, second = editor.annotations()
    editor.tool("V")
    editor.rows.first.click()
    editor.key("Delete")
    editor.saved()
    (left,) = editor.annotations()
    gone = second if left["id"] == first["id"] else first

    editor.reloaded()
    editor.key("Control+z")
    editor.saved()

    back = {one["id"]: one for one in editor.annotations()}
    assert back[gone["id"]]["segmentation"] == gone["segmentation"]
    history = editor.get(f"/api/v1/images/{editor.image_id}/annotations/{gone['id']}/history/")
    assert [one["state"] for one in history["results"]] == ["confirmed", "deleted", "confirmed"]

    editor.reloaded()
    editor.key("Control+z", "Control+z")
    editor.saved()
    assert len(editor.annotations()) == 0
    editor.reloaded()
    editor.key("Control+y", "Control+y")
    editor.saved()
    assert {one["id"] for one in editor.annotations()} == {first["id"], second["id"]}
    expect(page.locator("#toasts .toast")).to_have_count(0)


def test_what_somebody_else_changed_is_left_alone_and_said(page: Page, editor: Editor) -> None:
    newest = max(editor.annotations(), key=lambda one: one["number"])
    address = f"/api/v1/images/{editor.image_id}/annotations/{newest['id']}/"
    send(page, "PUT", address, {**newest, "z": 7}, revision=1)

    editor.reloaded()
    expect(page.locator("#toasts")).to_contain_text("1 earlier step can no longer be undone")
    editor.key("Control+z")
    editor.saved()

    (left,) = editor.annotations()
    assert (left["id"], left["z"]) == (newest["id"], 7)
