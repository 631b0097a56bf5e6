"""Writes of a project's tags, and of which images carry them. A tag in use is archived."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from projects.errors import Conflict, InvalidInput, NotFound, sentence
from projects.models import Image, ImageStatus, ImageTag, Project, Role, Tag, User
from projects.policy import Action, require
from projects.services.names import clean_name
from projects.services.unused import delete_if_unused

MAX_TAGS = 500  # of one project
CLOSED = (ImageStatus.SUBMITTED, ImageStatus.ACCEPTED)


@transaction.atomic
def add_tag(*, user: User, project: Project, name: str) -> Tag:
    """Add a tag to the project's words.

    Raises:
        Forbidden: If the user's role does not allow it.
        Conflict: If the name is taken.
        InvalidInput: If the name breaks its rule, or there are MAX_TAGS.
    """
    require(user=user, project=project, action=Action.MANAGE_LABELS)
    # The row lock keeps two tags from taking one name between look and write.
    Project.objects.select_for_update().get(pk=project.pk)
    present = list(Tag.objects.filter(project=project))
    if len(present) >= MAX_TAGS:
        raise InvalidInput(f"A project has at most {MAX_TAGS} tags.", "too_many_tags")
    tag = Tag(project=project, name=_clean_tag_name(name))
    _refuse_clash(tag, present)
    tag.save()
    return tag


@transaction.atomic
def edit_tag(*, user: User, tag: Tag, changes: Mapping[str, Any]) -> Tag:
    """Change any of name and archived.

    Raises:
        Forbidden: If the user's role does not allow it.
        Conflict: If the name is taken.
        InvalidInput: If the name breaks its rule.
    """
    require(user=user, project=tag.project, action=Action.MANAGE_LABELS)
    Project.objects.select_for_update().get(pk=tag.project_id)
    if "name" in changes:
        tag.name = _clean_tag_name(changes["name"])
    if "archived" in changes:
        tag.archived = bool(changes["archived"])
    _refuse_clash(tag, Tag.objects.filter(project=tag.project_id).exclude(pk=tag.pk))
    tag.save(update_fields=["name", "archived"])
    return tag


def delete_tag(*, user: User, tag: Tag) -> Tag | None:
    """Delete a tag that no image carries; archive one that some do.

    Returns:
        The archived tag, or None if it is gone.

    Raises:
        Forbidden: If the user's role does not allow it.
    """
    require(user=user, project=tag.project, action=Action.MANAGE_LABELS)
    if delete_if_unused(tag):
        return None
    return edit_tag(user=user, tag=tag, changes={"archived": True})


@transaction.atomic
def tag_image(*, user: User, image: Image, add: Collection[int], remove: Collection[int]) -> None:
    """Put tags on an image and take others off; what is there or gone already stays so.

    Args:
        user: Who says so.
        image: Which image.
        add: Ids of tags.
        remove: Ids of tags.

    Raises:
        NotFound: If the image is deleted.
        Forbidden: If the user's role does not allow it.
        Conflict: If the image is submitted or accepted and the user is no reviewer, or a tag to add
            is archived.
        InvalidInput: If a tag is not the project's, or to be added and removed at once.
    """
    role = require(user=user, project=image.project, action=Action.ANNOTATE)
    # The row lock keeps the status as it is checked.
    held = Image.objects.select_for_update(no_key=True).filter(pk=image.pk, deleted_at=None).first()
    if held is None:
        raise NotFound("There is no such image.")
    if held.status in CLOSED and role == Role.ANNOTATOR:
        raise Conflict(
            f"The image is {held.status}; a reviewer can tag it.",
            "image_closed",
            image_status=held.status,
        )
    known = Tag.objects.filter(project=image.project_id).in_bulk()
    _check_tags(known, add, remove)
    ImageTag.objects.filter(image=image, tag__in=remove).delete()
    there = set(ImageTag.objects.filter(image=image).values_list("tag_id", flat=True))
    fresh = sorted(set(add) - there)
    ImageTag.objects.bulk_create(ImageTag(image=image, tag_id=pk, author=user) for pk in fresh)


def _check_tags(known: Mapping[int, Tag], add: Collection[int], remove: Collection[int]) -> None:
    for pk in {*add, *remove}:
        if pk not in known:
            raise InvalidInput(f"The project has no tag {pk}.", "tag_unknown", tag=pk)
    both = set(add) & set(remove)
    if both:
        name = known[min(both)].name
        raise InvalidInput(f"The tag {name} is to be added and removed at once.", "tag_both")
    for pk in add:
        if known[pk].archived:
            raise Conflict(f"The tag {known[pk].name} is archived.", "tag_archived", tag=pk)


def _clean_tag_name(value: str) -> str:
    return clean_name(value, what="The tag's name")


def _refuse_clash(tag: Tag, others: Iterable[Tag]) -> None:
    for other in others:
        # casefold in both databases alike: SQLite's LOWER knows ASCII only
        if other.name.casefold() == tag.name.casefold():
            note = sentence(" (archived)") if other.archived else ""
            raise Conflict(
                f"There is a tag {other.name}{note} already.", "tag_name_taken", tag=other.pk
            )
