"""Whoever reads German finds no English: on no page, in no dialog, in nothing that is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.conftest import Product, started
from tests.e2e.crawl import crawl
from tests.e2e.editor import Editor
from tests.e2e.pages import PHOTOS, make_project, prelabel, upload
from tests.e2e.test_unsent_edits import editor_drag_without_api, end_session

pytestmark = pytest.mark.e2e

# All that is seen or read out, without code, icons and keys.
TEXTS = r"""() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest("script, style, code, pre, svg, template, [lang]:not(html)"))
      texts.push(walker.currentNode.textContent);
  }
  const named = ["aria-label", "title", "placeholder", "alt", "aria-description"];
  for (const element of document.querySelectorAll(named.map((name) => `[${name}]`).join()))
    for (const name of named) texts.push(element.getAttribute(name) ?? "");
  const plain = texts.map((text) => text.trim().replace(/\s+/g, " "));
  return plain.filter((text) => /\p{L}{2}/u.test(text));
}"""
# Words that English sentences cannot do without and German ones do not have.
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|not|with|this|has|have|for|to|by|from|or|be|were|which|yet|no|its|it|"
    r"on|at|than|that|what|can|one|all|your|you)\b",
    re.IGNORECASE,
)
PATH = re.compile(r"\S*/\S*|--\w+")
# What is called the same in both: names of people, pictures, labels, models, formats, licences; and
# words that German has taken over.
NAMES = re.compile(
    r"^(W\d+|(\w+ · )?admin|\d+-\w+\.jpg|classic|sam_\w+|SAM .*|[A-Z]+ License.*|Apache-2\.0|"
    r"Maskwright|train|val|test|/api/v1/\S*|Deutsch|English|CVAT|Label Studio|labelImg|"
    r"[\d.,]+ (MB|GB|kB|bytes|px|ms|s|min)|.* UTC)$"
)
SAME = {
    *("API", "Export", "Format", "Import", "Label", "Labels", "Lasso", "Name", "Polygon", "Smart"),
    *("Alt", "Enter", "Esc", "Tab", "Status", "Tag", "Tags", "Token", "optional", "demo", "Gamma"),
    *("Alt+Enter", "IoU", "text", "px"),
}


@pytest.fixture(scope="module")
def alone(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product without the names that other tests give."""
    with started(tmp_path_factory.mktemp("alone") / "data", product.browser) as alone:
        yield alone


@pytest.fixture(scope="module")
def image(alone: Product) -> int:
    """A picture with suggestions, in a project with a failed job and an import with findings."""
    page = alone.page()
    project = make_project(page, "W1", (("W2", "thing"), ("W3", "stuff")))
    image = upload(page, project, "05-baseball.jpg", (PHOTOS / "05-baseball.jpg").read_bytes())
    prelabel(page, project)
    _import(page, project)
    page.context.close()
    return image


def _import(page: Page, project: int) -> None:
    content = {
        "images": [{"id": 1, "file_name": "W4.jpg", "width": 8, "height": 8}],
        "categories": [{"id": 1, "name": "W2"}],
        "annotations": [{"id": 0, "image_id": 7, "category_id": 1}],
    }
    page.goto(f"/projects/{project}/imports/")
    page.locator("[type=file]").set_input_files(
        {"name": "W5.json", "mimeType": "application/json", "buffer": json.dumps(content).encode()}
    )
    page.get_by_role("button", name="Check").click()
    expect(page.locator("td code").first).to_be_visible(timeout=240_000)


@pytest.fixture
def pages(alone: Product) -> tuple[Page, Page]:
    """The same person's pages: in German, in English."""
    return alone.page(locale="de-DE"), alone.page(locale="en-US")


def english(german: Page, in_english: Page | None = None) -> list[str]:
    """The texts of a German page that are English, by their words or because they are the same."""
    found = german.evaluate(TEXTS)
    same = set(in_english.evaluate(TEXTS)) if in_english else set()
    return sorted(
        {
            text
            for text in found
            if not (NAMES.match(text) or text in SAME)
            and (text in same or ENGLISH.search(PATH.sub("", text)))
        }
    )


def test_no_page_has_a_text_in_english(
    alone: Product, pages: tuple[Page, Page], image: int
) -> None:
    german, in_english = pages
    found = {}
    for path in crawl(german, alone.address):
        if path.startswith(("/api/", "/images/")):
            continue
        german.wait_for_load_state("networkidle")
        in_english.goto(path)
        found[path] = english(german, in_english)
    assert {path: texts for path, texts in found.items() if texts} == {}
    assert len(found) >= 15
    assert image


def test_strangers_are_spoken_to_in_german(alone: Product) -> None:
    stranger = alone.page(as_owner=False, locale="de-DE")
    found = {}
    for path in ("/login/", "/login/link/spent/", "/no/such/page/"):
        stranger.goto(path)
        found[path] = english(stranger)
    stranger.goto("/login/")
    stranger.locator("[name=username]").fill("W1")
    stranger.locator("[name=password]").fill("W2")
    with stranger.expect_navigation():
        stranger.locator("[type=submit]").last.click()
    found["refused"] = english(stranger)
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_the_editor_speaks_german_in_every_panel_and_dialog(
    pages: tuple[Page, Page], image: int
) -> None:
    found = {}
    for german, in_english in zip(
        stations(pages[0], image), stations(pages[1], image), strict=True
    ):
        found[german] = english(*pages)
        assert german == in_english
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_whoever_has_to_log_in_again_is_asked_in_german(alone: Product, image: int) -> None:
    page = alone.page(locale="de-DE")
    editor = Editor.opened(page, image)
    editor.tool("B")
    editor.key("1")
    end_session(page)
    editor_drag_without_api(editor)
    dialog = page.get_by_role("dialog", name="Melden Sie sich an, um weiterzuarbeiten")
    expect(dialog).to_be_visible()
    assert english(page) == []
    dialog.get_by_label("Passwort").fill("W2")
    dialog.get_by_role("button", name="Anmelden", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert english(page) == []
    page.keyboard.press("Escape")
    page.locator(".saved").click()
    expect(page.get_by_role("dialog", name="Speichern")).to_be_visible()
    assert english(page) == []
    keep(page, "german-unsent")


def stations(page: Page, image: int) -> Iterator[str]:
    """Open one thing after the other in the editor; what is open."""
    editor = Editor.opened(page, image)
    page.wait_for_load_state("networkidle")
    yield "as it opens"
    editor.rows.first.click()
    yield "an object selected"
    for letter in "SBEPLIRWGUJMKYH":
        page.keyboard.press(letter)
        yield f"tool {letter}"
    page.keyboard.press("v")
    editor.key("Shift+U", "Shift+R", "Shift+A", "Shift+D")
    expect(page.locator(".diff-figures")).to_be_visible()
    expect(page.locator("[name=heat-signal]")).to_be_visible()
    keep(page, f"german-view-{page.evaluate('document.documentElement.lang')}")
    yield "view, heat map, diff"
    editor.key("Shift+U", "Shift+R", "Shift+A", "Shift+D")
    for tab in range(page.locator(".tab-strip button").count()):
        page.locator(".tab-strip button").nth(tab).click()
        page.wait_for_load_state("networkidle")
        yield f"tab {tab}"
    page.locator(".tab-strip button").first.click()
    page.locator(".stage-canvases").hover()
    for key in ("t", "?", "Control+k", "/", "c"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)
        yield f"key {key}"
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
