"""Reads of annotations, their revisions and their history."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from projects.errors import NotFound
from projects.models import Annotation, AnnotationState, Image, Revision, User
from projects.policy import within


def annotations_of(*, user: User, image: Image, with_deleted: bool = False) -> QuerySet[Annotation]:
    """The image's annotations with their current revisions, by number."""
    rows = within(Annotation.objects.filter(image=image), user=user, project_path="image__project")
    if not with_deleted:
        rows = rows.exclude(state=AnnotationState.DELETED)
    return rows.select_related("current__author").order_by("number")


def get_annotation(*, user: User, image: Image, uuid: UUID) -> Annotation:
    """One annotation with its current revision, deleted or not.

    Raises:
        NotFound: The image has none of this id.
    """
    found = annotations_of(user=user, image=image, with_deleted=True).filter(uuid=uuid).first()
    if found is None:
        raise NotFound("There is no such annotation.")
    return found


def revisions_of(*, user: User, image: Image, uuid: UUID) -> QuerySet[Revision]:
    """Every state that an annotation ever had, newest first.

    Raises:
        NotFound: The image has none of this id.
    """
    annotation = get_annotation(user=user, image=image, uuid=uuid)
    revisions = Revision.objects.filter(annotation=annotation)
    return revisions.select_related("author", "annotation").order_by("-number")


def revisions_on(*, user: User, image: Image) -> QuerySet[Revision]:
    """Everything that was ever done to the image's annotations, newest first, without the masks."""
    rows = within(
        Revision.objects.filter(annotation__image=image),
        user=user,
        project_path="annotation__image__project",
    )
    return rows.select_related("author", "annotation").defer("counts").order_by("-id")
