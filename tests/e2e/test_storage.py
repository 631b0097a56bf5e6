"""Edits survive a storage that is not there, full, cleared or of another version."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.pages import project_with_photos, send
from tests.e2e.strokes import (
    Strokes,
    let_save,
    ready_to_draw,
    stop_saving,
    unsent,
)

pytestmark = pytest.mark.e2e


NO_STORAGE = "Object.defineProperty(window, 'indexedDB', { value: undefined })"


def test_without_storage_edits_are_saved_at_once_and_can_be_downloaded(
    page: Page, image: int
) -> None:
    page.add_init_script(NO_STORAGE)
    editor = ready_to_draw(page, image)
    banner = page.locator(".banner.bad")
    expect(banner).to_contain_text("Not safe to continue offline.")
    keep(page, "no-storage")
    strokes = Strokes(editor)
    strokes.draw()
    editor.saved()
    assert len(editor.annotations()) == 1

    stop_saving(page.context)
    strokes.draw(2)
    unsent(editor, 2)
    with page.expect_download() as download:
        banner.get_by_role("button", name="Download my edits").click()
    changes = json.loads(download.value.path().read_text())
    assert [(one["op"], one["image"]) for one in changes] == [("put", image)] * 2
    assert all(one["segmentation"]["counts"] for one in changes)


def test_full_storage_is_told_and_filled_up_once_there_is_room(page: Page) -> None:
    project, (image,) = project_with_photos(page, "Full", "01-bear.jpg")
    # A model that keeps nothing here: its cache would make room again, as it should.
    send(page, "PATCH", f"/api/v1/projects/{project}/", {"segmenter": "classic"})
    page.goto("/")  # a quota set on a blank page would go with it
    facts = {"origin": origin(page), "quotaSize": 4_000_000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", facts)
    stop_saving(page.context)
    editor = ready_to_draw(page, image)
    strokes = Strokes(editor)
    strokes.draw()
    unsent(editor, 1)
    banner = page.locator(".banner.bad")
    drawn = 1
    while not banner.count() and drawn < 8:  # the browser may tidy up, and have room once more
        page.evaluate(FILL)
        strokes.draw()
        drawn += 1
        page.wait_for_timeout(1000)
    expect(banner).to_contain_text("storage for this page is full")
    keep(page, "storage-full")

    page.evaluate("indexedDB.deleteDatabase('filler')")
    expect(banner).to_have_count(0)
    editor.reloaded()
    unsent(editor, drawn)


FILL = """async () => {
  const opened = (request) => new Promise((resolve, reject) => {
    const facts = { autoIncrement: true };
    request.onupgradeneeded = () => request.result.createObjectStore("bytes", facts);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await opened(indexedDB.open("filler", 1));
  database.onversionchange = () => database.close();
  const put = (size) => new Promise((resolve) => {
    const transaction = database.transaction("bytes", "readwrite", { durability: "strict" });
    const letter = () => String.fromCharCode(256 + 50_000 * Math.random());
    transaction.objectStore("bytes").put(Array.from({ length: size }, letter).join(""));
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => resolve(false);
  });
  for (const size of [200_000, 20_000, 2_000, 200, 20]) while (await put(size));
}"""


def test_storage_that_is_cleared_is_filled_again(page: Page, image: int) -> None:
    stop_saving(page.context)
    editor = ready_to_draw(page, image)
    Strokes(editor).draw(3)
    unsent(editor, 3)

    name = page.evaluate(OUTBOX)
    assert page.evaluate(ROWS, name) == 3
    facts = {"origin": origin(page), "storageTypes": "indexeddb"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", facts)
    assert page.evaluate(ROWS, name) == 3  # waits for them

    editor.reloaded()
    unsent(editor, 3)


OUTBOX = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name);
  return names.find((name) => name.startsWith("maskwright:"));
}"""

ROWS = """async (name) => {
  const isThere = async () => (await indexedDB.databases()).some((one) => one.name === name);
  const counted = () => new Promise((resolve) => {
    const request = indexedDB.open(name);
    // It went between the question and the opening; an empty one would be in the page's way.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve(0);
    request.onsuccess = () => {
      const database = request.result;
      const count = database.transaction("rows").objectStore("rows").count();
      count.onsuccess = () => resolve(count.result);
      count.onerror = () => resolve(0);
      database.close();
    };
  });
  const look = async () => (await isThere()) ? counted() : 0;
  const waited = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));
  for (let tries = 0; tries < 100; tries += 1) {
    // What was asked while storage was being cleared may never be answered.
    const rows = await Promise.race([look(), waited(10_000, 0)]);
    if (rows > 0) return rows;
    await waited(100);
  }
  return 0;
}"""


def test_a_newer_page_in_another_tab_asks_the_old_one_to_reload(page: Page, image: int) -> None:
    stop_saving(page.context)
    editor = ready_to_draw(page, image)
    strokes = Strokes(editor)
    strokes.draw()
    unsent(editor, 1)
    name = page.evaluate(OUTBOX)
    newer = page.context.new_page()
    newer.goto("/help/")
    newer.evaluate(UPGRADE, name)

    let_save(page.context)
    strokes.draw()
    expect(page.locator(".banner.bad")).to_contain_text("newer version of this page")
    editor.saved()
    assert len(editor.annotations()) == 2


UPGRADE = """(name) => new Promise((resolve, reject) => {
  const request = indexedDB.open(name, 1000);
  request.onsuccess = () => resolve(request.result.close());
  request.onerror = () => reject(request.error);
  request.onblocked = () => reject(new Error("the old page keeps the database"));
})"""


def origin(page: Page) -> str:
    address: str = page.evaluate("location.origin")
    return address
