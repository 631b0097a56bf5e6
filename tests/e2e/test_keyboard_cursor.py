"""An object labelled from the first key to the saved mask without a pointer."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.editor import Editor, bitmap
from tests.e2e.pages import make_project, png, upload

pytestmark = pytest.mark.e2e

BLOCK = np.s_[60:180, 80:240]


def test_an_object_is_labelled_by_keys_alone(page: Page) -> None:
    pixels = np.full((240, 320, 3), (30, 40, 60), np.uint8)
    pixels[BLOCK] = (210, 190, 170)
    project = make_project(page, "Keys alone", [("bear", "thing"), ("ground", "stuff")])
    first = upload(page, project, "block.png", png(pixels))
    second = upload(page, project, "next.png", png(pixels[::-1, ::-1] // 2))
    editor = Editor.opened(page, first)
    voice = page.locator("[data-voice=cursor]")

    editor.key("1")
    editor.tool("S")
    editor.key("Control+k")
    page.keyboard.type("keyboard cur")
    page.keyboard.press("Enter")
    expect(voice).to_contain_text("Escape leaves")
    start = editor.pointer()
    editor.key("Shift+ArrowLeft", "Shift+ArrowLeft", "ArrowUp")
    assert editor.pointer() == (start[0] - 20, start[1] - 1)
    expect(voice).to_have_text(f"x {start[0] - 20}, y {start[1] - 1}")
    editor.key("Enter")
    editor.answered()
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    keep(page, "keyboard-cursor-dark")
    page.keyboard.press("Enter")
    expect(editor.rows).to_have_count(1)
    editor.saved()
    expect(voice).to_contain_text("over bear 1, selected")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    keep(page, "keyboard-cursor-light")
    editor.key("2")
    editor.saved()
    (made,) = editor.annotations("confirmed")
    editor.key("f")
    expect(editor.root).to_have_attribute("data-image-id", str(second))
    editor.ready()
    start = editor.pointer()
    editor.key("ArrowRight")
    assert editor.pointer() == (start[0] + 1, start[1])
    editor.key("Escape")
    expect(voice).to_have_text("Keyboard cursor off")

    block = np.zeros((240, 320), bool)
    block[BLOCK] = True
    mask = bitmap(made)
    assert (mask & block).sum() / (mask | block).sum() > 0.9
    names = {one["id"]: one["name"] for one in editor.get(f"/api/v1/projects/{project}/")["labels"]}
    assert names[made["label"]] == "ground"
