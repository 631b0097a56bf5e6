"""What stands half typed or half said is kept, and goes to what it was meant for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Dialog, Page, Route, expect
from pycocotools import mask as coco_mask

from tests.e2e.editor import Editor, bitmap, difference, label_name
from tests.e2e.pages import project_with_photos, send

pytestmark = pytest.mark.e2e
STROKES = [[(100, y), (180, y)] for y in (120, 200, 280)]
SCHEMA = [{"name": "note", "kind": "text"}, {"name": "age", "kind": "number"}]
# From the moment it is closed the page gets to nothing but its own end.
DEAF = """() => {
    const busy = () => { const end = Date.now() + 400; while (Date.now() < end); };
    for (const name of ["beforeunload", "pagehide", "unload"]) addEventListener(name, busy);
}"""
STANDS = """id => {
    const { imageId, ready } = document.querySelector("#editor").dataset;
    return imageId === String(id) && ready === "true";
}"""


@pytest.fixture
def images(page: Page) -> list[int]:
    return project_with_photos(page, "Half", "01-bear.jpg", "02-skier.jpg", "03-cyclist.jpg")[1]


@pytest.fixture
def editor(page: Page, images: list[int]) -> Editor:
    """Three strokes, each an object, saved."""
    editor = Editor.opened(page, images[0])
    editor.tool("B")
    editor.key("1")
    for stroke in STROKES:
        editor.drag(stroke)
        editor.key("Escape")
    editor.tool("V")
    editor.saved()
    return editor


@pytest.fixture
def noted(page: Page, editor: Editor) -> Editor:
    """The first of them selected, and words in its note that nothing was told of yet."""
    (label, *_) = editor.get(f"/api/v1/projects/{editor.image()['project']}/")["labels"]
    send(page, "PATCH", f"/api/v1/labels/{label['id']}/", {"attributes": SCHEMA})
    editor.reloaded()
    editor.rows.last.click()
    page.get_by_label("note").click()
    page.keyboard.type("ten minutes")
    return editor


def has_note(editor: Editor, words: str) -> bool:
    return notes(editor, editor.image_id) == [words]


def stands(page: Page, image: int) -> None:
    page.wait_for_function(STANDS, arg=image)


def notes(editor: Editor, image: int) -> list[Any]:
    found = editor.get(f"/api/v1/images/{image}/annotations/")["results"]
    return sorted(one["attributes"]["note"] for one in found if "note" in one["attributes"])


@pytest.mark.parametrize(
    "leave",
    [
        lambda page: page.get_by_role("button", name=re.compile("^Submit")).first.click(),
        lambda page: page.locator(".film .frame").nth(1).click(),
        lambda page: page.get_by_role("button", name=re.compile("^Next image")).first.click(),
    ],
    ids=["submit", "film", "next"],
)
def test_a_half_typed_attribute_is_kept_whichever_way_one_leaves(
    page: Page, noted: Editor, images: list[int], leave: Callable[[Page], None]
) -> None:
    leave(page)
    stands(page, images[1])

    noted.until(lambda: notes(noted, images[0]) == ["ten minutes"])


def test_a_half_typed_attribute_outlives_a_reload(page: Page, noted: Editor) -> None:
    for typed in ("ten minutes", "ten minutes more", "ten minutes more more"):
        noted.reloaded()
        noted.until(partial(has_note, noted, typed))
        noted.rows.last.click()
        page.get_by_label("note").press("End")
        page.keyboard.type(" more")


def test_a_half_typed_attribute_outlives_the_closed_tab(page: Page, noted: Editor) -> None:
    context, image = page.context, noted.image_id
    page.close(run_before_unload=True)
    again = Editor.opened(context.new_page(), image)

    again.until(lambda: notes(again, image) == ["ten minutes"])


def test_a_closing_page_need_not_hear_from_its_disk(page: Page, noted: Editor) -> None:
    context, image = page.context, noted.image_id
    page.evaluate(DEAF)
    page.close(run_before_unload=True)
    again = Editor.opened(context.new_page(), image)

    again.until(lambda: notes(again, image) == ["ten minutes"])


def stays_when_closed(page: Page, editor: Editor) -> None:
    """The page asks before it is closed; one stays."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    editor.until(lambda: asked == ["beforeunload"])


