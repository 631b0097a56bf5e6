"""A picture of 8,000 x 8,000 is shown in tiles and drawn on pixel by pixel."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Picture
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.editor import Editor, bitmap
from tests.e2e.pages import make_project, upload

pytestmark = pytest.mark.e2e

SIDE = 8000
HEAP_MIB = 200
MEASURE_MS = 240_000  # its tiles are made when it is first opened


def uploaded(page: Page, project: int) -> int:
    """A picture of coloured squares, by the API."""
    squares = np.random.default_rng(8).integers(0, 255, (80, 80, 3), np.uint8)
    file = io.BytesIO()
    picture = Picture.fromarray(squares).resize((SIDE, SIDE), Picture.Resampling.NEAREST)
    picture.save(file, "JPEG", quality=80)
    return upload(page, project, "large.jpg", file.getvalue())


def test_a_large_picture_is_drawn_in_tiles_and_edited_to_the_pixel(page: Page) -> None:
    image = uploaded(page, make_project(page, "Large"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/images/{image}/")
    expect(page.locator("#editor")).to_have_attribute("data-ready", "true", timeout=MEASURE_MS)
    editor = Editor(page)
    assert not [url for url in asked if url.endswith(f"/images/{image}/file/")]

    editor.tool("B")
    editor.key("1")
    editor.drag([(800, 1200), (7200, 6800)])
    editor.saved()
    keep(page, "large-whole")
    (made,) = editor.annotations()
    assert made["segmentation"]["size"] == [SIDE, SIDE]
    before = bitmap(made)
    assert before[1200:1216, 800:816].any()
    assert before[6784:6816, 7184:7216].any()

    box = page.locator(".stage-canvases").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    with page.expect_response(lambda response: "/tiles/0/" in response.url):
        page.keyboard.press("Shift+Digit0")
    expect(page.locator(".status")).to_contain_text("100 %")
    at = editor.pointer()
    page.mouse.down()
    page.mouse.move(middle[0] + 50, middle[1])
    page.mouse.up()
    editor.saved()
    keep(page, "large-close")

    (after,) = editor.annotations()
    added = bitmap(after) & ~before
    rows, columns = np.nonzero(added)
    assert added.any()
    assert abs(int(rows.mean()) - at[1]) < 60
    assert at[0] - 60 < columns.min()
    assert columns.max() < at[0] + 120
    check_diff(editor, int(added.sum()), (middle[0] + 15, middle[1]))
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
    assert heap < HEAP_MIB


def check_diff(editor: Editor, pixels: int, place: tuple[float, float]) -> None:
    """Compared with the first stroke, the second one's pixels are counted and striped."""
    page = editor.page
    editor.key("Escape", "Shift+D")
    card = page.get_by_role("region", name="Diff")
    card.get_by_role("button", name="Earlier state").click()
    page.locator(".past-line").last.locator(".past-words").click()
    page.get_by_role("button", name="Compare image").click()
    expect(card.get_by_role("row", name="Added")).to_contain_text(f"{pixels:,} px")
    page.mouse.move(2, 2)
    keep(page, "large-diff")
    box = page.locator(".stage-canvases").bounding_box()
    assert box is not None
    shown = page.locator(".stage-canvases").screenshot()
    left, top = (int(at - box[side]) for at, side in zip(place, ("x", "y"), strict=True))
    clip = Picture.open(io.BytesIO(shown)).convert("RGB").crop((left, top - 4, left + 20, top + 4))
    red, green, blue = np.moveaxis(np.asarray(clip, dtype=int), 2, 0)
    assert (blue > red + 80).any()
    assert (np.minimum(red, green) > 200).any()
