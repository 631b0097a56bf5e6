"""No page asks for anything that is not there, or that its own policy forbids."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.conftest import Product
from tests.e2e.crawl import crawl
from tests.e2e.editor import Editor
from tests.e2e.pages import prelabel, project_with_photos

pytestmark = pytest.mark.e2e


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


def test_no_page_that_links_lead_to_complains(product: Product) -> None:
    page = product.page()
    project, images = project_with_photos(page, "Crawled", "04-pizza.jpg", "08-street.jpg")
    prelabel(page, project)
    complaints = listen(page, product.address)
    paths = crawl(page, product.address)
    assert len(paths) >= 15
    for path in paths:
        page.goto(path, wait_until="networkidle")
    Editor.opened(page, images[0])
    page.wait_for_load_state("networkidle")
    assert complaints == []


def test_the_api_documentation_is_drawn_under_the_strict_policy(product: Product) -> None:
    page = product.page()
    complaints = listen(page, product.address)
    answer = page.goto("/api/docs/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    expect(page.locator(".opblock").first).to_be_visible(timeout=20_000)
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
