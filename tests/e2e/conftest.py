"""The product as people run it, a browser, and its owner logged in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.browser import chromium, keep
from tests.e2e.pages import project_with_photos
from tests.processes import free_port, running

SIZE = {"width": 1366, "height": 768}
PATIENCE_MS = 120_000
START_MS = 300_000  # the first answer of a process that has just begun
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's own event loop runs to the end: what uses the database comes before it."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@dataclass(frozen=True)
class Product:
    """One running product and a browser that can be its owner's or anybody's."""

    address: str
    data: Path
    browser: Browser
    owner: StorageState

    def page(self, *, as_owner: bool = True, **options: object) -> Page:
        """A new browser's first page, at 1366x768 unless told otherwise."""
        known = {"storage_state": self.owner} if as_owner else {}
        settings = {"viewport": SIZE, "base_url": self.address, **known, **options}
        context = self.browser.new_context(**settings)
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()


@contextmanager
def started(data: Path, browser: Browser) -> Iterator[Product]:
    """`manage.py start` on a fresh data folder and its owner, who came by the printed link."""
    words = ("start", "--no-demo", "--data", str(data), "--port", str(free_port()))
    with running(*words) as process:
        link = process.login_link()
        page = browser.new_page(viewport=SIZE)
        page.goto(link, timeout=START_MS)
        expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()
        keep(page, "main-1-no-projects")
        owner = page.context.storage_state()
        page.context.close()
        yield Product(link.split("/login/")[0], data, browser, owner)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """All tests of a process share it: each makes projects of its own."""
    with (
        chromium() as browser,
        started(tmp_path_factory.mktemp("product") / "data", browser) as product,
    ):
        yield product


@pytest.fixture(autouse=True)
def _no_page_outlives_its_test(product: Product) -> Iterator[None]:
    yield
    for context in product.browser.contexts:
        context.close()


@pytest.fixture
def page(product: Product) -> Page:
    """A page of the owner."""
    return product.page()


@pytest.fixture
def image(page: Page) -> int:
    """A photograph in a project of its own."""
    _, (image,) = project_with_photos(page, "One photograph", "01-bear.jpg")
    return image
