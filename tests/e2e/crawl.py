"""Every page that links lead to, one of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page

LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map((a) => a.href)"
LEFT_OUT = re.compile(r"^/(logout|static|login/link)/|^/api/v1/")


def kind_of(address: str) -> str:
    """The page's kind: its path without the numbers of rows."""
    return re.sub(r"\d+", "N", urlsplit(address).path)


def crawl(page: Page, origin: str, first: str = "/") -> Iterator[str]:
    """Open every page that links lead to from one, the first found of each kind; its path."""
    found = {kind_of(first)}
    waiting = [first]
    while waiting:
        path = waiting.pop(0)
        page.goto(path)
        for link in page.evaluate(LINKS):
            parts = urlsplit(urljoin(page.url, link))
            here = f"{parts.scheme}://{parts.netloc}" == origin
            if not here or LEFT_OUT.match(parts.path) or kind_of(parts.path) in found:
                continue
            found.add(kind_of(parts.path))
            waiting.append(parts.path)
        yield path
