"""Edits survive what networks, browsers and tabs do to them."""

from __future__ import annotations

import json
import os
import random
import re
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.e2e.browser import keep
from tests.e2e.conftest import SIZE, Product
from tests.e2e.editor import Editor
from tests.e2e.killed_browser import mortal_browser
from tests.e2e.strokes import (
    CHANGES,
    Strokes,
    in_order_of_making,
    let_save,
    ready_to_draw,
    send_at_once,
    stop_saving,
    take_brush,
    unsent,
)

pytestmark = pytest.mark.e2e

# A few here; tests/bench/bench_lost_edits.py asks for as many as a night has room for.
MANY = int(os.environ.get("LOST_EDITS", "40"))
KILLS = int(os.environ.get("LOST_KILLS", "2"))
INTERLEAVINGS = int(os.environ.get("LOST_INTERLEAVINGS", "2"))


def test_many_edits_offline_outlive_the_tab_and_arrive_in_order(page: Page, image: int) -> None:
    context = page.context
    stop_saving(context)
    editor = ready_to_draw(page, image)
    Strokes(editor).draw(MANY)
    unsent(editor, MANY)
    expect(page.locator(".saved")).to_contain_text(f"{MANY} unsent")

    page.close()
    again = Editor.opened(context.new_page(), image)
    unsent(again, MANY)
    let_save(context)

    expect(again.root).to_have_attribute("data-unsent", "0", timeout=240_000)
    stored = again.annotations()
    assert len(stored) == MANY
    assert {one["revision"] for one in stored} == {1}
    assert in_order_of_making(stored)


def test_a_killed_browser_keeps_every_edit_older_than_a_second(
    product: Product, page: Page, image: int, tmp_path: Path
) -> None:
    chance = random.Random(72)
    safe, made = 0, 0
    for _ in range(KILLS):
        with mortal_browser(product.browser.browser_type, tmp_path, product.owner) as browser:
            stop_saving(browser.context)
            tab = browser.context.pages[0]
            tab.set_viewport_size(SIZE)
            editor = ready_to_draw(tab, image, address=product.address)
            found = kept(editor)
            assert safe <= found <= made
            strokes = Strokes(editor, first=made)
            strokes.draw(chance.randint(1, 3))
            safe = found + strokes.drawn
            unsent(editor, safe)
            time.sleep(1)
            strokes.draw()  # this one may be lost
            made = strokes.made
            time.sleep(chance.random() / 2)
            browser.kill()
    with mortal_browser(product.browser.browser_type, tmp_path, product.owner) as browser:
        tab = browser.context.pages[0]
        tab.goto(f"{product.address}/images/{image}/")
        Editor(tab).saved()

    stored = Editor.opened(page, image).annotations()
    assert safe <= len(stored) <= made
    assert {one["revision"] for one in stored} == {1}
    assert in_order_of_making(stored)


def kept(editor: Editor) -> int:
    """How many changes this browser still holds."""
    return int(editor.root.get_attribute("data-unsent") or 0)


@pytest.mark.parametrize("seed", range(INTERLEAVINGS))
def test_two_tabs_on_one_image_lose_nothing(page: Page, image: int, seed: int) -> None:
    """One writes, the other looks, and they change places in the middle of things."""
    chance = random.Random(seed)
    tabs = [ready_to_draw(page, image), Editor.opened(page.context.new_page(), image)]
    places = [Strokes(tabs[0]), Strokes(tabs[1], first=240)]
    writer, wanted = 0, 0
    for _ in range(5):
        places[writer].draw(chance.randint(1, 3))
        wanted = sum(place.drawn for place in places)
        step = chance.choice(["look", "take", "take", "reload"])
        reader = 1 - writer
        if step == "look":
            expect(tabs[reader].page.locator(".banner")).to_contain_text("another tab")
            places[reader].draw_in_vain()
        elif step == "take":
            tabs[reader].page.get_by_role("button", name="Edit here instead").click()
            expect(tabs[writer].page.locator(".banner")).to_contain_text("another tab")
            expect(tabs[reader].page.locator(".banner")).to_have_count(0)
            tabs[reader].ready()
            take_brush(tabs[reader])
            writer = reader
        else:
            tabs[writer].saved()
            tabs[reader].reloaded()
    tabs[writer].saved()

    stored = tabs[writer].annotations()
    assert len(stored) == wanted
    assert {one["revision"] for one in stored} == {1}
    tabs[writer].reloaded()
    expect(tabs[writer].rows.first).to_be_visible()


