"""Labels and members, as a browser without scripts sees them."""

from __future__ import annotations

import pytest

from projects.models import Image, Label
from tests.factories import (
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


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
    archived = alice.get(address).text
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
    assert "The key 1 belongs to car" in answer.text
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

    made = alice.post(address, {"do": "invite", "invite-role": "reviewer"}).text
    later = alice.get(address).text
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

    assert "last lead" in answer.text
    assert project.memberships.filter(user=lead).exists()