def test_closing_the_tab_over_a_half_written_comment_is_asked_about(
    page: Page, editor: Editor
) -> None:
    editor.key("c")
    words = page.get_by_label("What about this place?")
    words.press_sequentially("Ear or")
    stays_when_closed(page, editor)

    expect(words).to_have_value("Ear or")


def test_closing_the_tab_over_a_comment_half_changed_is_asked_about(
    page: Page, editor: Editor
) -> None:
    editor.key("c")
    page.get_by_label("What about this place?").fill("Ear?")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Edit", exact=True).click()
    words = page.get_by_label("Comment", exact=True)
    words.press("End")
    words.press_sequentially(" Or tail?")
    page.locator(".thread-head").click()
    page.locator(".thread-head").click()
    stays_when_closed(page, editor)

    expect(words).to_have_value("Ear? Or tail?")


def test_what_is_typed_stays_while_other_objects_change(page: Page, noted: Editor) -> None:
    page.evaluate("document.querySelector('[data-command=undo], [title^=Undo]').click()")
    noted.saved()
    expect(page.get_by_label("note")).to_have_value("ten minutes")

    page.get_by_label("note").press("Enter")
    noted.saved()
    assert notes(noted, noted.image_id) == ["ten minutes"]


def test_what_is_no_number_leaves_the_number_alone(page: Page, noted: Editor) -> None:
    age = page.get_by_label("age", exact=True)
    age.fill("5")
    age.press("Enter")
    age.click()
    age.press("End")
    page.keyboard.type("e")
    page.keyboard.press("Enter")
    noted.saved()

    ages = [one["attributes"].get("age") for one in noted.annotations()]
    assert ages.count(5) == 1


def test_arrows_in_the_list_never_move_an_object(page: Page, editor: Editor) -> None:
    before = {one["id"]: one["revision"] for one in editor.annotations()}
    editor.rows.last.click()
    page.locator(".object-list").focus()
    editor.key("ArrowDown", "ArrowDown", "ArrowLeft", "ArrowRight")
    editor.rows.first.click()
    page.locator(".object-list").focus()
    editor.key("ArrowUp", "ArrowUp", "ArrowDown")
    expect(editor.rows.nth(1)).to_have_attribute("aria-selected", "true")
    editor.saved()

    assert {one["id"]: one["revision"] for one in editor.annotations()} == before


def test_a_range_begins_at_what_is_selected(page: Page, editor: Editor) -> None:
    editor.rows.first.click()
    editor.click(140, 200)
    expect(editor.rows.nth(1)).to_have_attribute("aria-selected", "true")
    editor.rows.last.click(modifiers=["Shift"])

    expect(page.locator(".object-row[aria-selected=true]")).to_have_count(2)
    expect(editor.rows.first).to_have_attribute("aria-selected", "false")


def test_a_new_tag_goes_to_the_image_it_was_typed_for(
    page: Page, editor: Editor, images: list[int]
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/projects/\d+/tags/"), hold)
    page.locator(".tab-strip button", has_text="Image").click()
    page.get_by_label("New tag").fill("sunny")
    page.keyboard.press("Enter")
    page.evaluate("document.activeElement.blur()")
    editor.key("f")
    stands(page, images[1])
    for route in held:
        route.continue_()

    editor.until(lambda: len(editor.get(f"/api/v1/images/{images[0]}/")["tags"]) == 1)
    assert editor.get(f"/api/v1/images/{images[1]}/")["tags"] == []


def test_a_second_quick_submit_skips_no_image(
    page: Page, editor: Editor, images: list[int]
) -> None:
    editor.key("Control+Enter", "Control+Enter")
    stands(page, images[1])
    page.wait_for_timeout(1000)

    assert editor.image_id == images[1]
    assert editor.get(f"/api/v1/images/{images[1]}/")["status"] == "new"


def test_a_label_found_and_clicked_closes_the_search(page: Page, editor: Editor) -> None:
    editor.rows.first.click()
    editor.key("/")
    search = page.get_by_label("Find a label")
    search.fill("per")
    page.locator(".label-row").first.click()
    expect(search).to_have_count(0)
    editor.key("b")

    expect(page.locator(".tool[data-tool=brush]")).to_have_attribute("aria-pressed", "true")


def test_enter_that_ends_a_composition_takes_no_label(page: Page, editor: Editor) -> None:
    editor.rows.first.click()
    editor.key("/")
    search = page.get_by_label("Find a label")
    search.fill("per")
    search.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'Enter', bubbles: true, isComposing: true }))"
    )

    expect(search).to_have_count(1)
    assert {label_name(editor, one) for one in editor.annotations()} == {"bear"}