PROBLEM = "application/problem+json"
ANSWERS: list[tuple[int, str, str, str]] = [
    (403, PROBLEM, '{"code": "forbidden", "detail": "You may only look."}', "You may only look."),
    (409, PROBLEM, '{"code": "closed", "detail": "The image is closed."}', "The image is closed."),
    (413, "text/html", "<h1>Request Entity Too Large</h1>", "The server answered 413."),
    (500, "text/html", "<h1>Server Error</h1>", "The server answered 500."),
    (502, "text/html", "<html>Bad gateway</html>", "The server answered 502."),
    (503, PROBLEM, '{"code": "busy", "detail": "The database is down."}', "The database is down."),
    (200, "application/json", "[{", "The server's answer cannot be read"),
    (200, "application/json", "{}", "did not say what became of this object"),
    (200, "text/html", "<form>Log in to the wireless network</form>", "cannot be read"),
]


def test_no_answer_makes_an_edit_disappear_and_each_is_named(page: Page, image: int) -> None:
    editor = ready_to_draw(page, image)
    strokes = Strokes(editor)
    for status, kind, body, words in ANSWERS:
        page.route(CHANGES, partial(fulfil, status=status, content_type=kind, body=body))
        strokes.draw()
        page.locator(".saved").click()
        dialog = page.get_by_role("dialog", name="Saving")
        expect(dialog).to_contain_text(words)
        unsent(editor, 1)
        page.unroute(CHANGES)
        retry = dialog.get_by_role("button", name="Retry")
        if retry.count():
            retry.click()
        else:
            send_at_once(page)
        editor.saved()
        page.keyboard.press("Escape")

    stored = editor.annotations()
    assert len(stored) == len(ANSWERS)
    assert {one["revision"] for one in stored} == {1}


def fulfil(route: Route, _: Request, **answer: Any) -> None:
    route.fulfill(**answer)


def test_a_save_that_is_never_answered_is_sent_again(page: Page, image: int) -> None:
    page.clock.install()
    editor = ready_to_draw(page, image)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(CHANGES, hold, times=1)
    with page.expect_request(CHANGES):
        Strokes(editor).draw()
    page.clock.run_for(31_000)
    page.locator(".saved").click()
    expect(page.get_by_role("dialog", name="Saving")).to_contain_text(
        re.compile("did not answer in time|Everything is saved")
    )
    page.clock.run_for(5_000)

    editor.saved()
    assert len(editor.annotations()) == 1


def test_one_refused_object_blocks_no_other(page: Page, image: int) -> None:
    stop_saving(page.context)
    editor = ready_to_draw(page, image)
    Strokes(editor).draw(3)
    unsent(editor, 3)
    page.route(CHANGES, refuse_second)  # goes before the context's: no try slips through between
    let_save(page.context)
    send_at_once(page)
    page.locator(".saved").click()

    unsent(editor, 1)
    expect(page.get_by_role("dialog")).to_contain_text("This mask has no pixels.")
    keep(page, "one-refused")
    assert len(editor.annotations()) == 2
    page.unroute(CHANGES)
    page.get_by_role("button", name="Retry").click()
    editor.saved()
    assert len(editor.annotations()) == 3


def refuse_second(route: Route) -> None:
    """Let the server have all but the second change, and refuse that one."""
    changes = json.loads(route.request.post_data or "[]")
    kept = [change for place, change in enumerate(changes) if place != 1]
    outcomes: list[dict[str, Any]] = route.fetch(post_data=json.dumps(kept)).json()
    if len(changes) > 1:
        problem = {"code": "empty_mask", "detail": "This mask has no pixels."}
        names = {name: changes[1][name] for name in ("id", "change_id")}
        outcomes.append({**names, "status": 400, "problem": problem})
    route.fulfill(json=outcomes)


HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_tab_that_is_hidden_or_wakes_sends_at_once(page: Page, image: int) -> None:
    for leave in (hide, sleep_and_wake):
        page.clock.install()
        stop_saving(page.context)
        editor = ready_to_draw(page, image)
        Strokes(editor).draw()
        page.clock.run_for(20_000)
        let_save(page.context)
        leave(page)
        editor.saved()
        image_objects = editor.annotations()
        assert image_objects


def hide(page: Page) -> None:
    page.evaluate(HIDE)


def sleep_and_wake(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    session.send("Page.setWebLifecycleState", {"state": "active"})


def test_a_deletion_taken_back_is_the_same_object_with_its_history(page: Page, image: int) -> None:
    editor = ready_to_draw(page, image)
    editor.drag([(100, 200), (200, 200)])
    editor.saved()
    (made,) = editor.annotations()
    editor.key("Delete")
    editor.saved()
    editor.key("Control+z")
    editor.saved()
    (back,) = editor.annotations()
    assert (back["id"], back["segmentation"]) == (made["id"], made["segmentation"])
    path = f"/api/v1/images/{image}/annotations/{made['id']}/history/"
    states = [one["state"] for one in editor.get(path)["results"]]
    assert states == ["confirmed", "deleted", "confirmed"]
