"""The pages of projects, as a browser without scripts sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from projects.models import Image, Label, Membership, Project, User
from tests.factories import (
    add_member,
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return make_user("alice")


@pytest.fixture
def alice(lead) -> Client:
    return browser_of(lead)


@pytest.fixture
def project(lead) -> Project:
    return make_project(lead=lead)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(answer) -> str:
    return answer.content.decode()


PAGES = [
    "",
    "images/",
    "queue/",
    "schema/",
    "people/",
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
    assert "<b>bold</b>" not in text(answer)
    assert " style=" not in text(answer)
    assert "<script>" not in text(answer)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_no_page_of_a_project(project, page, method):
    charlie = browser_of(make_user("charlie"))

    answer = getattr(charlie, method)(f"/projects/{project.pk}/{page}", {"do": "delete"})

    assert answer.status_code in {404, 405}
    assert project.name not in text(answer)


@pytest.mark.parametrize("page", [*PAGES, "restore/"])
def test_without_an_account_every_page_asks_to_log_in(client, project, page):
    method = client.post if page == "restore/" else client.get

    answer = method(f"/projects/{project.pk}/{page}")

    assert answer.headers["Location"].startswith("/login/?next=/projects/")


@pytest.mark.parametrize("page", ["/", "/jobs/", "/models/", "/account/", "/help/"])
def test_pages_of_the_house_open_for_everybody_with_an_account(page):
    answer = browser_of(make_user("nobody")).get(page)

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        ("annotator", {"exports/", "settings/", "prelabel/"}),
        ("reviewer", {"settings/", "prelabel/"}),
    ],
)
def test_members_see_what_their_role_allows(project, role, closed):
    bob = make_user("bob")
    add_member(project, bob, role)
    client = browser_of(bob)

    shut = {p for p in PAGES if client.get(f"/projects/{project.pk}/{p}").status_code == 403}

    assert shut == closed


@pytest.mark.parametrize("page", ["images/", "schema/", "people/", "settings/"])
def test_annotators_change_nothing_by_pages(project, page):
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
    assert words in text(answer)
    assert not Project.objects.exists()


@pytest.mark.parametrize("total", ["1", "95", "0", "", "x", "²", "9" * 30])
def test_more_rows_keep_what_was_typed(alice, total):
    sent = {"name": "Park", **label_rows("dog"), "labels-TOTAL_FORMS": total, "more": "1"}

    answer = alice.post("/projects/new/", sent)

    rows = text(answer).count('aria-label="Supercategory"')
    assert answer.status_code == 200
    assert 'value="Park"' in text(answer)
    assert 6 <= rows <= 96
    assert not Project.objects.exists()


def test_cards_say_how_far_a_project_is(alice, project):
    for status in ("new", "submitted", "accepted", "accepted"):
        make_image(project, status=status)

    shown = text(alice.get("/"))

    assert "3 of 4 labelled" in shown
    assert 'aria-label="2 done, 1 in review, 0 in work, 1 to do"' in shown


def test_a_deleted_project_is_restored_from_the_list(alice, project):
    alice.post(f"/projects/{project.pk}/settings/", {"do": "delete"})
    gone = alice.get(f"/projects/{project.pk}/").status_code
    listed = text(alice.get("/"))
    alice.post(f"/projects/{project.pk}/restore/")

    assert gone == 404
    assert f'action="/projects/{project.pk}/restore/"' in listed
    assert alice.get(f"/projects/{project.pk}/").status_code == 200


def test_settings_are_saved(alice, project):
    sent = {"name": "Roads", "description": "a\r\nb", "segmenter": "classic", "panoptic": "on"}

    alice.post(f"/projects/{project.pk}/settings/", sent)

    project.refresh_from_db()
    assert (project.name, project.description, project.panoptic) == ("Roads", "a\nb", True)


def schema_row(label: Label, **changes: str) -> dict[str, object]:
    row = {"name": label.name, "color": label.color, "kind": "thing", "hotkey": label.hotkey}
    prefix = f"label{label.pk}"
    return {"label": label.pk, **{f"{prefix}-{key}": v for key, v in {**row, **changes}.items()}}


def test_labels_are_added_renamed_moved_archived_and_used_again(alice, project):
    address = f"/projects/{project.pk}/schema/"
    for name in ("car", "bus"):
        alice.post(
            address,
            {"do": "add", "new-name": name, "new-color": "#aabbcc", "new-kind": "thing"},
        )
    car, bus = project.labels.order_by("number")
    make_annotation(make_image(project), label=car)

    alice.post(address, {"do": "save", **schema_row(bus, name="coach", kind="stuff", hotkey="7")})
    alice.post(address, {"do": "up", "label": bus.pk})
    alice.post(address, {"do": "remove", "label": car.pk})
    archived = text(alice.get(address))
    alice.post(address, {"do": "restore", "label": car.pk})

    car.refresh_from_db()
    bus.refresh_from_db()
    assert (bus.name, bus.is_thing, bus.hotkey, bus.order) == ("coach", False, "7", 0)
    assert "Use again" in archived
    assert not car.archived


def test_a_taken_key_is_said_and_changes_nothing(alice, project):
    car, bus = make_label(project, "car", hotkey="1"), make_label(project, "bus", hotkey="2")

    answer = alice.post(
        f"/projects/{project.pk}/schema/",
        {"do": "save", **schema_row(bus, hotkey="1")},
        follow=True,
    )

    bus.refresh_from_db()
    assert "The key 1 belongs to car" in text(answer)
    assert (car.hotkey, bus.hotkey) == ("1", "2")


def test_things_of_another_project_are_not_found_through_this_one(alice, lead, project):
    foreign = make_project(lead=make_user("charlie"))
    other = make_project(lead=lead, name="Other")
    for theirs in (foreign, other):
        label, image = make_label(theirs), make_image(theirs)
        member = theirs.memberships.get()

        for page, sent in (
            ("schema/", {"do": "remove", "label": label.pk}),
            ("people/", {"do": "role", "member": member.pk, "role": "annotator"}),
            ("people/", {"do": "reset", "member": member.pk}),
            ("people/", {"do": "revoke", "invitation": 1}),
            ("jobs/", {"do": "cancel", "job": 1}),
        ):
            answer = alice.post(f"/projects/{project.pk}/{page}", sent)
            assert answer.status_code == 404, (page, sent)
        alice.post(f"/projects/{project.pk}/images/", {"do": "delete", "image": image.pk})

    assert Label.objects.count() == 2
    assert not Image.objects.filter(deleted_at__isnull=False).exists()


def test_a_link_is_shown_once_and_invitations_are_withdrawn(alice, project):
    address = f"/projects/{project.pk}/people/"

    made = text(alice.post(address, {"do": "invite", "invite-role": "reviewer"}))
    later = text(alice.get(address))
    invitation = project.invitations.get()
    alice.post(address, {"do": "revoke", "invitation": invitation.pk})

    assert "/invite/" in made
    assert "/invite/" not in later
    assert "Withdraw" in later
    assert not project.invitations.exists()


def test_members_are_added_promoted_and_removed(alice, lead, project):
    address = f"/projects/{project.pk}/people/"
    bob = make_user("bob")

    alice.post(address, {"do": "add", "add-username": "bob", "add-role": "annotator"})
    member = project.memberships.get(user=bob)
    alice.post(address, {"do": "role", "member": member.pk, "role": "lead"})
    last = alice.post(address, {"do": "remove", "member": project.memberships.get(user=lead).pk})

    member.refresh_from_db()
    assert member.role == "lead"
    assert last.headers["Location"] == "/"
    assert not project.memberships.filter(user=lead).exists()


def test_the_last_lead_is_told_why_they_stay(alice, lead, project):
    member = project.memberships.get(user=lead)

    answer = alice.post(
        f"/projects/{project.pk}/people/", {"do": "remove", "member": member.pk}, follow=True
    )

    assert "last lead" in text(answer)
    assert project.memberships.filter(user=lead).exists()


def test_selected_images_are_split_assigned_deleted_and_restored(alice, project):
    bob = make_user("bob")
    add_member(project, bob, "annotator")
    images = [make_image(project) for _ in range(3)]
    address = f"/projects/{project.pk}/images/"
    two = [image.pk for image in images[:2]]

    alice.post(address, {"do": "split", "split": "val", "image": two})
    alice.post(address, {"do": "assign", "assignee": "bob", "image": two})
    alice.post(address, {"do": "delete", "image": two})
    listed = text(alice.get(address))
    deleted = text(alice.get(address + "?deleted=1"))
    alice.post(address + "?deleted=1", {"do": "restore", "image": two})

    assert images[2].name in listed
    assert images[0].name not in listed
    assert images[0].name in deleted
    assert sorted(
        Image.objects.filter(split="val", assignee=bob, deleted_at=None).values_list(
            "pk", flat=True
        )
    ) == sorted(two)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "abc"),
        ("?status=new", "a"),
        ("?status=accepted", "c"),
        ("?split=val", "b"),
        ("?split=none", "ac"),
        ("?q=B", "b"),
        ("?label={label}", "b"),
        ("?sort=uncertainty", "cba"),
        ("?status=nonsense&sort=password&split=x&label=-1&page=zero", "abc"),
        ("?q=%00", "abc"),
        ("?label=99999999999999999999", "abc"),
    ],
)
def test_filters_are_links_that_narrow(alice, project, query, shown):
    label = make_label(project)
    make_image(project, name="a", priority=0.1)
    b = make_image(project, name="b", split="val", priority=0.5, status="in_progress")
    make_image(project, name="c", priority=0.9, status="accepted", priority_reason="it wobbles")
    make_annotation(b, label=label)

    page = text(alice.get(f"/projects/{project.pk}/images/{query.format(label=label.pk)}"))

    parts = page.split('class="pick-box"')[1:]
    assert "".join(part.split("Select ")[1][0] for part in parts) == shown
    assert ("it wobbles" in page) == ("uncertainty" in query)


def test_the_next_image_opens_in_the_editor(alice, project):
    make_image(project, priority=0.1)
    unsure = make_image(project, priority=0.8)

    answer = alice.post(f"/projects/{project.pk}/queue/", {"order": "uncertainty"})

    assert answer.headers["Location"] == f"/images/{unsure.pk}/"
    page = text(alice.get(f"/images/{unsure.pk}/"))
    assert f'data-image-id="{unsure.pk}"' in page


@pytest.mark.parametrize("sent", [{}, {"kind": "review"}, {"order": "x"}, {"kind": "x"}])
def test_a_queue_with_nothing_in_it_says_so(alice, project, sent):
    answer = alice.post(f"/projects/{project.pk}/queue/", sent, follow=True)

    assert answer.status_code == 200
    assert 'class="notice' in text(answer)


def test_the_editor_of_a_foreign_or_deleted_image_is_not_found(alice, project):
    foreign = make_image(make_project(lead=make_user("charlie")))
    deleted = make_image(project, deleted_at=timezone.now())

    for image in (foreign, deleted):
        assert alice.get(f"/images/{image.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("put", "/"),
        ("get", "/projects/1/restore/"),
        ("put", "/projects/1/schema/"),
        ("post", "/help/"),
        ("post", "/jobs/"),
        ("post", "/images/1/"),
        ("post", "/models/"),
        ("delete", "/projects/1/"),
    ],
)
def test_a_method_that_a_page_lacks_is_405(alice, method, address):
    assert getattr(alice, method)(address).status_code == 405


def test_a_page_that_there_is_not_says_so_in_our_own_words(alice):
    answer = alice.get("/nowhere/")

    assert answer.status_code == 404
    assert "There is nothing here" in text(answer)


def test_after_30_days_a_project_is_listed_no_more(alice, project):
    Project.objects.update(deleted_at=timezone.now() - timedelta(days=31))

    assert "restore" not in text(alice.get("/"))
    assert alice.post(f"/projects/{project.pk}/restore/").status_code in {302, 404}
    assert Project.objects.get().deleted_at is not None
