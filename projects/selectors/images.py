"""Reads of images: lists with named filters, one image, its neighbours, what lies on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now

from projects.errors import InvalidInput, NotFound
from projects.models import (
    Annotation,
    AnnotationState,
    Image,
    ImageTag,
    Membership,
    Project,
    Role,
    User,
)
from projects.policy import Action, require, within

# What lists may be ordered by, and the column (never NULL) that it means.
ORDERINGS = {
    "number": "number",
    "-number": "-number",
    "priority": "priority",
    "-priority": "-priority",
    "created_at": "created_at",
    "-created_at": "-created_at",
    "name": "name",
    "-name": "-name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFilters:
    """Which images of a project; what is left out does not narrow.

    Attributes:
        statuses: Any of these.
        split: One of the words, "" for images without one, None for all.
        label_id: At least one live object carries it.
        tag_id: The image carries it.
        assignee: A user name; "" for images of nobody.
        search: A part of the name, in any case.
        deleted: The deleted ones instead; only leads see any.
    """

    statuses: tuple[str, ...] = ()
    split: str | None = None
    label_id: int | None = None
    tag_id: int | None = None
    assignee: str | None = None
    search: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ObjectCounts:
    """How many objects of an image are whose word."""

    confirmed: int = 0
    suggested: int = 0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An image's place in a list: ids beside it, its position from 1, and the list's length."""

    previous: int | None
    next: int | None
    position: int
    count: int


def images_of(
    *, user: User, project: Project, filters: ImageFilters | None = None
) -> QuerySet[Image]:
    """The project's images that pass the filters, with people and lease.

    Raises:
        Forbidden: Deleted ones are asked for by somebody who may not delete.
    """
    chosen = filters or ImageFilters()
    if chosen.deleted:
        require(user=user, project=project, action=Action.DELETE_IMAGES)
    rows = _visible(user).filter(project=project, deleted_at__isnull=not chosen.deleted)
    return rows.filter(_condition(chosen))


def get_image(*, user: User, image_id: int) -> Image:
    """One image that is not deleted.

    Raises:
        NotFound: There is none that the user may know of.
    """
    return _one(_visible(user).filter(pk=image_id, deleted_at__isnull=True))


def get_image_even_deleted(*, user: User, image_id: int) -> Image:
    """One image; a deleted one only for the project's leads.

    Raises:
        NotFound: There is none that the user may know of.
    """
    return _one(_visible(user).filter(pk=image_id))


def count_objects(*, image_ids: Iterable[int]) -> dict[int, ObjectCounts]:
    """Counts for images that the caller has checked, all in one statement."""
    ids = [*image_ids]
    rows = (
        Annotation.objects.filter(
            image_id__in=ids, state__in=[AnnotationState.CONFIRMED, AnnotationState.SUGGESTED]
        )
        .order_by()
        .values_list("image_id", "state")
        .annotate(count=Count("pk"))
    )
    found: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    for image_id, state, count in rows:
        found[image_id][state] = count
    return {pk: ObjectCounts(**counts) for pk, counts in found.items()}


def neighbours_of(
    *, user: User, image: Image, ordering: str = "number", filters: ImageFilters | None = None
) -> Neighbours:
    """The image's place among those of its project that pass the filters.

    The image itself need not pass them; it then stands between those that do.

    Raises:
        InvalidInput: There is no such ordering.
    """
    column = _column(ordering)
    rows = images_of(user=user, project=image.project, filters=filters)
    before, after = (_beside(rows, image, column, ahead=ahead) for ahead in (False, True))
    return Neighbours(
        previous=before.values_list("pk", flat=True).first(),
        next=after.values_list("pk", flat=True).first(),
        position=before.count() + 1,
        count=rows.count(),
    )


def images_around(
    *,
    user: User,
    image: Image,
    reach: int,
    ordering: str = "number",
    filters: ImageFilters | None = None,
) -> tuple[list[Image], list[Image]]:
    """Up to ``reach`` images that pass the filters on each side of the image, in the list's order.

    Raises:
        InvalidInput: There is no such ordering.
    """
    column = _column(ordering)
    rows = images_of(user=user, project=image.project, filters=filters)
    before, after = (_beside(rows, image, column, ahead=ahead)[:reach] for ahead in (False, True))
    return [*before][::-1], [*after]


def _visible(user: User) -> QuerySet[Image]:
    led = Membership.objects.filter(user=user, role=Role.LEAD).values("project_id")
    rows = within(Image.objects.all(), user=user)
    rows = rows.filter(Q(deleted_at__isnull=True) | Q(project__in=led))
    is_leased = ExpressionWrapper(Q(lease_until__gt=Now()), output_field=BooleanField())
    return rows.select_related("project", "assignee", "reviewer", "lease_user").annotate(
        is_leased=is_leased
    )


def _condition(filters: ImageFilters) -> Q:
    condition = Q()
    if filters.statuses:
        condition &= Q(status__in=filters.statuses)
    if filters.split is not None:
        condition &= Q(split=filters.split)
    if filters.label_id is not None:
        labelled = Annotation.objects.filter(
            label_id=filters.label_id,
            state__in=[AnnotationState.CONFIRMED, AnnotationState.SUGGESTED],
        )
        condition &= Q(pk__in=labelled.values("image_id"))
    if filters.tag_id is not None:
        tagged = ImageTag.objects.filter(tag_id=filters.tag_id)
        condition &= Q(pk__in=tagged.values("image_id"))
    if filters.assignee is not None:
        named = Q(assignee__username=filters.assignee)
        condition &= named if filters.assignee else Q(assignee__isnull=True)
    if filters.search:
        condition &= Q(name__icontains=filters.search)
    return condition


def _one(rows: QuerySet[Image]) -> Image:
    image = rows.first()
    if image is None:
        raise NotFound("There is no such image.")
    return image


def _column(ordering: str) -> str:
    if ordering not in ORDERINGS:
        raise InvalidInput(
            f"ordering is {ordering[:60]!a}; known are {', '.join(ORDERINGS)}.", code="bad_ordering"
        )
    return ORDERINGS[ordering]


def _beside(rows: QuerySet[Image], image: Image, column: str, *, ahead: bool) -> QuerySet[Image]:
    """The rows before or after the image, nearest first; ties go by rising id, as lists do."""
    name = column.lstrip("-")
    sign, side = ("", "gt") if column.startswith("-") != ahead else ("-", "lt")
    tie_sign, tie_side = ("", "gt") if ahead else ("-", "lt")
    value = getattr(image, name)
    further = Q(**{f"{name}__{side}": value})
    beside = rows.filter(further | Q(**{name: value, f"pk__{tie_side}": image.pk}))
    return beside.order_by(f"{sign}{name}", f"{tie_sign}pk")
