"""Tools under a real pointer: the worker answers, a pen presses, pixels stay what was drawn."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.browser import keep
from tests.e2e.editor import Editor, bitmap
from tests.e2e.pages import make_project, png, upload

pytestmark = pytest.mark.e2e

HEIGHT, WIDTH = 240, 320
BLOCK = np.s_[60:180, 80:240]


@pytest.fixture
def editor(page: Page) -> Editor:
    """A picture of a bright block on dark ground, open."""
    pixels = np.full((HEIGHT, WIDTH, 3), (30, 40, 60), np.uint8)
    pixels[BLOCK] = (210, 190, 170)
    project = make_project(page, "Tools", [("block", "thing"), ("ground", "stuff")])
    opened = Editor.opened(page, upload(page, project, "block.png", png(pixels)))
    opened.key("1")
    return opened


def test_wand_knife_and_undo_keep_every_pixel(editor: Editor) -> None:
    block = np.zeros((HEIGHT, WIDTH), bool)
    block[BLOCK] = True

    editor.tool("W")
    editor.click(100, 100)
    expect(editor.rows).to_have_count(1)
    editor.tool("K")
    editor.drag([(160, 40), (160, 200)])
    expect(editor.rows).to_have_count(2)
    editor.saved()
    halves = [bitmap(one) for one in editor.annotations("confirmed")]
    keep(editor.page, "knife")
    editor.key("Control+z")
    editor.saved()
    (whole,) = editor.annotations("confirmed")

    assert np.array_equal(halves[0] ^ halves[1], block)
    assert not (halves[0] & halves[1]).any()
    assert [half[:, :150].any() for half in halves].count(True) == 1
    assert np.array_equal(bitmap(whole), block)


def test_a_handle_pulls_the_selected_object_to_the_pixel(editor: Editor) -> None:
    editor.tool("R")
    editor.drag([(60, 60), (160, 140)])
    editor.saved()
    (drawn,) = editor.annotations()
    x, y, width, height = map(int, drawn["bbox"])
    editor.tool("V")
    right, middle = x + width - 0.5, y + height / 2 - 0.5

    editor.page.mouse.move(*editor.at(right, middle))
    cursor = "document.querySelector('.stage-canvas').style.cursor"
    assert editor.page.evaluate(cursor) == "ew-resize"
    editor.drag([(right, middle), (right + 40, middle)])
    pulled = editor.revised(drawn)
    assert pulled["bbox"] == [x, y, width + 40, height]
    assert pulled["area"] == (width + 40) * height
    keep(editor.page, "handles")

    def is_handle_seen() -> bool:
        left, top = editor.at(x - 0.5, y - 0.5)
        clip = {"x": left - 4, "y": top - 4, "width": 9, "height": 9}
        shot = Image.open(io.BytesIO(editor.page.screenshot(clip=clip))).convert("L")
        return int((np.asarray(shot) > 250).sum()) > 20

    assert is_handle_seen()
    editor.tool("B")  # which could not pull it
    editor.until(lambda: not is_handle_seen())
    editor.tool("V")
    editor.until(is_handle_seen)

    editor.key("Control+z")
    assert editor.revised(pulled)["bbox"] == drawn["bbox"]


def test_scribbles_and_superpixels_find_the_block(editor: Editor) -> None:
    editor.tool("J")
    editor.drag([(120, 90), (200, 150)])
    editor.key("2")
    editor.drag([(30, 30), (30, 210), (290, 210)])
    expect(editor.page.locator(".stage-top .options")).to_contain_text("% certain", timeout=240_000)
    editor.page.get_by_role("button", name="Make objects").click()
    expect(editor.rows).to_have_count(2)
    editor.saved()
    masks = [bitmap(one) for one in editor.annotations("confirmed")]
    keep(editor.page, "scribbles")
    editor.key("Escape", "Control+z", "1")
    expect(editor.rows).to_have_count(0)
    editor.tool("U")
    expect(editor.page.locator(".stage-top .options")).to_contain_text("pieces", timeout=240_000)
    editor.drag([(90, y) if (y // 12) % 2 else (230, y) for y in range(66, 180, 12)])
    editor.saved()
    (swept,) = editor.annotations("confirmed")

    assert max(overlap(mask) for mask in masks) > 0.95
    assert overlap(bitmap(swept)) > 0.8


def test_a_pen_pressed_harder_paints_wider_only_where_that_is_wanted(editor: Editor) -> None:
    pen = editor.page.context.new_cdp_session(editor.page)
    editor.tool("B")
    paint(pen, editor, 40, 0.2)
    editor.key("Escape")
    editor.page.get_by_role("button", name="Pressure").click()
    paint(pen, editor, 120, 0.2)
    editor.key("Escape")
    paint(pen, editor, 200, 1.0)
    editor.saved()
    areas = sorted((one["bbox"][1], one["area"]) for one in editor.annotations("confirmed"))
    (_, plain), (_, light), (_, full) = areas

    assert light < 0.6 * full
    assert plain == pytest.approx(full, rel=0.05)


def overlap(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    """Intersection over union with the block."""
    block = np.zeros((HEIGHT, WIDTH), bool)
    block[BLOCK] = True
    return float((mask & block).sum() / (mask | block).sum())


def paint(pen: CDPSession, editor: Editor, y: float, force: float) -> None:
    """A stroke from left to right by a pen, through the DevTools protocol."""
    for kind, x in (("mousePressed", 60), ("mouseMoved", 160), ("mouseReleased", 260)):
        across, down = editor.at(x, y)
        pen.send(
            "Input.dispatchMouseEvent",
            {
                "type": kind,
                "x": across,
                "y": down,
                "button": "left",
                "buttons": 0 if kind == "mouseReleased" else 1,
                "pointerType": "pen",
                "force": force,
                "clickCount": 1,
            },
        )
