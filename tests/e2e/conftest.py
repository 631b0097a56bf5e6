"""The product as people run it, a browser, and its owner logged in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.browser import chromium
from tests.processes import Running, free_port, running

SIZE = {"width": 1366, "height": 768}
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Product:
    """One running product and a browser that can be its owner's or anybody's."""

    address: str
    process: Running
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


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    """`manage.py start` on a fresh data folder, shared by the tests that each make a project."""
    data = tmp_path_factory.mktemp("product") / "data"
    with running("start", "--no-demo", "--data", str(data), "--port", str(free_port())) as process:
        process.login_link()
        yield process, data


@pytest.fixture(scope="session")
def _owner() -> dict[str, StorageState]:
    """The owner's cookies, kept since the printed link works once."""
    return {}


@pytest.fixture(scope="module")
def product(started: tuple[Running, Path], _owner: dict[str, StorageState]) -> Iterator[Product]:
    """The running product with a browser of the module's own."""
    process, data = started
    link = process.login_link()
    with chromium() as browser:
        if not _owner:
            page = browser.new_page()
            page.goto(link)
            _owner["cookies"] = page.context.storage_state()
            page.context.close()
        yield Product(link.split("/login/")[0], process, data, browser, _owner["cookies"])
        for context in browser.contexts:
            context.close()
