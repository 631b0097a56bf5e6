"""Writes of projects: make, edit, delete for 30 days, restore, and the purge after them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from projects.errors import InvalidInput, NotFound
from projects.models import Image, Membership, Project, Role, User
from projects.models.purge import purging
from projects.policy import Action, require
from projects.selectors.clock import database_now
from projects.services import invitations, limits, login_links
from projects.services.labels import LabelDraft, write_labels
from projects.services.names import clean_name, clean_text
from projects.services.segmenter_names import segmenter_titles

logger = logging.getLogger(__name__)

KEPT_DAYS = 30  # how long a deleted project or image can be restored
MAX_DESCRIPTION = 10_000  # characters
PURGE_BATCH = 100  # images a transaction: short writes, so that others get their turn


@transaction.atomic
def create_project(
    *,
    user: User,
    name: str,
    description: str = "",
    panoptic: bool = False,
    segmenter: str = "",
    labels: Sequence[LabelDraft] = (),
) -> Project:
    """Make a project with its labels in one go; whoever makes it leads it.

    Raises:
        InvalidInput: If a name or a colour breaks its rule.
        Conflict: If two labels share a name or a key.
    """
    project = Project(
        name=_clean_project_name(name),
        description=_clean_description(description),
        panoptic=panoptic,
        created_by=user,
    )
    if segmenter:
        project.segmenter = _clean_segmenter(segmenter)
    project.save()
    Membership.objects.create(project=project, user=user, role=Role.LEAD)
    write_labels(project=project, drafts=labels)
    project.refresh_from_db()
    return project


@transaction.atomic
def edit_project(*, user: User, project: Project, changes: Mapping[str, Any]) -> Project:
    """Change any of name, description, panoptic and segmenter.

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If a field breaks its rule.
    """
    require(user=user, project=project, action=Action.EDIT_PROJECT)
    for field, value in changes.items():
        setattr(project, field, _CLEANED[field](value))
    if changes:
        project.save(update_fields=[*changes])
    return project


@transaction.atomic
def delete_project(*, user: User, project: Project) -> None:
    """Take the project out of sight; leads can restore it for 30 days.

    Raises:
        Forbidden: If the user's role does not allow it.
    """
    require(user=user, project=project, action=Action.DELETE_PROJECT)
    Project.objects.filter(pk=project.pk, deleted_at__isnull=True).update(deleted_at=Now())


@transaction.atomic
def restore_project(*, user: User, project: Project) -> Project:
    """Bring a deleted project back; one that is not deleted stays as it is.

    Raises:
        Forbidden: If the user's role does not allow it.
        NotFound: If its 30 days are over.
    """
    require(user=user, project=project, action=Action.DELETE_PROJECT)
    if project.deleted_at and project.deleted_at < database_now() - timedelta(days=KEPT_DAYS):
        raise NotFound("There is no such project.")
    Project.objects.filter(pk=project.pk).update(deleted_at=None)
    project.refresh_from_db()
    return project


def purge_expired() -> int:
    """Remove for good what was deleted more than 30 days ago, and ways in that have ended.

    Returns:
        How many projects and images went. Their files go with the storage's next collection.
    """
    now = database_now()
    limit = now - timedelta(days=KEPT_DAYS)
    limits.forget_before(moment=now - timedelta(days=1))
    login_links.forget_before(moment=limit)
    invitations.forget_before(moment=limit)
    gone = 0
    for project in Project.objects.filter(deleted_at__lt=limit):
        _purge_images({"project": project})
        with purging():
            project.delete()
        gone += 1
        logger.info("purged project %s", project.pk)
    return gone + _purge_images({"deleted_at__lt": limit})


def _purge_images(condition: Mapping[str, Any]) -> int:
    gone = 0
    while batch := list(
        Image.objects.filter(**condition).order_by("pk").values_list("pk", flat=True)[:PURGE_BATCH]
    ):
        with purging():
            Image.objects.filter(pk__in=batch).delete()
        gone += len(batch)
    return gone


def _clean_project_name(value: str) -> str:
    return clean_name(value, what="The project's name", longest=200)


def _clean_description(value: str) -> str:
    return clean_text(value, what="The description", longest=MAX_DESCRIPTION)


def _clean_segmenter(value: str) -> str:
    known = segmenter_titles()
    if value not in known:
        raise InvalidInput(
            f"There is no segmenter named {value[:60]!a}; there are {', '.join(known)}.",
            "segmenter_name",
        )
    return value


_CLEANED: Mapping[str, Callable[[Any], object]] = {
    "name": _clean_project_name,
    "description": _clean_description,
    "panoptic": bool,
    "segmenter": _clean_segmenter,
}
