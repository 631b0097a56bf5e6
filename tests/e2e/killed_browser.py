"""A Chromium of its own process group, which can be killed as by a power cut, and opened again on
the same profile."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, BrowserType, StorageState

from tests.e2e.browser import QUIET, executable

START_S = 30


class Mortal:
    """A browser that runs until it is killed or its block ends."""

    def __init__(self, browser: Browser, process: subprocess.Popen[bytes]) -> None:
        self.context: BrowserContext = browser.contexts[0]
        self._process = process

    def kill(self) -> None:
        """End every process of the browser at once; nothing is flushed or told."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def mortal_browser(chromium: BrowserType, profile: Path, owner: StorageState) -> Iterator[Mortal]:
    """A headless browser on a profile that stays, logged in as the owner."""
    command = [
        *(executable(), "--headless=new", "--remote-debugging-port=0", *QUIET),
        *(f"--user-data-dir={profile}", "--window-size=1366,768", "about:blank"),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stderr is not None
    try:
        address = _devtools_address(process)
        browser = chromium.connect_over_cdp(address)
        mortal = Mortal(browser, process)
        mortal.context.add_cookies(owner["cookies"])
        yield mortal
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stderr.close()


def _devtools_address(process: subprocess.Popen[bytes]) -> str:
    """The line by which Chromium says where it listens."""
    assert process.stderr is not None
    for line in process.stderr:
        if b"DevTools listening on " in line:
            return line.decode().split("DevTools listening on ")[1].strip()
    raise RuntimeError(f"Chromium ended with {process.wait(START_S)} before it listened")
