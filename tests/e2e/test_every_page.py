"""No page asks for what is not there, breaks its own policy or shuts anyone out, light or dark."""

from __future__ import annotations

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
COLOUR_RULES = ["color-contrast", "link-in-text-block"]  # the only ones that a theme can break
THEMES: dict[Any, Any] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": COLOUR_RULES},
}
SWAGGER = "/api/docs/"  # another project's page, in its own colours
AXE = Axe()


@pytest.fixture(scope="module")
def image(product: Product) -> int:
    """A picture with suggestions."""
    page = product.page()
    project, (image,) = project_with_photos(page, "Looked at", "05-baseball.jpg")
    prelabel(page, project)
    page.context.close()
    return image


@pytest.fixture
def page(product: Product) -> Page:
    return product.page(reduced_motion="reduce")


def listen(page: Page, origin: str) -> list[str]:
    """What goes wrong on the page from now on: errors, refusals, requests to elsewhere."""
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            message.type in {"error", "warning"}
            and complaints.append(f"{page.url}: {message.text}")
        ),
    )
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "response",
        lambda answer: (
            answer.status >= 400 and complaints.append(f"{page.url}: {answer.status} {answer.url}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            not request.url.startswith((origin, "data:", "blob:"))
            and complaints.append(f"{page.url}: asks elsewhere for {request.url}")
        ),
    )
    return complaints


def test_every_page_that_links_lead_to(product: Product, page: Page, image: int) -> None:
    complaints = listen(page, product.address)
    grave = {}
    for path in crawl(page, product.address):
        page.wait_for_load_state("networkidle")
        grave[path] = violations(page) if path != SWAGGER else []
    assert {"/", "/help/", "/account/", "/jobs/", "/models/"} <= set(grave)
    assert len(grave) >= 15
    assert {path: found for path, found in grave.items() if found} == {}
    Editor.opened(page, image)
    page.wait_for_load_state("networkidle")
    assert complaints == []


def test_the_api_documentation_is_drawn_under_the_strict_policy(
    product: Product, page: Page
) -> None:
    complaints = listen(page, product.address)
    answer = page.goto("/api/docs/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    expect(page.locator(".opblock").first).to_be_visible(timeout=120_000)
    operation = page.locator("#operations-projects-projects_list, .opblock-get").first
    operation.click()
    expect(operation.get_by_role("button", name="Try it out")).to_be_visible()
    keep(page, "api-docs")
    page.wait_for_load_state("networkidle")
    assert complaints == []


def test_a_stranger_is_asked_to_log_in_without_complaints(product: Product) -> None:
    page = product.page(as_owner=False)
    complaints = listen(page, product.address)
    page.goto("/projects/new/", wait_until="networkidle")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert complaints == []


def test_the_ways_in_and_to_nowhere(product: Product, page: Page) -> None:
    stranger = product.page(as_owner=False, reduced_motion="reduce")
    for path in ("/login/", "/login/link/spent/"):
        stranger.goto(path)
        assert violations(stranger) == []
    page.goto("/no/such/page/")
    assert violations(page) == []


def test_the_editor_and_what_opens_in_it(page: Page, image: int) -> None:
    editor = Editor.opened(page, image)
    assert violations(page) == []
    editor.rows.first.click()
    assert violations(page) == []
    editor.tool("B")
    assert violations(page) == []
    editor.key("Shift+U", "Shift+R", "Shift+A", "Shift+D")
    expect(page.locator(".diff-figures")).to_be_visible()
    expect(page.locator("[name=heat-signal]")).to_be_visible()
    assert violations(page) == []
    keep(page, "axe-view")
    editor.key("Shift+U", "Shift+R", "Shift+A", "Shift+D")
    editor.key("t")
    expect(page.get_by_role("slider").first).to_be_visible()
    assert violations(page) == []
    editor.key("Escape")
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    keep(page, "axe-keys")
    editor.key("Escape")
    page.get_by_role("button", name="Add a label").click()
    assert violations(page) == []


COLOURS_SETTLED = """() => Promise.all(
  document.getAnimations()
    .filter((one) => one instanceof CSSTransition)
    .map((one) => one.finished.catch(() => null)),
)"""


def violations(page: Page) -> list[str]:
    """Each grave violation on the open page: the rule and the first elements that break it."""
    found: list[dict[str, Any]] = []
    for theme, options in THEMES.items():
        page.emulate_media(color_scheme=theme)
        page.evaluate(COLOURS_SETTLED)
        found += AXE.run(page, options=options).response["violations"]
    page.emulate_media(color_scheme="light")
    return [
        f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:160]} "
        f"{one['nodes'][0]['failureSummary'][:300]}"
        for one in found
        if one["impact"] in GRAVE
    ]
