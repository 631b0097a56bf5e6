"""Many small strokes for the tests that nothing is lost: each an object, each in a place of its
own, so that what arrived can be told from what did not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.editor import Editor

CHANGES = "**/api/v1/images/*/changes/"
COLUMNS, STEP = 26, 16  # screen px; 500 strokes of 10 px lie on the bear


class Strokes:
    """Places over the middle of the stage, one after the other; works without a network."""

    def __init__(self, editor: Editor, *, first: int = 0) -> None:
        self.page = editor.page
        box = self.page.locator(".stage-canvases").bounding_box()
        assert box is not None
        self._left = box["x"] + box["width"] / 2 - COLUMNS / 2 * STEP
        self._top = box["y"] + box["height"] / 2 - 8 * STEP
        self._first = first
        self.made = first

    @property
    def drawn(self) -> int:
        """How many were drawn here."""
        return self.made - self._first

    def draw(self, count: int = 1) -> None:
        """Make new objects, each by a stroke with the brush."""
        for _ in range(count):
            self._stroke()
            self.page.keyboard.press("Escape")  # the next one is an object of its own
            self.made += 1

    def draw_in_vain(self) -> None:
        """A stroke where nothing may be changed."""
        self._stroke()

    def _stroke(self) -> None:
        row, column = divmod(self.made, COLUMNS)
        x, y = self._left + column * STEP, self._top + row * STEP
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 10, y)
        self.page.mouse.up()


def ready_to_draw(page: Page, image: int, *, address: str = "") -> Editor:
    """The image open, a small brush with the first label in hand."""
    page.goto(f"{address}/images/{image}/")
    editor = Editor(page)
    take_brush(editor)
    return editor


def take_brush(editor: Editor) -> None:
    editor.tool("B")
    editor.key("1", *["["] * 12)


def unsent(editor: Editor, count: int) -> None:
    """Wait until as many changes wait as were made."""
    expect(editor.root).to_have_attribute("data-unsent", str(count))


def stop_saving(context: BrowserContext) -> None:
    """No save gets through, as without a network."""
    context.route(CHANGES, _refuse)


def let_save(context: BrowserContext) -> None:
    context.unroute(CHANGES, _refuse)


def send_at_once(page: Page) -> None:
    """What waits is tried now, as when the network is back; it may just have gone by itself."""
    page.evaluate("dispatchEvent(new Event('online'))")


def _refuse(route: Route) -> None:
    route.abort("internetdisconnected")


def in_order_of_making(annotations: Iterable[dict[str, Any]]) -> bool:
    """Whether the objects' numbers run along the places in which they were drawn."""
    by_number = sorted(annotations, key=lambda one: one["number"])
    corners = [(one["bbox"][1], one["bbox"][0]) for one in by_number]
    rows = [(round(y / 8), x) for y, x in corners]
    return rows == sorted(rows)
