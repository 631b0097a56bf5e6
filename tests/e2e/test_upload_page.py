"""What the upload area says about each file, and what it does meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.browser import keep
from tests.e2e.pages import PHOTOS, choose_files, drop_files, images_of, make_project

pytestmark = pytest.mark.e2e

STORED_MS = 120_000
UPLOAD = "**/api/v1/projects/*/images/"


@pytest.fixture
def project(page: Page) -> int:
    """A project without pictures, its page open."""
    project = make_project(page, "Uploads")
    page.goto(f"/projects/{project}/")
    return project


def line(page: Page, name: str) -> Locator:
    """The row of one file."""
    return page.locator(".upload-list tr").filter(has_text=name)


def hold_uploads(page: Page) -> list[Route]:
    """From now on uploads wait in the list until they are let go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(UPLOAD, hold)
    return held


def test_a_bad_file_is_refused_with_its_reason_and_the_others_stay(
    page: Page, project: int, tmp_path: Path
) -> None:
    notes, torn = tmp_path / "notes.jpg", tmp_path / "torn.jpg"
    notes.write_text("These are not the pixels that you are looking for.")
    torn.write_bytes((PHOTOS / "02-skier.jpg").read_bytes()[:4000])
    choose_files(page, notes, torn, PHOTOS / "01-bear.jpg")

    expect(line(page, "01-bear.jpg")).to_contain_text("stored", timeout=STORED_MS)
    for name in ("notes.jpg", "torn.jpg"):
        expect(line(page, name)).to_contain_text("refused", timeout=STORED_MS)
        reason = line(page, name).locator(".bad-text")
        expect(reason).not_to_be_empty()
        expect(reason).not_to_contain_text("HTTP")
    summary = page.get_by_role("status").filter(has_text="stored")
    expect(summary).to_contain_text("1 of 3 pictures stored, 2 refused")
    keep(page, "upload-refused")
    assert [image["name"] for image in images_of(page, project)] == ["01-bear.jpg"]


def test_the_same_bytes_twice_are_one_image_and_it_says_so(
    page: Page, project: int, tmp_path: Path
) -> None:
    again = tmp_path / "again.jpg"
    again.write_bytes((PHOTOS / "01-bear.jpg").read_bytes())
    drop_files(page, PHOTOS / "01-bear.jpg")
    expect(line(page, "01-bear.jpg")).to_contain_text("stored", timeout=STORED_MS)
    drop_files(page, again)
    expect(line(page, "again.jpg")).to_contain_text("already in this project", timeout=STORED_MS)
    assert len(images_of(page, project)) == 1


def test_a_failed_upload_is_sent_again_by_its_button(page: Page, project: int) -> None:
    page.route(UPLOAD, lambda route: route.abort("connectionreset"))
    choose_files(page, PHOTOS / "01-bear.jpg", PHOTOS / "02-skier.jpg")
    expect(page.locator(".upload-list .state.failed")).to_have_count(2, timeout=STORED_MS)
    page.unroute(UPLOAD)
    line(page, "01-bear.jpg").get_by_role("button", name="Retry").click()
    expect(line(page, "01-bear.jpg")).to_contain_text("stored", timeout=STORED_MS)
    page.get_by_role("button", name="Retry the refused").click()
    expect(line(page, "02-skier.jpg")).to_contain_text("stored", timeout=STORED_MS)
    expect(page.get_by_role("link", name="Go on")).to_be_visible()
    assert len(images_of(page, project)) == 2


def test_three_are_sent_at_a_time(page: Page, project: int) -> None:
    held = hold_uploads(page)
    photos = sorted(PHOTOS.glob("*.jpg"))[:5]
    choose_files(page, *photos)
    expect(page.locator(".upload-list progress")).to_have_count(3)
    expect(page.locator(".upload-list .state.queued")).to_have_count(2)
    assert len(held) == 3
    held[0].continue_()
    expect(page.locator(".upload-list .state.done")).to_have_count(1, timeout=STORED_MS)
    expect(page.locator(".upload-list progress")).to_have_count(3)
    assert len(held) == 4
    page.unroute(UPLOAD)  # lets go what is held
    expect(page.locator(".upload-list .state.done")).to_have_count(5, timeout=STORED_MS)
    assert len(images_of(page, project)) == 5


def test_a_folder_gives_its_pictures_with_their_paths(
    page: Page, project: int, tmp_path: Path
) -> None:
    folder = tmp_path / "trip"
    (folder / "day 2").mkdir(parents=True)
    (folder / "bear.jpg").write_bytes((PHOTOS / "01-bear.jpg").read_bytes())
    (folder / "day 2" / "skier.jpg").write_bytes((PHOTOS / "02-skier.jpg").read_bytes())
    (folder / "readme.txt").write_text("Left at home.")
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose a folder").click()
    chooser.value.set_files(folder)
    expect(page.locator(".upload-list .state.done")).to_have_count(2, timeout=STORED_MS)
    expect(page.locator(".upload-list tr")).to_have_count(2)
    names = {image["name"] for image in images_of(page, project)}
    assert names == {"trip/bear.jpg", "trip/day 2/skier.jpg"}


def test_leaving_in_the_middle_is_asked_about(page: Page, project: int) -> None:
    asked = threading.Event()
    hold_uploads(page)
    choose_files(page, PHOTOS / "01-bear.jpg")
    expect(page.locator(".upload-list progress")).to_have_count(1)
    page.on("dialog", lambda dialog: (asked.set(), dialog.accept()))
    page.get_by_role("link", name="Help").click()
    page.wait_for_url("**/help/")
    assert asked.is_set()
