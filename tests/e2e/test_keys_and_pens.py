"""Keys of one's own, the palette of commands, and what pens and palms do on the canvas."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.browser import keep
from tests.e2e.conftest import Product
from tests.e2e.editor import Editor, bitmap
from tests.e2e.pages import project_with_photos, send

pytestmark = pytest.mark.e2e

PEN_TIP = 1  # bit of PointerEvent.buttons
# The protocol has no word for a pen's other end (bit 32): its events are made in the page, under
# the id of a pointer that the browser knows.
ERASER_STROKE = """(places) => {
  const stage = document.elementFromPoint(...places[0]);
  places.forEach(([clientX, clientY], turn) => {
    const kind = turn === 0 ? "pointerdown" : "pointermove";
    stage.dispatchEvent(eventOf(kind, clientX, clientY, 32));
  });
  const [x, y] = places.at(-1);
  stage.dispatchEvent(eventOf("pointerup", x, y, 0));
  function eventOf(kind, clientX, clientY, buttons) {
    return new PointerEvent(kind, {
      bubbles: true, cancelable: true, pointerId: 1, pointerType: "pen", isPrimary: true,
      clientX, clientY, button: kind === "pointermove" ? -1 : 5, buttons, pressure: 0.5,
    });
  }
}"""

# What can be pressed in the editor and is smaller than a finger needs.
SMALL_TARGETS = """(least) => {
  const targets = document.querySelectorAll(
    "#editor :is(button, input, select, summary, [role=option])",
  );
  return [...targets].filter((one) => one.offsetParent).flatMap((one) => {
    const { width, height } = one.getBoundingClientRect();
    const isSmall = Math.min(width, height) < least;
    return isSmall ? [`${one.outerHTML.slice(0, 99)} ${width}x${height}`] : [];
  });
}"""
FINGER_PX = 44


class Pen:
    """A pen on the glass, as the browser's own protocol sends it."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def stroke(self, places: list[tuple[float, float]], force: float, buttons: int) -> None:
        self.send("mousePressed", places[0], force, buttons)
        for place in places[1:]:
            self.send("mouseMoved", place, force, buttons)
        self.send("mouseReleased", places[-1], 0.0, 0)

    def send(self, kind: str, place: tuple[float, float], force: float, buttons: int) -> None:
        message: dict[str, Any] = {
            "type": kind,
            "x": place[0],
            "y": place[1],
            "pointerType": "pen",
            "force": force,
            "buttons": buttons,
            "button": "left",
            "clickCount": 1,
        }
        self._session.send("Input.dispatchMouseEvent", message)


def test_what_tools_do_by_a_key_can_have_another_one(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Other keys", "01-bear.jpg")
    editor = Editor.opened(page, image)
    editor.key("F1")
    page.get_by_role("button", name="Change keys").click()
    page.locator("[data-command=accept]").click()
    page.keyboard.press(",")
    page.get_by_role("button", name="Use it").click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)

    editor.tool("P")
    for x, y in ((100, 100), (300, 100), (200, 300)):
        editor.click(x, y)
    editor.key("Enter")
    expect(editor.rows).to_have_count(0)
    editor.key(",")
    expect(editor.rows).to_have_count(1)
    editor.saved()
    editor.key("F1")
    expect(page.locator(".key-group", has_text="Polygon").first).to_contain_text(",")
    keep(page, "keys-of-tools")
    send(page, "PATCH", "/api/v1/me/", {"preferences": {"keymap": None, "keys": None}})


