"""Deeds on the pages around the editor: projects, uploads, people, jobs."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.processes import ROOT

PHOTOS = ROOT / "annotator" / "demo" / "photos"
LABELS = (("bear", "thing"), ("person", "thing"), ("grass", "stuff"))
JOB_MS = 120_000

DROP = """
(target, files) => {
  const transfer = new DataTransfer();
  for (const { name, type, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const facts = { dataTransfer: transfer, bubbles: true, cancelable: true };
    target.dispatchEvent(new DragEvent(kind, facts));
  }
}
"""


def new_project(page: Page, name: str, labels: Sequence[tuple[str, str]] = LABELS) -> int:
    """Make a project through the page; its id."""
    page.goto("/projects/new/")
    page.get_by_label("Name", exact=True).first.fill(name)
    rows = page.locator("#label-rows .label-grid:not(.label-grid-head)")
    for index, (word, kind) in enumerate(labels):
        rows.nth(index).get_by_label("Name").fill(word)
        rows.nth(index).get_by_label("Kind").select_option(kind)
    page.get_by_role("button", name="Make project").click()
    page.wait_for_url("**/projects/*/")
    return int(page.url.rstrip("/").split("/")[-1])


def drop_files(page: Page, *files: Path, type_: str = "image/jpeg") -> None:
    """Drop files on the upload area with a DataTransfer of the browser's own."""
    contents = [
        {"name": file.name, "type": type_, "base64": base64.b64encode(file.read_bytes()).decode()}
        for file in files
    ]
    place = page.locator(".drop")
    place.wait_for()
    place.evaluate(DROP, contents)


def choose_files(page: Page, *files: Path) -> None:
    """Pick files with the browser's file chooser."""
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose files", exact=True).click()
    chooser.value.set_files(list(files))


def project_with_photos(page: Page, name: str, *photos: str) -> tuple[int, list[int]]:
    """A project with some of the photographs, uploaded through its page: its id, their ids."""
    project = new_project(page, name)
    choose_files(page, *(PHOTOS / photo for photo in photos))
    expect(page.get_by_role("link", name="Go on")).to_be_visible(timeout=30_000)
    return project, [image["id"] for image in images_of(page, project)]


def images_of(page: Page, project: int) -> list[dict[str, Any]]:
    """The project's images by the API, in their order."""
    answer = page.request.get(f"/api/v1/projects/{project}/images/?ordering=number")
    assert answer.ok, answer.text()
    images: list[dict[str, Any]] = answer.json()["results"]
    return images


def prelabel(page: Page, project: int) -> None:
    """Start pre-labelling on the project's page and watch the bar to its end."""
    page.goto(f"/projects/{project}/")
    page.get_by_role("button", name="Pre-label").click()
    expect(page.get_by_role("button", name="Pre-label")).to_be_visible(timeout=JOB_MS)
