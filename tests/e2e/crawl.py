"""Every page that links lead to, one of each kind."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page

LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map((a) => a.href)"
LEFT_OUT = re.compile(r"^/(logout|static|login/link)/|^/api/v1/")


def kind_of(address: str) -> str:
    """The page's kind: its path without the numbers of rows."""
    return re.sub(r"\d+", "N", urlsplit(address).path)


def crawl(page: Page, origin: str, first: str = "/") -> list[str]:
    """Paths of the pages reached from one by links, the first found of each kind."""
    found: dict[str, str] = {kind_of(first): first}
    waiting = [first]
    while waiting:
        page.goto(waiting.pop(0))
        for link in page.evaluate(LINKS):
            parts = urlsplit(urljoin(page.url, link))
            here = f"{parts.scheme}://{parts.netloc}" == origin
            if not here or LEFT_OUT.match(parts.path) or kind_of(parts.path) in found:
                continue
            found[kind_of(parts.path)] = parts.path
            waiting.append(parts.path)
    return list(found.values())
