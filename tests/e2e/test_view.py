"""How picture and masks are shown: the settings change what is seen, and stay from day to day."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.editor import Editor, difference
from tests.e2e.pages import PHOTOS, project_with_photos, send

pytestmark = pytest.mark.e2e

SLIDE = """(slider, value) => {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    yield page
    names = (
        "picture",
        "mask_opacity",
        "outline_only",
        "pixel_grid",
        "minimap",
        "rulers",
        "patterns",
        "wheel",
    )
    send(page, "PATCH", "/api/v1/me/", {"preferences": dict.fromkeys(names)})


def slide(page: Page, name: str, value: str) -> None:
    page.locator(f".look input[name={name}]").evaluate(SLIDE, value)


def kept(editor: Editor) -> tuple[object, object]:
    """The channel and the masks' opacity that the account remembers."""
    stored = editor.get("/api/v1/me/")["preferences"]
    return (stored.get("picture") or {}).get("channel"), stored.get("mask_opacity")


def part(page: Page, editor: Editor) -> np.ndarray:
    """The picture's middle (H, W, 3) as it is seen."""
    x, y = editor.at(200, 150)
    clip = {"x": x, "y": y, "width": 120, "height": 120}
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB"), float)


def test_the_picture_is_adjusted_told_of_kept_and_reset(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Looks", "01-bear.jpg")
    editor = Editor.opened(page, image)
    page.mouse.move(2, 2)
    plain = part(page, editor)

    editor.key("Shift+A")
    slide(page, "brightness", "0.5")
    assert np.abs(part(page, editor) - plain / 2).max() <= 3
    slide(page, "brightness", "1")
    slide(page, "gamma", "2")
    expected = 255 * (plain / 255) ** 0.5
    assert np.abs(part(page, editor) - expected).mean() < 3
    slide(page, "gamma", "1")
    page.get_by_role("button", name="Invert").click()
    assert np.abs(part(page, editor) - (255 - plain)).max() <= 3
    page.get_by_role("button", name="Red", exact=True).click()
    red = part(page, editor)
    assert np.abs(red - (255 - plain[..., :1])).max() <= 3
    slide(page, "opacity", "60")
    page.locator(".look [name=opacity]").hover()
    page.keyboard.down("Shift")
    for _ in range(2):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Shift")
    expect(page.locator(".look-range", has_text="Mask opacity")).to_contain_text("70 %")
    page.mouse.move(2, 2)
    keep(page, "view-open")
    editor.key("Shift+A")
    expect(page.locator(".look-chip")).to_contain_text("Picture: red only, inverted")
    editor.until(lambda: kept(editor) == ("red", 0.7))  # once the settings have come to rest

    editor.reloaded()
    page.mouse.move(2, 2)
    assert np.abs(part(page, editor) - red).max() <= 1
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".look-chip")).to_have_count(0)
    assert np.abs(part(page, editor) - plain).max() <= 1


