"""Images and queue, as a browser without scripts sees them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from projects.models import Image
from tests.factories import (
    add_member,
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_selected_images_are_split_assigned_deleted_and_restored(alice, project):
    bob = make_user("bob")
    add_member(project, bob, "annotator")
    images = [make_image(project) for _ in range(3)]
    address = f"/projects/{project.pk}/images/"
    two = [image.pk for image in images[:2]]

    alice.post(address, {"do": "split", "split": "val", "image": two})
    alice.post(address, {"do": "assign", "assignee": "bob", "image": two})
    alice.post(address, {"do": "delete", "image": two})
    listed = alice.get(address).text
    deleted = alice.get(address + "?deleted=1").text
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

    page = alice.get(f"/projects/{project.pk}/images/{query.format(label=label.pk)}").text

    parts = page.split('class="pick-box"')[1:]
    assert "".join(part.split("Select ")[1][0] for part in parts) == shown
    assert ("it wobbles" in page) == ("uncertainty" in query)


def test_the_next_image_opens_in_the_editor(alice, project):
    make_image(project, priority=0.1)
    unsure = make_image(project, priority=0.8)

    answer = alice.post(f"/projects/{project.pk}/queue/", {"order": "uncertainty"})

    assert answer.headers["Location"] == f"/images/{unsure.pk}/?ordering=-priority"
    page = alice.get(f"/images/{unsure.pk}/").text
    assert f'data-image-id="{unsure.pk}"' in page


@pytest.mark.parametrize("order", ["created", "random"])
def test_another_order_of_the_queue_leaves_the_editors_own(alice, project, order):
    image = make_image(project)

    answer = alice.post(f"/projects/{project.pk}/queue/", {"order": order})

    assert answer.headers["Location"] == f"/images/{image.pk}/"


@pytest.mark.parametrize("sent", [{}, {"kind": "review"}, {"order": "x"}, {"kind": "x"}])
def test_a_queue_with_nothing_in_it_says_so(alice, project, sent):
    answer = alice.post(f"/projects/{project.pk}/queue/", sent, follow=True)

    assert answer.status_code == 200
    assert 'class="notice' in answer.text


def test_the_editor_of_a_foreign_or_deleted_image_is_not_found(alice, project):
    foreign = make_image(make_project(lead=make_user("charlie")))
    deleted = make_image(project, deleted_at=timezone.now())

    for image in (foreign, deleted):
        assert alice.get(f"/images/{image.pk}/").status_code == 404