def test_keys_are_changed_warned_of_and_kept(page: Page) -> None:
    _, (first, second) = project_with_photos(page, "Keys", "01-bear.jpg", "02-skier.jpg")
    editor = Editor.opened(page, first)

    editor.key("F1")
    page.get_by_label("Keys of").select_option("labelimg")
    expect(page.locator("[data-command=nextImage]")).to_contain_text("D")
    page.get_by_role("button", name="Change keys").click()
    page.locator("[data-command=submit]").click()
    page.keyboard.press("d")
    expect(page.locator(".drafted")).to_contain_text("D is now “Next image”")
    keep(page, "keys-clash")
    page.keyboard.press("Shift+J")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("[data-command=submit]")).to_contain_text("Shift+J")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    editor.key("d")
    expect(editor.root).to_have_attribute("data-image-id", str(second))
    editor.ready()
    expect(page.get_by_role("button", name="Previous image")).to_be_enabled()
    editor.key("a")
    expect(editor.root).to_have_attribute("data-image-id", str(first))
    editor.reloaded()

    expect(page.locator(".tool[data-tool=box]")).to_have_attribute("aria-keyshortcuts", "W")
    tooltip = page.get_by_role("button", name="Next image")
    expect(tooltip).to_have_attribute("title", "Next image  D")
    expect(page.get_by_role("button", name="Submit")).to_have_attribute(
        "title", "Submit and next  Shift+J"
    )
    stored = editor.get("/api/v1/me/")["preferences"]
    assert stored["keymap"] == "labelimg"
    assert stored["keys"] == {"submit": "Shift+J"}
    send(page, "PATCH", "/api/v1/me/", {"preferences": {"keymap": None, "keys": None}})


def test_a_command_is_found_by_typing_and_run_by_keys_alone(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Palette", "01-bear.jpg")
    editor = Editor.opened(page, image)

    editor.key("Control+k")
    page.keyboard.type("outl")
    expect(page.locator("#palette-list [role=option]").first).to_contain_text("Outlines only")
    keep(page, "palette")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Outlines only")).to_have_attribute(
        "aria-pressed", "true"
    )
    editor.key("Control+k")
    page.keyboard.type("lass")
    page.keyboard.press("Enter")
    expect(page.locator(".tool[data-tool=lasso]")).to_have_attribute("aria-pressed", "true")
    for opened in ("Control+k", "?"):
        editor.key(opened)
        page.keyboard.type("pen")
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
    editor.key("?")
    page.keyboard.type("fingers")
    expect(page.locator(".key-groups")).to_contain_text("Two fingers")


