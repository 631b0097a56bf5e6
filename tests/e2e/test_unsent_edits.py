"""No edit is lost: not without a network, not without a session, not to somebody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect
from pycocotools import mask as coco_masks

from tests.e2e.browser import keep
from tests.e2e.conftest import Product
from tests.e2e.editor import Editor, bitmap, facts
from tests.e2e.pages import project_with_photos, send
from tests.e2e.strokes import CHANGES, send_at_once
from tests.processes import manage

pytestmark = pytest.mark.e2e

BEYOND_ANY_PAUSE = timedelta(seconds=20)  # between two tries to send
PASSWORD = "a long walk by the lake"
STROKE = [(100, 200), (220, 200)]
MINE = [(100, 320), (220, 320)]
THEIRS = [(100, 420), (220, 420)]


@pytest.fixture
def editor(page: Page) -> Editor:
    """An image without objects, the brush in hand."""
    _, (image,) = project_with_photos(page, "Unsent", "01-bear.jpg")
    return opened_with_brush(page, image)


def opened_with_brush(page: Page, image: int) -> Editor:
    editor = Editor.opened(page, image)
    editor.tool("B")
    editor.key("1")
    return editor


def test_edits_made_offline_survive_a_reload_and_arrive_once(page: Page, editor: Editor) -> None:
    page.route(CHANGES, lambda route: route.abort("internetdisconnected"))
    editor.drag(STROKE)
    editor.key("Escape")
    editor.drag(MINE)
    expect(editor.root).to_have_attribute("data-unsent", "2")
    expect(page.locator(".saved")).to_contain_text("2 unsent")
    keep(page, "unsent")
    before = editor.picture()

    page.on("dialog", lambda dialog: dialog.accept())
    page.clock.install()
    editor.reloaded()
    expect(editor.root).to_have_attribute("data-unsent", "2")
    expect(editor.rows).to_have_count(2)
    assert editor.picture() == before
    assert editor.annotations() == []

    page.locator(".saved").click()
    expect(page.get_by_role("dialog")).to_contain_text("What is unsent is kept in this browser")
    with page.expect_event("requestfailed", lambda one: one.url.endswith("/changes/")):
        page.clock.pause_at(datetime.now(UTC) + BEYOND_ANY_PAUSE)  # it tries no more by itself
    page.unroute(CHANGES)
    page.get_by_role("button", name="Send now").click()
    page.clock.run_for(100)
    editor.saved()
    page.clock.resume()
    stored = editor.annotations()
    assert [one["revision"] for one in stored] == [1, 1]
    editor.key("Escape")
    editor.reloaded()
    assert facts(editor.annotations()) == facts(stored)
    expect(editor.rows).to_have_count(2)


def lose(route: Route) -> None:
    """The server has it, and nobody hears so."""
    route.fetch()
    route.abort("connectionreset")


def test_an_answer_that_is_lost_on_its_way_makes_nothing_twice(page: Page, editor: Editor) -> None:
    page.route(CHANGES, lose, times=1)
    editor.drag(STROKE)
    editor.saved()
    (made,) = editor.annotations()
    assert made["revision"] == 1
    editor.drag(MINE)
    editor.saved()
    (revised,) = editor.annotations()
    assert (revised["id"], revised["revision"]) == (made["id"], 2)


def test_what_was_changed_elsewhere_after_a_lost_answer_is_shown(
    page: Page, editor: Editor
) -> None:
    editor.drag(STROKE)
    editor.saved()
    (first,) = editor.annotations()
    page.route(CHANGES, lose)
    editor.drag(MINE)
    change_elsewhere(editor, editor.revised(first))
    page.route(CHANGES, lambda route: route.abort("internetdisconnected"))
    editor.reloaded()
    expect(editor.root).to_have_attribute("data-unsent", "1")

    page.unroute(CHANGES)
    send_at_once(page)
    expect(page.locator("#toasts")).to_contain_text("changed elsewhere after you")
    editor.saved()
    keep(page, "changed-elsewhere")
    (stored,) = editor.annotations()
    assert (stored["revision"], strokes_in(stored)) == (3, {"mine", "theirs"})


def test_a_browser_that_comes_online_sends_by_itself(page: Page, editor: Editor) -> None:
    page.context.set_offline(offline=True)
    editor_drag_without_api(editor)
    expect(editor.root).to_have_attribute("data-unsent", "1")
    page.context.set_offline(offline=False)
    editor.saved()
    assert len(editor.annotations()) == 1


def editor_drag_without_api(editor: Editor) -> None:
    """A stroke in the middle of the stage; where the image lies cannot be asked for now."""
    box = editor.page.locator(".stage-canvases").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    editor.page.mouse.move(x, y)
    editor.page.mouse.down()
    editor.page.mouse.move(x + 60, y, steps=5)
    editor.page.mouse.up()


def test_a_session_that_ends_is_renewed_in_place(product: Product) -> None:
    make_account(product, "nora")
    page = product.page(as_owner=False)
    log_in(page, "nora")
    _, (image,) = project_with_photos(page, "Night shift", "01-bear.jpg")
    editor = opened_with_brush(page, image)
    editor.drag(STROKE)
    editor.saved()

    end_session(page)
    editor_drag_without_api(editor)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your session has ended")
    keep(page, "session-ended")
    dialog.get_by_label("Password").fill("not this one")
    dialog.get_by_role("button", name="Log in", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in", exact=True).click()
    expect(dialog).to_have_count(0)
    editor.saved()
    (one,) = editor.annotations()
    assert one["revision"] == 2


def test_nothing_is_sent_in_the_name_of_who_logged_in_since(product: Product) -> None:
    for name in ("olga", "paul"):
        make_account(product, name)
    page = product.page(as_owner=False)
    log_in(page, "olga")
    _, (image,) = project_with_photos(page, "One browser for two", "01-bear.jpg")
    editor = opened_with_brush(page, image)
    editor.drag(STROKE)
    editor.saved()

    tab = page.context.new_page()
    tab.goto("/")
    tab.locator("details.menu summary").click()
    tab.get_by_role("button", name="Log out").click()
    tab.wait_for_url("**/login/")
    log_in(tab, "paul")
    page.bring_to_front()
    editor_drag_without_api(editor)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody else has logged in")
    keep(page, "somebody-else")
    expect(editor.root).to_have_attribute("data-unsent", "1")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in", exact=True).click()
    expect(dialog).to_have_count(0)
    editor.saved()
    (one,) = editor.annotations()
    assert (one["revision"], one["author"]) == (2, "olga")


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("Keep mine", [{"mine"}]),
        ("Take theirs", [{"theirs"}]),
        ("Two objects", [{"theirs"}, {"mine"}]),
        ("Merge both", [{"mine", "theirs"}]),
    ],
)
def test_two_people_who_change_one_object_decide_what_stays(
    page: Page, editor: Editor, choice: str, kept: list[set[str]]
) -> None:
    editor.drag(STROKE)
    editor.saved()
    (first,) = editor.annotations()
    page.route(CHANGES, lambda route: route.abort("internetdisconnected"))
    editor.drag(MINE)
    expect(editor.root).to_have_attribute("data-unsent", "1")
    change_elsewhere(editor, first)
    page.unroute(CHANGES)
    send_at_once(page)
    expect(page.locator(".saved")).to_contain_text("1 conflict")
    page.locator(".saved").click()
    dialog = page.get_by_role("dialog", name="Somebody else changed this object")
    expect(dialog.get_by_role("button", name="Merge both")).to_be_visible()
    keep(page, "conflict")
    dialog.get_by_role("button", name=choice).click()
    editor.saved()

    stored = editor.annotations("confirmed")
    assert [strokes_in(one) for one in stored] == kept
    editor.reloaded()
    expect(editor.rows).to_have_count(len(kept))


def change_elsewhere(editor: Editor, annotation: dict[str, Any]) -> None:
    """Add a bar to an object, as another person's browser would."""
    mask = bitmap(annotation)
    (left, y), (right, _) = THEIRS
    mask[y - 5 : y + 5, left:right] = True
    counts = coco_masks.encode(np.asfortranarray(mask, np.uint8))["counts"].decode()
    segmentation = {**annotation["segmentation"], "counts": counts}
    path = f"/api/v1/images/{editor.image_id}/annotations/{annotation['id']}/"
    changed = {**annotation, "segmentation": segmentation}
    seen = annotation["revision"]
    assert send(editor.page, "PUT", path, changed, revision=seen)["revision"] == seen + 1


def strokes_in(annotation: dict[str, Any]) -> set[str]:
    """Whose strokes an object holds, beside the first one."""
    mask = bitmap(annotation)
    return {who for who, ((x, y), _) in {"mine": MINE, "theirs": THEIRS}.items() if mask[y, x + 40]}


def make_account(product: Product, username: str) -> None:
    """An account with a password."""
    words = ("create_user", username, "--password-stdin")
    manage(*words, stdin=f"{PASSWORD}\n", MASKWRIGHT_DATA=str(product.data))


def log_in(page: Page, username: str) -> None:
    page.goto("/login/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")


def end_session(page: Page) -> None:
    """The server forgets who this is; what the page shows stays."""
    for cookie in page.context.cookies():
        if cookie.get("httpOnly"):
            page.context.clear_cookies(name=cookie["name"])
