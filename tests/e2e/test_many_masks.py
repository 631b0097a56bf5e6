"""Many masks: while the view moves or a stroke is drawn they are seen roughly, then rightly."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from playwright.sync_api import Page
from pycocotools import mask as coco_masks

from tests.e2e.browser import keep
from tests.e2e.editor import COMPOSED, Editor, difference
from tests.e2e.pages import make_project, png, send, upload

pytestmark = pytest.mark.e2e

WIDTH, HEIGHT = 2600, 1800  # more than twice the stage: masks are drawn from their halving
COLUMNS, ROWS = 10, 6
REST_MS = 400  # of the view; then the masks are drawn anew, a part in each frame
PATIENCE = 40


def fill(page: Page) -> int:
    """An image with a disc of a random size at each of 60 places."""
    project = make_project(page, "Many")
    image = upload(page, project, "grey.png", png(np.full((HEIGHT, WIDTH, 3), 90, np.uint8)))
    labels = [one["id"] for one in send(page, "GET", f"/api/v1/projects/{project}/")["labels"]]
    rng = np.random.default_rng(5)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    changes = []
    for number in range(COLUMNS * ROWS):
        x = (number % COLUMNS + 0.5) * WIDTH / COLUMNS
        y = (number // COLUMNS + 0.5) * HEIGHT / ROWS
        disc = (columns - x) ** 2 + (rows - y) ** 2 < rng.integers(60, 190) ** 2
        changes.append(put(disc, labels[number % len(labels)]))
    send(page, "POST", f"/api/v1/images/{image}/changes/", changes)
    return image


def put(mask: np.ndarray[Any, np.dtype[np.bool_]], label: int) -> dict[str, Any]:
    rle = coco_masks.encode(np.asfortranarray(mask, np.uint8))
    return {
        "op": "put",
        "id": str(uuid4()),
        "change_id": str(uuid4()),
        "base_revision": None,
        "segmentation": {"size": list(mask.shape), "counts": rle["counts"].decode()},
        "label": label,
        "state": "confirmed",
        "source": "manual",
    }


def settled(editor: Editor) -> bytes:
    """The canvas once it does not change any more."""
    before = editor.picture()
    for _ in range(PATIENCE):
        editor.page.wait_for_timeout(REST_MS)
        now = editor.picture()
        if now == before:
            return now
        before = now
    raise AssertionError("the canvas does not come to rest")


def test_after_zoom_strokes_and_undo_the_masks_are_as_if_drawn_anew(page: Page) -> None:
    image = fill(page)
    editor = Editor.opened(page, image)
    untouched = settled(editor)

    editor.tool("B")
    editor.key("1")
    x, y = editor.at(WIDTH / 2, HEIGHT / 2)
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    for _ in range(3):
        page.mouse.wheel(0, -60)
    page.keyboard.up("Control")
    page.mouse.down()  # while the masks are still as they were moved here
    page.mouse.move(x + 150, y + 60, steps=8)
    page.wait_for_timeout(REST_MS)
    keep(page, "many-stroke")
    page.mouse.up()
    editor.key("Escape")
    page.mouse.move(x - 120, y + 90)
    page.mouse.down()
    page.mouse.move(x - 150, y - 90, steps=8)
    page.mouse.up()
    editor.saved()
    close = settled(editor)
    keep(page, "many-close")
    editor.key("Shift+1")
    drawn = settled(editor)
    keep(page, "many-drawn")
    assert difference(drawn, untouched) > COMPOSED
    assert difference(drawn, close) > COMPOSED
    assert len(editor.annotations()) == COLUMNS * ROWS + 2
    editor.reloaded()
    assert difference(settled(editor), drawn) <= COMPOSED
    editor.key("Control+z", "Control+z")
    editor.saved()
    assert difference(settled(editor), untouched) <= COMPOSED