def test_what_is_chosen_by_its_words_goes_to_the_tool_first_as_its_key_does(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Corners", "01-bear.jpg")
    editor = Editor.opened(page, image)
    editor.key("1")
    editor.tool("B")
    editor.drag([(100, 300), (200, 300)])
    editor.saved()
    editor.tool("P")
    for corner in ((100, 100), (200, 100), (200, 200), (120, 240)):
        editor.click(*corner)

    editor.key("Control+k")
    page.keyboard.type("take the last click")
    page.keyboard.press("Enter")
    editor.key("Enter")
    editor.saved()
    stroke, triangle = editor.annotations()
    assert triangle["area"] == pytest.approx(100 * 100 / 2, rel=0.1)
    assert stroke["state"] == "confirmed"


def test_pen_presses_erases_and_keeps_palms_off(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Pens", "01-bear.jpg")
    editor, pen = Editor.opened(page, image), Pen(page)
    editor.key("1")
    editor.tool("B")
    page.locator(".stage-top").get_by_role("button", name="Pressure").click()

    pen.stroke([editor.at(100, 150), editor.at(300, 150)], 1.0, PEN_TIP)
    editor.saved()
    (hard,) = editor.annotations()
    editor.key("Escape")
    pen.stroke([editor.at(100, 400), editor.at(300, 400)], 0.1, PEN_TIP)
    editor.saved()
    light = next(one for one in editor.annotations() if one["id"] != hard["id"])

    assert bitmap(hard)[150, 110:290].all()
    assert light["area"] < 0.7 * hard["area"]

    page.evaluate(ERASER_STROKE, [editor.at(200, 400), editor.at(200, 440), editor.at(200, 450)])
    erased = editor.revised(light)
    assert not bitmap(erased)[400, 200]
    assert bitmap(erased)[400, 110]

    touch = page.context.new_cdp_session(page)
    x, y = editor.at(200, 250)
    for kind, points in (("touchStart", [(x, y)]), ("touchMove", [(x + 80, y)]), ("touchEnd", [])):
        sent = [{"x": px, "y": py} for px, py in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": sent})
    page.wait_for_timeout(300)
    editor.saved()
    after = {one["id"]: one["area"] for one in editor.annotations()}
    assert after == {hard["id"]: hard["area"], erased["id"]: erased["area"]}


class Fingers:
    """Fingers on the glass, as the browser's own protocol sends them."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def down(self, *places: tuple[float, float]) -> None:
        self._send("touchStart", places)

    def move(self, *places: tuple[float, float]) -> None:
        self._send("touchMove", places)

    def up(self) -> None:
        self._send("touchEnd", ())

    def _send(self, kind: str, places: tuple[tuple[float, float], ...]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_one_finger_draws_two_move_the_picture_and_taps_undo(product: Product) -> None:
    page = product.page(has_touch=True)
    _, (image,) = project_with_photos(page, "Tablet", "01-bear.jpg")
    editor, fingers = Editor.opened(page, image), Fingers(page)
    editor.key("1")
    editor.tool("B")
    places = [editor.at(100 + 10 * step, 150) for step in range(11)]
    fingers.down(places[0])
    for place in places[1:]:
        fingers.move(place)
    fingers.up()
    editor.saved()
    (drawn,) = editor.annotations()
    assert bitmap(drawn)[150, 100:200].all()

    (x, y), zoom = places[5], page.locator(".status .zoom")
    fingers.down((x, y))
    fingers.down((x, y), (x + 60, y))
    fingers.up()
    expect(editor.rows).to_have_count(0)
    fingers.down((x, y), (x + 60, y), (x + 120, y))
    fingers.up()
    expect(editor.rows).to_have_count(1)

    before = zoom.inner_text()
    fingers.down((x, y), (x + 60, y))
    for step in range(1, 7):
        fingers.move((x - 10 * step, y), (x + 60 + 10 * step, y))
    fingers.up()
    assert int(zoom.inner_text().rstrip(" %")) > 2 * int(before.rstrip(" %"))
    editor.saved()
    (after,) = editor.annotations()
    assert after["area"] == drawn["area"]


def test_a_palm_that_comes_down_beside_the_pen_neither_stops_nor_undoes_it(
    product: Product,
) -> None:
    page = product.page(has_touch=True)
    _, (image,) = project_with_photos(page, "Palms", "01-bear.jpg")
    editor, pen, palm = Editor.opened(page, image), Pen(page), Fingers(page)
    editor.key("1")
    editor.tool("B")
    pen.stroke([editor.at(100, 100), editor.at(300, 100)], 0.5, PEN_TIP)
    editor.saved()
    editor.key("Escape")
    zoom = page.locator(".status .zoom").inner_text()

    pen.send("mousePressed", editor.at(100, 300), 0.5, PEN_TIP)
    x, y = editor.at(400, 500)
    palm.down((x, y), (x + 50, y))
    palm.move((x, y + 20), (x + 90, y))
    pen.send("mouseMoved", editor.at(300, 300), 0.5, PEN_TIP)
    pen.send("mouseReleased", editor.at(300, 300), 0.0, 0)
    palm.up()

    editor.until(lambda: len(editor.annotations()) == 2)
    first, second = editor.annotations()
    assert bitmap(first)[100, 110:290].all()
    assert bitmap(second)[300, 110:290].all()
    assert page.locator(".status .zoom").inner_text() == zoom


def test_marked_words_are_copied_rather_than_the_object(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Words", "01-bear.jpg")
    editor = Editor.opened(page, image)
    editor.key("1")
    editor.tool("B")
    editor.drag([(100, 100), (200, 100)])
    page.locator(".image-name").dblclick()
    editor.key("Control+c")
    expect(page.locator("#toasts")).not_to_contain_text("copied")

    page.evaluate("getSelection().empty()")
    editor.key("Control+c")
    expect(page.locator("#toasts")).to_contain_text("1 object copied")


def test_a_finger_finds_everything_large_enough(product: Product) -> None:
    page = product.page(has_touch=True, viewport={"width": 1024, "height": 768})
    _, (image,) = project_with_photos(page, "Fingers", "01-bear.jpg")
    editor = Editor.opened(page, image)
    editor.tool("B")
    editor.key("1")
    editor.drag([(100, 100), (200, 100)])
    for open_it in ("S", "J", "W", "V", "Shift+A", "t"):
        editor.key(open_it)
        page.wait_for_timeout(200)
        assert page.evaluate(SMALL_TARGETS, FINGER_PX) == [], open_it
    keep(page, "fingers")
