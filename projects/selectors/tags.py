"""Reads of a project's tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from projects.errors import NotFound
from projects.models import ImageTag, Project, Tag, User
from projects.policy import within


def tags_of(*, user: User, project: Project) -> QuerySet[Tag]:
    """The project's tags by name, archived ones too."""
    return within(Tag.objects.filter(project=project), user=user).order_by("name", "id")


def get_tag(*, user: User, tag_id: int) -> Tag:
    """One tag of the user's projects.

    Raises:
        NotFound: If there is none that the user may know of.
    """
    tag = within(Tag.objects.select_related("project"), user=user).filter(pk=tag_id).first()
    if tag is None:
        raise NotFound("There is no such tag.")
    return tag


def tags_by_project(*, project_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """The tags of projects that the caller has checked, by name."""
    grouped: dict[int, list[Tag]] = defaultdict(list)
    for tag in Tag.objects.filter(project_id__in=[*project_ids]).order_by("name", "id"):
        grouped[tag.project_id].append(tag)
    return grouped


def tags_by_image(*, image_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """The tags of images that the caller has checked, by name, all in one statement."""
    rows = ImageTag.objects.filter(image_id__in=[*image_ids]).select_related("tag")
    grouped: dict[int, list[Tag]] = defaultdict(list)
    for row in rows.order_by("tag__name", "tag_id"):
        grouped[row.image_id].append(row.tag)
    return grouped
