"""A second person joins by a link and sees what their role allows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import keep
from tests.e2e.conftest import Product
from tests.e2e.editor import Editor
from tests.e2e.pages import make_project, project_with_photos

pytestmark = pytest.mark.e2e

PASSWORD = "a long walk by the lake"


def invitation(page: Page, project: int, role: str) -> str:
    """A link made on the people page."""
    page.goto(f"/projects/{project}/people/")
    card = page.locator("section.card").filter(has_text="Invite by link")
    card.get_by_role("combobox").select_option(role)
    card.get_by_role("button", name="Make link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    assert "/invite/" in link
    return link


def joined(product: Product, link: str, username: str) -> Page:
    """A new person's browser after they followed the link and made an account."""
    page = product.page(as_owner=False)
    page.goto(link)
    page.get_by_label("User name").fill(username)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    keep(page, "invitation")
    page.get_by_role("button", name="Make an account and join").click()
    page.wait_for_url("**/projects/*/")
    return page


def test_an_annotator_draws_and_submits_but_neither_uploads_nor_invites(
    product: Product, page: Page
) -> None:
    project, (image, _) = project_with_photos(page, "Shared", "01-bear.jpg", "02-skier.jpg")
    elsewhere = make_project(page, "Not shared")
    ann = joined(product, invitation(page, project, "annotator"), "ann")

    expect(ann.get_by_role("heading", name="Shared")).to_be_visible()
    expect(ann.get_by_role("button", name="Start labelling")).to_be_visible()
    expect(ann.get_by_role("button", name="Pre-label")).to_have_count(0)
    expect(ann.get_by_role("link", name="Invite")).to_have_count(0)
    expect(ann.get_by_role("link", name="Settings")).to_have_count(0)
    keep(ann, "annotator-project")
    ann.goto(f"/projects/{project}/images/")
    expect(ann.locator(".drop")).to_have_count(0)
    expect(ann.get_by_role("button", name="Delete")).to_have_count(0)
    ann.goto("/")
    expect(ann.get_by_text("Not shared")).to_have_count(0)
    for path in (f"/projects/{elsewhere}/", f"/api/v1/projects/{elsewhere}/"):
        assert ann.request.get(path).status == 404
    assert ann.request.get(f"/projects/{project}/settings/").status == 403

    editor = Editor.opened(ann, image)
    expect(ann.get_by_role("button", name="Add a label")).to_have_count(0)
    editor.tool("B")
    editor.key("1")
    editor.drag([(100, 100), (200, 100)])
    editor.saved()
    (made,) = editor.annotations()
    assert made["author"] == "ann"
    ann.get_by_role("button", name="Submit").click()
    expect(editor.root).not_to_have_attribute("data-image-id", str(image))
    assert editor.get(f"/api/v1/images/{image}/")["status"] == "submitted"


def test_an_invitation_works_once(product: Product, page: Page) -> None:
    project = make_project(page, "Once")
    link = invitation(page, project, "reviewer")
    joined(product, link, "rob")
    late = product.page(as_owner=False)
    late.goto(link)
    expect(late.get_by_role("heading", name="This link has ended")).to_be_visible()
    page.goto(f"/projects/{project}/people/")
    expect(page.get_by_role("row").filter(has_text="rob")).to_contain_text("reviewer")


def test_a_role_is_changed_and_taken_away(product: Product, page: Page) -> None:
    project = make_project(page, "Roles")
    kim = joined(product, invitation(page, project, "annotator"), "kim")
    page.goto(f"/projects/{project}/people/")
    row = page.get_by_role("row").filter(has_text="kim")
    row.get_by_role("combobox").select_option("lead")
    row.get_by_role("button", name="Save").click()
    kim.goto(f"/projects/{project}/")
    expect(kim.locator(".drop")).to_be_visible()

    page.goto(f"/projects/{project}/people/")
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    assert kim.request.get(f"/projects/{project}/").status == 404


def test_a_password_is_set_anew_by_a_leads_link(product: Product, page: Page) -> None:
    project = make_project(page, "Forgetful")
    lea = joined(product, invitation(page, project, "annotator"), "lea")
    page.goto(f"/projects/{project}/people/")
    page.get_by_role("row").filter(has_text="lea").get_by_role("button", name="Password").click()
    link = page.get_by_label("Link", exact=True).input_value()

    fresh = product.page(as_owner=False)
    fresh.goto(link)
    for field in fresh.locator("input[type=password]").all():
        field.fill("another long walk by the lake")
    fresh.get_by_role("button", name="Set password").click()
    fresh.goto("/login/")
    if "/login/" in fresh.url:
        fresh.get_by_label("User name").fill("lea")
        fresh.get_by_label("Password").fill("another long walk by the lake")
        fresh.get_by_role("button", name="Log in").click()
    fresh.goto(f"/projects/{project}/")
    expect(fresh.get_by_role("heading", name="Forgetful")).to_be_visible()
    assert lea.request.get("/api/v1/me/").status == 401
