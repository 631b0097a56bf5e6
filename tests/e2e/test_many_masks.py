"""Many masks: while the view moves or a stroke is drawn they are seen roughly, then rightly."""

from __future__ import annotations

import json
from collections.abc import Callable
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
PATIENCE = 160
LARGEST_CHANGE = 64_000  # bytes
# Opaque pixels of the top layer in each frame of a zoom at a place.
WHILE_MOVING = """async ([clientX, clientY, steps]) => {
  const stage = document.querySelector(".stage-canvas:not([inert])");
  const top = [...stage.querySelectorAll("canvas")].filter((one) => one.width > 300)[2];
  const counts = [];
  for (let step = 0; step < steps; step += 1) {
    const facts = { bubbles: true, cancelable: true, ctrlKey: true, deltaY: -25, clientX, clientY };
    stage.dispatchEvent(new WheelEvent("wheel", facts));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const { data } = top.getContext("2d").getImageData(0, 0, top.width, top.height);
    counts.push(data.filter((alpha, at) => at % 4 === 3 && alpha > 200).length);
  }
  return counts;
}"""


def fill(page: Page, places: int = COLUMNS * ROWS) -> int:
    """An image with a disc of a random size at each of the first places."""
    project = make_project(page, "Many")
    image = upload(page, project, "grey.png", png(np.full((HEIGHT, WIDTH, 3), 90, np.uint8)))
    labels = [one["id"] for one in send(page, "GET", f"/api/v1/projects/{project}/")["labels"]]
    rng = np.random.default_rng(5)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    changes = []
    for number in range(places):
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


def settled(editor: Editor, picture: Callable[[], bytes] | None = None) -> bytes:
    """The canvas once it does not change any more."""
    picture = picture or editor.picture
    before = picture()
    for _ in range(PATIENCE):
        editor.page.wait_for_timeout(REST_MS)
        now = picture()
        if now == before:
            return now
        before = now
    raise AssertionError("the canvas does not come to rest")


def test_a_stroke_sends_the_object_it_changed_and_no_other(page: Page) -> None:
    editor = Editor.opened(page, fill(page))
    editor.tool("V")
    editor.click(WIDTH / COLUMNS / 2, HEIGHT / ROWS / 2)
    editor.tool("B")
    with page.expect_request("**/changes/") as sent:
        editor.drag([(30, 30), (230, 270)])
    body = sent.value.post_data or ""
    (change,) = json.loads(body)
    assert len(body) < LARGEST_CHANGE
    editor.saved()
    after = {one["id"]: one["revision"] for one in editor.annotations()}
    assert after.pop(change["id"]) == 2
    assert set(after.values()) == {1}


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


def test_what_is_chosen_is_seen_while_the_view_moves_and_sharp_once_it_rests(page: Page) -> None:
    editor = Editor.opened(page, fill(page, places=5))
    editor.tool("V")
    column, row = 4.5 * WIDTH / COLUMNS, 0.5 * HEIGHT / ROWS

    def choose() -> bytes:
        editor.key("Escape")
        page.mouse.click(*chosen)
        page.mouse.move(2, 2)
        return settled(editor, canvases.screenshot)

    canvases = page.locator(".stage-canvases")
    chosen = editor.at(column, row)
    choose()
    moving = page.evaluate(WHILE_MOVING, [*chosen, 5])
    keep(page, "many-moved")
    assert all(edge > 50 for edge in moving), moving  # of the mask's edge in each frame of the move
    moved = settled(editor, canvases.screenshot)
    assert difference(choose(), moved) <= COMPOSED