def test_a_tooltip_goes_when_its_button_has_opened_something(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Tooltips", "01-bear.jpg")
    Editor.opened(page, image)
    button = page.locator(".rail").get_by_role("button", name="View", exact=True)
    tip = button.locator(".tip")

    button.hover()
    expect(tip).to_be_visible()
    button.click()
    expect(page.locator(".look")).to_be_visible()
    expect(tip).to_be_hidden()
    page.mouse.move(600, 300)
    button.hover()
    expect(tip).to_be_visible()
    button.click()


def test_the_wheel_does_what_was_chosen_also_tomorrow(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Wheels", "01-bear.jpg")
    editor = Editor.opened(page, image)
    zoom = page.locator(".status .zoom")
    shown_whole = zoom.inner_text()
    editor.key("Shift+A")
    page.locator("[name=wheel]").select_option("pan")
    editor.until(lambda: editor.get("/api/v1/me/")["preferences"].get("wheel") == "pan")
    editor.reloaded()
    before = editor.click(100, 100)
    page.mouse.wheel(0, 120)
    page.mouse.move(*editor.at(100, 100))
    x, y = editor.pointer()
    assert (x, zoom.inner_text()) == (before[0], shown_whole)
    assert y > before[1] + 50

    editor.key("Shift+A")
    page.locator("[name=wheel]").select_option("zoom")
    page.mouse.move(*editor.at(300, 300))
    page.mouse.wheel(0, -120)
    expect(zoom).not_to_have_text(shown_whole)


def test_pixels_have_lines_between_them_when_they_are_large(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Grid", "01-bear.jpg")
    editor = Editor.opened(page, image)
    page.mouse.move(*editor.at(200, 150))
    for _ in range(16):
        editor.key("Control+Equal")
    page.mouse.move(2, 2)
    page.wait_for_timeout(300)
    lined = part(page, editor)
    keep(page, "view-grid")

    editor.key("Shift+A")
    page.get_by_role("button", name="Pixel grid").click()
    editor.until(lambda: np.abs(part(page, editor) - lined).max() > 20)


def test_the_minimap_tells_where_one_is_and_leads_elsewhere(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Map", "01-bear.jpg")
    editor = Editor.opened(page, image)
    minimap = page.locator(".minimap")
    expect(minimap).to_be_hidden()
    page.mouse.move(*editor.at(200, 150))
    for _ in range(6):
        editor.key("Control+Equal")
    expect(minimap).to_be_visible()
    page.emulate_media(color_scheme="dark")
    keep(page, "view-minimap")
    box = minimap.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + 2, steps=3)
    page.mouse.up()
    stage = page.locator(".stage-canvases").bounding_box()
    assert stage is not None
    # The image's first pixels are in the middle now.
    page.mouse.move(stage["x"] + stage["width"] / 2 + 8, stage["y"] + stage["height"] / 2 + 8)
    x, y = editor.pointer()
    assert max(x, y) < 20

    editor.key("Shift+1")
    expect(minimap).to_be_hidden()


def test_images_that_were_left_take_no_memory(page: Page) -> None:
    """What is drawn on is counted, wherever something still holds it."""
    _, images = project_with_photos(page, "To and fro", "01-bear.jpg", "02-skier.jpg")
    editor = Editor.opened(page, images[0])
    browser = page.context.new_cdp_session(page)

    def go_round(times: int) -> int:
        for way, image in [("Next", images[1]), ("Previous", images[0])] * times:
            page.get_by_role("button", name=f"{way} image").click()
            expect(editor.root).to_have_attribute("data-image-id", str(image))
            editor.ready()
        prototype = browser.send("Runtime.evaluate", {"expression": "HTMLCanvasElement.prototype"})
        found = browser.send(
            "Runtime.queryObjects", {"prototypeObjectId": prototype["result"]["objectId"]}
        )
        length = {
            "objectId": found["objects"]["objectId"],
            "functionDeclaration": "function () { return this.length; }",
        }
        return int(browser.send("Runtime.callFunctionOn", length)["result"]["value"])

    early = go_round(3)  # what is kept of the images looked at last is there by now
    assert go_round(4) < early + 40  # eight images of ten each would be 80


def test_keys_that_come_before_the_answers_lead_as_far_as_they_should(page: Page) -> None:
    names = sorted(path.name for path in PHOTOS.glob("*.jpg"))[:4]
    _, images = project_with_photos(page, "In a hurry", *names)
    editor = Editor.opened(page, images[0])
    editor.key("f", "f", "f")
    expect(editor.root).to_have_attribute("data-image-id", str(images[3]))
    editor.ready()
    editor.key("d", "d")
    expect(editor.root).to_have_attribute("data-image-id", str(images[1]))
    page.reload()
    expect(editor.root).to_have_attribute("data-ready", "true")
    editor.key("d", "d")
    expect(page.get_by_text("This is the first image.")).to_be_visible()
    expect(editor.root).to_have_attribute("data-image-id", str(images[0]))


def test_an_outline_runs_only_where_movement_is_not_unwelcome(page: Page) -> None:
    _, (image,) = project_with_photos(page, "Calm", "01-bear.jpg")
    page.emulate_media(reduced_motion="reduce")
    editor = Editor.opened(page, image)
    editor.tool("W")
    page.mouse.move(*editor.at(300, 300))
    page.mouse.down()
    expect(page.locator(".stage-top")).to_contain_text("px")
    expect(page.locator(".stage-top .spin")).to_have_count(0)
    canvas = page.locator(".stage-canvases")

    still = canvas.screenshot()
    page.wait_for_timeout(500)  # a running outline would be elsewhere by now
    assert difference(canvas.screenshot(), still) == 0

    page.emulate_media(reduced_motion="no-preference")
    page.mouse.move(*editor.at(310, 300))
    moving = canvas.screenshot()
    editor.until(lambda: difference(canvas.screenshot(), moving) > 0)
