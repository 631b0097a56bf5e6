"""The right panel: objects picked and described, comments pinned, images tagged, earlier states."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.editor import Editor, bitmap, label_name
from tests.e2e.pages import project_with_photos, send

pytestmark = pytest.mark.e2e

STROKES = [[(100, y), (180, y)] for y in (120, 200, 280)]


@pytest.fixture
def editor(page: Page) -> Editor:
    """Three strokes, each an object, saved; the second is the longest."""
    _, (image,) = project_with_photos(page, "Objects", "01-bear.jpg")
    editor = Editor.opened(page, image)
    editor.tool("B")
    editor.key("1")
    for place, stroke in enumerate(STROKES):
        editor.drag([stroke[0], (stroke[1][0] + 40 * (place == 1), stroke[1][1])])
        editor.key("Escape")
    editor.tool("V")
    editor.saved()
    return editor


def test_many_objects_are_picked_relabelled_and_shown_alone(page: Page, editor: Editor) -> None:
    page.get_by_label("Order of the objects").select_option("large")
    expect(editor.rows).to_have_count(3)
    expect(page.locator(".object-row .object-thumb canvas")).to_have_count(3)
    editor.rows.first.click()
    editor.rows.last.click(modifiers=["Shift"])
    expect(page.locator(".object-row[aria-selected=true]")).to_have_count(3)
    editor.rows.nth(1).click(modifiers=["Control"])
    expect(page.locator(".object-row[aria-selected=true]")).to_have_count(2)

    editor.key("2", "Shift+Q")
    editor.saved()
    names = sorted(label_name(editor, one) for one in editor.annotations())
    assert names == ["bear", "person", "person"]
    expect(page.locator(".object-row.unseen")).to_have_count(1)
    editor.key("Shift+Q")
    expect(page.locator(".object-row.unseen")).to_have_count(0)

    page.get_by_label("Filter the objects").fill("pers")
    expect(editor.rows).to_have_count(2)
    keep(page, "objects")


def test_attributes_of_the_label_are_asked_for_and_kept(page: Page, editor: Editor) -> None:
    (label, *_) = editor.get(f"/api/v1/projects/{editor.image()['project']}/")["labels"]
    pose = {"name": "pose", "kind": "choice", "choices": ["standing", "lying"]}
    schema = [pose, {"name": "occluded", "kind": "checkbox"}]
    send(page, "PATCH", f"/api/v1/labels/{label['id']}/", {"attributes": schema})
    editor.reloaded()

    editor.rows.first.click()
    editor.rows.last.click(modifiers=["Shift"])
    page.get_by_label("pose").select_option("lying")
    page.get_by_label("occluded").check()
    editor.saved()
    assert [one["attributes"] for one in editor.annotations()] == [
        {"pose": "lying", "occluded": True}
    ] * 3


def test_a_comment_is_pinned_answered_and_resolved(page: Page, editor: Editor) -> None:
    page.mouse.move(*editor.at(300, 150))
    pixel = editor.pointer()
    editor.key("c")
    page.get_by_label("What about this place?").fill("Ear or grass?")
    page.keyboard.press("Control+Enter")
    pin = page.locator(".pins button.pin")
    expect(pin).to_have_count(1)
    page.get_by_label("Answer").first.fill("Ear.")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator(".reply")).to_have_count(1)

    (thread,) = editor.get(f"/api/v1/images/{editor.image_id}/comments/")["results"]
    assert (int(thread["x"]), int(thread["y"])) == pixel
    assert [reply["text"] for reply in thread["replies"]] == ["Ear."]
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(pin).to_have_count(0)


def test_tags_stay_with_the_image(page: Page, editor: Editor) -> None:
    page.locator(".tab-strip button", has_text="Image").click()
    page.get_by_label("New tag").fill("sunny")
    page.keyboard.press("Enter")
    chip = page.get_by_role("group", name="Tags").get_by_role("button", name="sunny")
    expect(chip).to_have_attribute("aria-pressed", "true")
    project = editor.image()["project"]
    (tag,) = editor.get(f"/api/v1/projects/{project}/")["tags"]
    assert editor.image()["tags"] == [tag["id"]]
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    assert editor.image()["tags"] == []


def test_an_earlier_state_of_the_image_is_restored_and_that_undone(
    page: Page, editor: Editor
) -> None:
    page.locator(".tab-strip button", has_text="History").click()
    lines = page.locator(".past-words")
    expect(lines).to_have_count(3)
    expect(lines.last).to_contain_text(re.compile(r"drew .bear 1."))
    lines.nth(1).click()
    page.get_by_role("button", name="Restore image").click()
    expect(page.locator("#toasts")).to_contain_text("1 object restored")
    editor.saved()
    assert len(editor.annotations()) == 2

    editor.key("Control+z")
    editor.saved()
    assert len(editor.annotations()) == 3
    expect(lines.first).to_contain_text(re.compile(r"brought back .bear 3."))


def test_an_earlier_mask_of_one_object_is_restored_and_that_undone(
    page: Page, editor: Editor
) -> None:
    before = {one["id"]: bitmap(one) for one in editor.annotations()}
    editor.click(140, 120)
    editor.tool("B")
    editor.drag([(140, 120), (140, 60)])
    editor.saved()
    editor.tool("V")
    after = {one["id"]: bitmap(one) for one in editor.annotations()}
    (changed,) = (one for one, mask in after.items() if (mask != before[one]).any())

    page.locator(".tab-strip button", has_text="History").click()
    page.get_by_role("button", name="Selected object").click()
    lines = page.locator(".past-words")
    expect(lines).to_have_count(2)
    lines.last.click()
    keep(page, "past-object")
    page.get_by_role("button", name="Restore object").click()
    expect(page.locator("#toasts")).to_contain_text("1 object restored")
    editor.saved()
    restored = {one["id"]: bitmap(one) for one in editor.annotations()}
    assert all((restored[one] == mask).all() for one, mask in before.items())

    editor.key("Control+z")
    editor.saved()
    again = {one["id"]: bitmap(one) for one in editor.annotations()}
    assert (again[changed] == after[changed]).all()
