"""Reads of what people say about places in images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from projects.errors import NotFound
from projects.models import Comment, Image, User
from projects.policy import within


def threads_on(*, user: User, image: Image, resolved: bool | None = None) -> QuerySet[Comment]:
    """The pins of an image, oldest first; only the resolved or the open ones if asked for."""
    rows = _visible(user).filter(image=image, parent__isnull=True)
    if resolved is not None:
        rows = rows.filter(resolved_at__isnull=not resolved)
    return rows.order_by("id")


def replies_to(*, threads: Iterable[Comment]) -> dict[int, list[Comment]]:
    """The answers in threads that the caller has checked, oldest first, by the thread's id."""
    rows = Comment.objects.filter(
        parent_id__in=[thread.pk for thread in threads], deleted_at__isnull=True
    )
    grouped: dict[int, list[Comment]] = defaultdict(list)
    for reply in rows.select_related("author").order_by("id"):
        grouped[reply.parent_id or 0].append(reply)
    return grouped


def get_comment(*, user: User, comment_id: int) -> Comment:
    """One comment, of an image that is not deleted.

    Raises:
        NotFound: If there is none that the user may know of.
    """
    comment = _visible(user).filter(pk=comment_id).first()
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment


def _visible(user: User) -> QuerySet[Comment]:
    rows = Comment.objects.filter(deleted_at__isnull=True, image__deleted_at__isnull=True)
    rows = within(rows, user=user, project_path="image__project")
    return rows.select_related("image__project", "author", "resolved_by", "parent")
