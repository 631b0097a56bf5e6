"""Images are changed, deleted and restored by their leads."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from projects.errors import Conflict, Forbidden, InvalidInput, NotFound
from projects.models import Image, Role
from projects.services.blobs import check_blobs
from projects.services.images import delete_image, restore_image, update_image
from tests.factories import add_member, make_user
from tests.projects.services.stored_images import store

pytestmark = pytest.mark.django_db


def test_name_split_and_assignee_change(project, alice):
    bob = make_user("bob")
    add_member(project, bob, Role.ANNOTATOR)
    image, _ = store(project, alice)

    update_image(
        user=alice, image=image, changes={"name": "n\0.png", "split": "test", "assignee": bob}
    )

    image.refresh_from_db()
    assert (image.name, image.split, image.assignee) == ("n\ufffd.png", "test", bob)


def test_strangers_are_no_assignees(project, alice):
    image, _ = store(project, alice)

    with pytest.raises(InvalidInput, match="no member"):
        update_image(user=alice, image=image, changes={"assignee": make_user("charlie")})


@pytest.mark.parametrize(
    "write",
    [
        partial(update_image, changes={"name": "x"}),
        delete_image,
        restore_image,
    ],
)
def test_annotators_change_no_images(project, alice, write):
    bob = make_user("bob")
    add_member(project, bob, Role.ANNOTATOR)
    image, _ = store(project, alice)

    with pytest.raises(Forbidden):
        write(user=bob, image=image)


def test_deleted_images_come_back(project, alice):
    image, _ = store(project, alice)

    delete_image(user=alice, image=image)
    image.refresh_from_db()
    assert image.deleted_at is not None
    assert check_blobs().orphans == []

    assert restore_image(user=alice, image=image).deleted_at is None
    assert restore_image(user=alice, image=image).deleted_at is None


def test_deleted_image_that_was_uploaded_again_stays_deleted(project, alice):
    image, _ = store(project, alice)
    delete_image(user=alice, image=image)
    _, created = store(project, alice)
    assert created
    image.refresh_from_db()

    with pytest.raises(Conflict) as refusal:
        restore_image(user=alice, image=image)

    assert refusal.value.code == "image_exists"


def test_images_deleted_long_ago_do_not_come_back(project, alice):
    image, _ = store(project, alice)
    Image.objects.filter(pk=image.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    image.refresh_from_db()

    with pytest.raises(NotFound):
        restore_image(user=alice, image=image)
