"""Reads of annotations, their revisions and their history."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

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


def revisions_on(*, user: User, image: Image, annotation: UUID | None = None) -> QuerySet[Revision]:
    """Everything that was ever done to the image's annotations, newest first, without the masks.

    Each row has what it followed: ``label_before``, ``state_before``, ``area_before``, ``z_before``
    and ``attributes_before`` (all None for a first revision), and ``same_mask``.

    Args:
        user: Who asks.
        image: Whose annotations.
        annotation: Only this one's.
    """
    rows = Revision.objects.filter(annotation__image=image)
    if annotation is not None:
        rows = rows.filter(annotation__uuid=annotation)
    rows = within(rows, user=user, project_path="annotation__image__project")
    former = Revision.objects.filter(
        annotation=OuterRef("annotation"), number=OuterRef("number") - 1
    )
    before = {
        f"{name.removesuffix('_id')}_before": Subquery(former.values(name)[:1])
        for name in ("label_id", "state", "area", "z", "attributes", "iscrowd")
    }
    same = Exists(former.filter(counts=OuterRef("counts")))
    rows = rows.annotate(same_mask=same, **before)
    return rows.select_related("author", "annotation").defer("counts").order_by("-id")


def annotations_at(*, user: User, image: Image, revision_id: int) -> QuerySet[Revision]:
    """The image's annotations right after a revision was written, deleted ones too, by number.

    Raises:
        NotFound: The revision is none of this image.
    """
    rows = within(
        Revision.objects.filter(annotation__image=image),
        user=user,
        project_path="annotation__image__project",
    )
    if not rows.filter(pk=revision_id).exists():
        raise NotFound("There is no such revision on this image.")
    # Writers of one image wait for each other, so that its revisions are numbered in their order.
    later = Revision.objects.filter(
        annotation=OuterRef("annotation"), pk__lte=revision_id, number__gt=OuterRef("number")
    )
    rows = rows.filter(~Exists(later), pk__lte=revision_id)
    return rows.select_related("author", "annotation").order_by("annotation__number")
