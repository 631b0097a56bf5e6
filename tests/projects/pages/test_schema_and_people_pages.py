"""Labels and members, as a browser without scripts sees them."""

from __future__ import annotations

import pytest

from projects.models import Image, Label
from projects.services.tags import tag_image
from tests.factories import (
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_tag,
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


def test_attributes_are_given_changed_and_taken_out(alice, project):
    car = make_label(project, "car")
    address = f"/projects/{project.pk}/schema/"
    sent = {
        "do": "attributes",
        "label": car.pk,
        "attribute-0-name": "pose",
        "attribute-0-kind": "choice",
        "attribute-0-choices": "standing\r\n\r\n lying ",
        "attribute-1-name": "age",
        "attribute-1-kind": "number",
        "attribute-2-name": " ",
        "attribute-2-kind": "text",
    }

    alice.post(address, sent)
    car.refresh_from_db()
    shown = alice.get(address).text
    alice.post(address, {**sent, "attribute-0-name": ""})

    assert car.attributes == [
        {"name": "pose", "kind": "choice", "choices": ["standing", "lying"]},
        {"name": "age", "kind": "number"},
    ]
    assert "standing\nlying" in shown
    car.refresh_from_db()
    assert [one["name"] for one in car.attributes] == ["age"]


def test_attributes_that_cannot_be_are_said(alice, project):
    car = make_label(project, "car")
    sent = {"attribute-0-name": "pose", "attribute-0-kind": "choice"}

    answer = alice.post(
        f"/projects/{project.pk}/schema/",
        {"do": "attributes", "label": car.pk, **sent},
        follow=True,
    )

    assert "the choices of pose are None" in answer.text
    car.refresh_from_db()
    assert car.attributes == []


def test_tags_are_added_renamed_archived_and_used_again(alice, lead, project):
    address = f"/projects/{project.pk}/schema/"
    for name in ("night", "rain"):
        alice.post(address, {"do": "add-tag", "tag-name": name})
    night, rain = project.tags.order_by("pk")
    image = make_image(project)
    tag_image(user=lead, image=image, add=[night.pk], remove=[])

    alice.post(address, {"do": "save-tag", "tag": rain.pk, "tag-name": "wet"})
    alice.post(address, {"do": "remove-tag", "tag": night.pk})
    archived = alice.get(address).text
    alice.post(address, {"do": "remove-tag", "tag": rain.pk})
    alice.post(address, {"do": "restore-tag", "tag": night.pk})

    assert "night (archived)" in archived
    assert "wet" in archived
    assert [(tag.name, tag.archived) for tag in project.tags.all()] == [("night", False)]


def test_a_tag_of_another_project_is_not_found_through_this_one(alice, lead, project):
    tag = make_tag(make_project(lead=lead, name="Other"), "night")

    answer = alice.post(
        f"/projects/{project.pk}/schema/", {"do": "remove-tag", "tag": tag.pk}, follow=True
    )

    assert answer.status_code == 404
    assert type(tag).objects.filter(pk=tag.pk).exists()


def test_the_images_page_filters_by_tag(alice, lead, project):
    night = make_tag(project, "night")
    dark, bright = make_image(project, name="dark.png"), make_image(project, name="bright.png")
    tag_image(user=lead, image=dark, add=[night.pk], remove=[])

    page = alice.get(f"/projects/{project.pk}/images/?tag={night.pk}").text

    assert dark.name in page
    assert bright.name not in page
