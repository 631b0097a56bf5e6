"""The pages of projects, as a browser without scripts sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from projects.models import Image, Label, Membership, Project
from tests.factories import (
    add_member,
    make_annotation,
    make_image,
    make_label,
    make_user,
)

pytestmark = pytest.mark.django_db


PAGES = [
    "",
    "images/",
    "queue/",
    "schema/",
    "people/",
    "effort/",
    "jobs/",
    "exports/",
    "settings/",
    "prelabel/",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("rows", [0, 1, 70])
def test_each_page_shows_none_one_and_many(alice, lead, project, page, rows):
    for _ in range(rows):
        image = make_image(project)
    if rows:
        make_annotation(image, label=make_label(project, "<b>bold</b>"))
        make_annotation(image)

    answer = alice.get(f"/projects/{project.pk}/{page}")

    assert answer.status_code == 200
    assert "<b>bold</b>" not in answer.text
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_no_page_of_a_project(project, page, method, browser_of):
    charlie = browser_of(make_user("charlie"))

    answer = getattr(charlie, method)(f"/projects/{project.pk}/{page}", {"do": "delete"})

    assert answer.status_code in {404, 405}
    assert project.name not in answer.text


@pytest.mark.parametrize("page", [*PAGES, "restore/"])
def test_without_an_account_every_page_asks_to_log_in(client, project, page):
    method = client.post if page == "restore/" else client.get

    answer = method(f"/projects/{project.pk}/{page}")

    assert answer.headers["Location"].startswith("/login/?next=/projects/")


@pytest.mark.parametrize("page", ["/", "/jobs/", "/models/", "/account/", "/help/"])
def test_pages_of_the_house_open_for_everybody_with_an_account(page, browser_of):
    answer = browser_of(make_user("nobody")).get(page)

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        ("annotator", {"effort/", "exports/", "settings/", "prelabel/"}),
        ("reviewer", {"settings/", "prelabel/"}),
    ],
)
def test_members_see_what_their_role_allows(project, role, closed, browser_of):
    bob = make_user("bob")
    add_member(project, bob, role)
    client = browser_of(bob)

    shut = {p for p in PAGES if client.get(f"/projects/{project.pk}/{p}").status_code == 403}

    assert shut == closed


@pytest.mark.parametrize("page", ["images/", "schema/", "people/", "settings/"])
def test_annotators_change_nothing_by_pages(project, page, browser_of):
    bob = make_user("bob")
    membership = add_member(project, bob, "annotator")
    image, label = make_image(project), make_label(project)
    sent = {"member": membership.pk, "image": image.pk, "label": label.pk, "role": "lead"}
    client = browser_of(bob)

    for do in ("delete", "remove", "role", "invite", "reset", "add", "up", "split", "assign"):
        if (page, do) == ("people/", "remove"):
            continue  # everybody may leave
        answer = client.post(
            f"/projects/{project.pk}/{page}",
            {**sent, "do": do, "invite-role": "lead", "new-name": "x", "new-color": "#000000",
             "new-kind": "thing", "add-username": "alice", "add-role": "lead"},
        )  # fmt: skip
        assert answer.status_code in {302, 403}, do

    assert Membership.objects.get(user=bob).role == "annotator"
    assert not Image.objects.filter(deleted_at__isnull=False).exists()
    assert Label.objects.filter(pk=label.pk).exists()
    assert Project.objects.get().deleted_at is None
    assert Project.objects.get().invitations.count() == 0


def label_rows(*names: str) -> dict[str, str]:
    rows = {"labels-TOTAL_FORMS": str(len(names)), "labels-INITIAL_FORMS": "0"}
    for index, name in enumerate(names):
        rows |= {
            f"labels-{index}-name": name,
            f"labels-{index}-color": "#112233",
            f"labels-{index}-kind": "stuff" if name == "sky" else "thing",
            f"labels-{index}-hotkey": str(index + 1),
        }
    return rows


def test_a_form_without_scripts_makes_a_project_with_labels(alice):
    answer = alice.post("/projects/new/", {"name": "Park", **label_rows("dog", "", "sky")})

    made = Project.objects.get()
    assert answer.headers["Location"] == f"/projects/{made.pk}/"
    assert [(label.name, label.is_thing, label.hotkey) for label in made.labels.all()] == [
        ("dog", True, "1"),
        ("sky", False, "3"),
    ]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "", **label_rows()}, "This field is required"),
        ({"name": "Park", **label_rows("dog", "Dog")}, "There is a label dog already"),
        ({"name": "Park", **label_rows("a\x07")}, "cannot be shown"),
    ],
)
def test_a_project_that_cannot_be_is_said_on_the_form(alice, sent, words):
    answer = alice.post("/projects/new/", sent)

    assert answer.status_code == 200
    assert words in answer.text
    assert not Project.objects.exists()


@pytest.mark.parametrize("total", ["1", "95", "0", "", "x", "²", "9" * 30])
def test_more_rows_keep_what_was_typed(alice, total):
    sent = {"name": "Park", **label_rows("dog"), "labels-TOTAL_FORMS": total, "more": "1"}

    answer = alice.post("/projects/new/", sent)

    rows = answer.text.count('aria-label="Supercategory"')
    assert answer.status_code == 200
    assert 'value="Park"' in answer.text
    assert 6 <= rows <= 96
    assert not Project.objects.exists()


def test_cards_say_how_far_a_project_is(alice, project):
    for status in ("new", "submitted", "accepted", "accepted"):
        make_image(project, status=status)

    shown = alice.get("/").text

    assert "3 of 4 labelled" in shown
    assert 'aria-label="2 done, 1 in review, 0 in work, 1 to do"' in shown


def test_a_deleted_project_is_restored_from_the_list(alice, project):
    alice.post(f"/projects/{project.pk}/settings/", {"do": "delete"})
    gone = alice.get(f"/projects/{project.pk}/").status_code
    listed = alice.get("/").text
    alice.post(f"/projects/{project.pk}/restore/")

    assert gone == 404
    assert f'action="/projects/{project.pk}/restore/"' in listed
    assert alice.get(f"/projects/{project.pk}/").status_code == 200


def test_settings_are_saved(alice, project):
    sent = {"name": "Roads", "description": "a\r\nb", "segmenter": "classic", "panoptic": "on"}

    alice.post(f"/projects/{project.pk}/settings/", sent)

    project.refresh_from_db()
    assert (project.name, project.description, project.panoptic) == ("Roads", "a\nb", True)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("put", "/"),
        ("get", "/projects/1/restore/"),
        ("put", "/projects/1/schema/"),
        ("post", "/help/"),
        ("post", "/jobs/"),
        ("post", "/images/1/"),
        ("put", "/models/"),
        ("delete", "/projects/1/"),
    ],
)
def test_a_method_that_a_page_lacks_is_405(alice, method, address):
    assert getattr(alice, method)(address).status_code == 405


def test_a_page_that_there_is_not_says_so_in_our_own_words(alice):
    answer = alice.get("/nowhere/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_after_30_days_a_project_is_listed_no_more(alice, project):
    Project.objects.update(deleted_at=timezone.now() - timedelta(days=31))

    assert "restore" not in alice.get("/").text
    assert alice.post(f"/projects/{project.pk}/restore/").status_code in {302, 404}
    assert Project.objects.get().deleted_at is not None


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_of_failures_need_neither_request_nor_database(name):
    page = render_to_string(name)

    assert "Go to your projects" in page
    assert " style=" not in page
