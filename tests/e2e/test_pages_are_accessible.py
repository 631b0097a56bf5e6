"""axe-core finds nothing serious on any page, light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.conftest import Product
from tests.e2e.crawl import crawl
from tests.e2e.editor import Editor
from tests.e2e.pages import prelabel, project_with_photos

pytestmark = pytest.mark.e2e

GRAVE = {"serious", "critical"}
THEMES = ("light", "dark")
SWAGGER = "/api/docs/"  # another project's page, in its own colours
AXE = Axe()


@pytest.fixture(scope="module")
def seen(product: Product) -> tuple[list[str], int]:
    """Every kind of page of a project that has pictures and suggestions; an image of it."""
    page = product.page()
    project, images = project_with_photos(page, "Looked at by axe", "05-baseball.jpg")
    prelabel(page, project)
    paths = crawl(page, product.address)
    page.context.close()
    return paths, images[0]


@pytest.fixture(params=THEMES)
def page(product: Product, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = product.page(color_scheme=request.param, reduced_motion="reduce")
    yield page
    page.context.close()


def test_every_page_that_links_lead_to(page: Page, seen: tuple[list[str], int]) -> None:
    paths, _ = seen
    assert {"/", "/help/", "/account/", "/jobs/", "/models/"} <= set(paths)
    grave = {}
    for path in paths:
        if path != SWAGGER:
            page.goto(path, wait_until="networkidle")
            grave[path] = violations(page)
    assert {path: found for path, found in grave.items() if found} == {}


def test_the_ways_in(product: Product, page: Page) -> None:
    stranger = product.page(
        as_owner=False, color_scheme="dark" if is_dark(page) else "light", reduced_motion="reduce"
    )
    stranger.goto("/login/")
    assert violations(stranger) == []
    stranger.goto("/login/link/spent/")
    assert violations(stranger) == []
    stranger.context.close()
    page.goto("/no/such/page/")
    assert violations(page) == []


def test_the_editor_and_what_opens_in_it(page: Page, seen: tuple[list[str], int]) -> None:
    editor = Editor.opened(page, seen[1])
    assert violations(page) == []
    editor.rows.first.click()
    assert violations(page) == []
    editor.tool("B")
    assert violations(page) == []
    editor.key("t")
    expect(page.get_by_role("slider").first).to_be_visible()
    assert violations(page) == []
    editor.key("Escape")
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    keep(page, f"axe-keys-{'dark' if is_dark(page) else 'light'}")
    editor.key("Escape")
    page.get_by_role("button", name="Add a label").click()
    assert violations(page) == []


def is_dark(page: Page) -> bool:
    return bool(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))


def violations(page: Page) -> list[str]:
    """Each grave violation on the open page: the rule and the first elements that break it."""
    found: list[dict[str, Any]] = AXE.run(page).response["violations"]
    return [
        f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:160]} "
        f"{one['nodes'][0]['failureSummary'][:300]}"
        for one in found
        if one["impact"] in GRAVE
    ]
