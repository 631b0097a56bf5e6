"""Deeds on the pages around the editor: projects, uploads, people, jobs."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.processes import ROOT

PHOTOS = ROOT / "annotator" / "demo" / "photos"
LABELS = (("bear", "thing"), ("person", "thing"), ("grass", "stuff"))
JOB_MS = 400_000
UPLOAD_MS = 240_000

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


def make_project(
    page: Page,
    name: str,
    labels: Sequence[tuple[str, str]] = LABELS,
    *,
    segmenter: str = "classic",
) -> int:
    """A project made by the API, whose model asks nothing of the worker unless told; its id."""
    rows = [{"name": word, "is_thing": kind == "thing"} for word, kind in labels]
    body = {"name": name, "labels": rows, "segmenter": segmenter}
    return int(send(page, "POST", "/api/v1/projects/", body)["id"])


def upload(page: Page, project: int, name: str, content: bytes) -> int:
    """A picture stored by the API; its id."""
    kind = "image/png" if name.endswith(".png") else "image/jpeg"
    answer = page.request.post(
        f"/api/v1/projects/{project}/images/",
        multipart={"file": {"name": name, "mimeType": kind, "buffer": content}},
        headers=_token(page),
        timeout=UPLOAD_MS,
    )
    assert answer.ok, answer.text()
    return int(answer.json()["id"])


def png(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """A picture (H, W, 3) as a file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def project_with_photos(page: Page, name: str, *photos: str) -> tuple[int, list[int]]:
    """A project with some of the photographs, made by the API: its id, their ids."""
    project = make_project(page, name)
    return project, [upload(page, project, one, (PHOTOS / one).read_bytes()) for one in photos]


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


def send(
    page: Page, method: str, path: str, body: Any = None, *, revision: int | None = None
) -> Any:
    """Ask the API for a change as the page's person, of what has a revision; what it answers."""
    condition = {} if revision is None else {"If-Match": f'"{revision}"'}
    headers = {**_token(page), **condition}
    answer = page.request.fetch(path, method=method, data=body, headers=headers)
    assert answer.ok, answer.text()
    return answer.json() if answer.body() else None


def _token(page: Page) -> dict[str, str]:
    cookies = page.context.cookies()
    token = next(one["value"] for one in cookies if one["name"].endswith("csrftoken"))
    return {"X-CSRFToken": token}