def test_a_peek_ends_with_the_key_that_it_was_given(page: Page, editor: Editor) -> None:
    keys = {"keymap": "default", "keys": {"peek": "M"}}
    send(page, "PATCH", "/api/v1/me/", {"preferences": keys})
    editor.reloaded()
    canvases = page.locator(".stage-canvases")
    page.mouse.move(2, 2)
    page.wait_for_timeout(500)
    before = canvases.screenshot()
    page.keyboard.down("m")
    page.wait_for_timeout(300)
    held = canvases.screenshot()
    page.keyboard.up("m")
    page.wait_for_timeout(500)

    assert difference(before, held) > 100
    assert difference(before, canvases.screenshot()) < 20


def redrawn(annotation: dict[str, Any], mask: np.ndarray[Any, np.dtype[Any]]) -> dict[str, Any]:
    coded = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    kept = ("label", "state", "source", "z", "attributes", "iscrowd")
    size = [int(side) for side in coded["size"]]
    segmentation = {"size": size, "counts": coded["counts"].decode()}
    return {**{key: annotation[key] for key in kept}, "segmentation": segmentation}


def restore_the_first_mask(page: Page, editor: Editor, moments: int) -> None:
    page.locator(".tab-strip button", has_text="History").click()
    lines = page.locator(".past-words")
    expect(lines).to_have_count(moments)
    lines.last.click()
    page.get_by_role("button", name="Restore object").click()
    expect(page.locator("#toasts")).to_contain_text("1 object restored")
    editor.saved()


def test_restoring_what_a_colleague_changed_is_a_step_on_top_of_it(
    page: Page, editor: Editor
) -> None:
    first, second, _ = sorted(editor.annotations(), key=lambda one: np.nonzero(bitmap(one))[0][0])
    drawn = bitmap(first)
    smaller = drawn.copy()
    smaller[:, 140:] = False
    path = f"/api/v1/images/{editor.image_id}/annotations/"
    send(page, "PUT", f"{path}{first['id']}/", redrawn(first, smaller), revision=1)
    send(page, "DELETE", f"{path}{second['id']}/", revision=1)

    restore_the_first_mask(page, editor, moments=5)

    now = {one["id"]: one for one in editor.annotations()}
    assert (bitmap(now[first["id"]]) == drawn).all()
    assert now[first["id"]]["revision"] == 3
    assert second["id"] not in now
    expect(editor.rows).to_have_count(2)


def test_restoring_what_one_deleted_and_a_colleague_brought_back_loses_nothing_unseen(
    page: Page, editor: Editor
) -> None:
    (first, *_) = sorted(editor.annotations(), key=lambda one: np.nonzero(bitmap(one))[0][0])
    editor.click(140, 120)
    editor.key("Delete")
    editor.saved()
    theirs = np.zeros_like(bitmap(first))
    theirs[50:90, 300:400] = True
    path = f"/api/v1/images/{editor.image_id}/annotations/{first['id']}/"
    send(page, "PUT", path, redrawn(first, theirs), revision=2)

    restore_the_first_mask(page, editor, moments=5)
    assert (bitmap(editor.revised({**first, "revision": 3})) == bitmap(first)).all()

    editor.key("Control+z")
    editor.saved()
    now = {one["id"]: one for one in editor.annotations()}
    assert (bitmap(now[first["id"]]) == theirs).all()
