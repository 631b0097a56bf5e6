"""Writing annotations: numbers, pointers and the refusal of stale bases."""

from __future__ import annotations

import uuid
from dataclasses import replace

import numpy as np
import pytest

from projects.errors import Conflict, InvalidInput, StaleRevision
from projects.masks.rle import from_bitmap
from projects.masks.types import InvalidMask
from projects.models import Annotation, Image, Project, Revision
from projects.services.revisions import (
    ObjectState,
    create_annotations,
    object_state,
    revise_annotation,
)
from tests.factories import make_image, make_label, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def image() -> Image:
    return make_image(make_project())


def square(image: Image, side: int = 2) -> ObjectState:
    mask = np.zeros(image.size_hw, dtype=bool)
    mask[1 : 1 + side, 1 : 1 + side] = True
    return ObjectState(rle=from_bitmap(mask), label_id=None, state="suggested", source="model")


def create(image: Image, *states: ObjectState) -> list[Annotation]:
    entries = [(uuid.uuid4(), state) for state in states]
    return create_annotations(image=image, entries=entries, author=None, cause="prelabel")


def test_new_annotations_are_numbered_in_their_order_and_point_to_their_first_revision(
    image: Image,
) -> None:
    made = create(image, square(image, 1), square(image, 2), square(image, 3))

    assert [a.number for a in made] == [1, 2, 3]
    assert [a.area for a in made] == [1, 4, 9]
    assert [a.current.number for a in made] == [1, 1, 1]
    assert [a.current.area for a in made] == [1, 4, 9]
    assert (made[2].bbox_x, made[2].bbox_y, made[2].bbox_w, made[2].bbox_h) == (1, 1, 3, 3)


def test_numbers_go_on_where_the_last_batch_ended(image: Image) -> None:
    create(image, square(image), square(image))

    (third,) = create(image, square(image))

    assert third.number == 3
    assert Project.objects.get().next_annotation_number == 4


def test_many_annotations_take_few_statements(
    image: Image, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        create(image, *[square(image)] * 40)

    assert Annotation.objects.filter(current__number=1).count() == 40


def test_no_entries_write_nothing(image: Image) -> None:
    assert create(image) == []
    assert Project.objects.get().next_annotation_number == 1


def test_an_id_that_the_image_has_is_a_conflict(image: Image) -> None:
    (there,) = create(image, square(image))

    with pytest.raises(Conflict) as caught:
        create_annotations(
            image=image,
            entries=[(uuid.uuid4(), square(image)), (there.uuid, square(image))],
            author=None,
            cause="edit",
        )

    assert caught.value.code == "annotation_exists"
    assert caught.value.facts["ids"] == [str(there.uuid)]
    assert Annotation.objects.count() == 1


def test_the_same_id_twice_in_a_batch_is_refused(image: Image) -> None:
    entry = (uuid.uuid4(), square(image))

    with pytest.raises(InvalidInput):
        create_annotations(image=image, entries=[entry, entry], author=None, cause="edit")


def test_the_same_id_may_be_on_two_images(image: Image) -> None:
    other = make_image(image.project)
    same = uuid.uuid4()

    for target in (image, other):
        create_annotations(
            image=target, entries=[(same, square(target))], author=None, cause="edit"
        )

    assert Annotation.objects.filter(uuid=same).count() == 2


def test_a_mask_of_another_size_is_refused(image: Image) -> None:
    other = make_image(image.project, width=9, height=9)

    with pytest.raises(InvalidMask, match="9x9, image is 6x8"):
        create(image, square(other))


def test_a_state_survives_the_database(image: Image) -> None:
    label = make_label(image.project)
    state = ObjectState(
        rle=square(image).rle,
        label_id=label.pk,
        state="confirmed",
        source="import",
        z=-3,
        iscrowd=True,
        attributes={"occluded": ["left", None, 1.5]},
        score=0.25,
        stability=0.5,
        disagreement=1.0,
        model="classic@1",
    )

    (made,) = create(image, state)

    assert object_state(Revision.objects.get(annotation=made), image.size_hw) == state


def test_a_revision_moves_the_pointer_and_the_copies(image: Image) -> None:
    alice = make_user("alice")
    label = make_label(image.project)
    (made,) = create(image, square(image))

    revised = revise_annotation(
        annotation=made,
        state=replace(square(image, 3), label_id=label.pk, state="confirmed"),
        base_revision=1,
        author=alice,
        cause="edit",
    )

    assert revised.current is not None
    assert (revised.current.number, revised.current.author) == (2, alice)
    assert (revised.area, revised.label, revised.state) == (9, label, "confirmed")
    assert list(made.revisions.values_list("number", "area")) == [(1, 4), (2, 9)]
    assert revised.updated_at > made.updated_at


@pytest.mark.parametrize("base", [0, 1, 3, 2**31 - 1])
def test_a_stale_base_revision_is_refused_with_the_current_number(image: Image, base: int) -> None:
    (made,) = create(image, square(image))
    revise_annotation(
        annotation=made, state=square(image, 3), base_revision=1, author=None, cause="edit"
    )

    with pytest.raises(StaleRevision) as caught:
        revise_annotation(
            annotation=made, state=square(image, 1), base_revision=base, author=None, cause="edit"
        )

    assert caught.value.facts == {"current_revision": 2}
    assert made.revisions.count() == 2
