"""The one way in which annotations are written: a revision, then the pointer to it.

Nothing here asks who may do what, or what an image's status allows; the services above do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from projects.errors import Conflict, InvalidInput, StaleRevision
from projects.masks.rle import area, bbox_xywh
from projects.masks.types import InvalidMask, Rle
from projects.models import Annotation, Image, Revision, User
from projects.services.numbers import reserve_numbers

# Columns that an annotation and its current revision both hold.
_SHARED = ("label_id", "state", "source", "score", "area", "bbox_x", "bbox_y", "bbox_w", "bbox_h")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectState:
    """The whole state of an object at one time, as a revision keeps it.

    ``score`` (predicted IoU), ``stability``, ``disagreement`` (under shaken prompts) and
    ``boundary_entropy`` (bits) are 0..1; None where the model does not tell.
    """

    rle: Rle
    label_id: int | None
    state: str
    source: str
    z: int = 0
    iscrowd: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)
    score: float | None = None
    stability: float | None = None
    disagreement: float | None = None
    boundary_entropy: float | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """What an annotation is to become, and the change that says so."""

    annotation: Annotation
    state: ObjectState
    cause: str
    change_id: UUID | None = None
    change_sha256: str = ""


def object_state(revision: Revision, size_hw: tuple[int, int]) -> ObjectState:
    """Read a revision of an image of ``size_hw`` back as a value."""
    return ObjectState(
        rle=Rle(size_hw, revision.counts),
        label_id=revision.label_id,
        state=revision.state,
        source=revision.source,
        z=revision.z,
        iscrowd=revision.iscrowd,
        attributes=revision.attributes,
        score=revision.score,
        stability=revision.stability,
        disagreement=revision.disagreement,
        boundary_entropy=revision.boundary_entropy,
        model=revision.model,
    )


@transaction.atomic
def create_annotations(
    *,
    image: Image,
    entries: Sequence[tuple[UUID, ObjectState]],
    author: User | None,
    cause: str,
    change_ids: Mapping[UUID, tuple[UUID, str]] | None = None,
) -> list[Annotation]:
    """Make annotations with their first revisions, numbered in the order of ``entries``.

    Args:
        image: Where they lie.
        entries: The client-made id and the state of each.
        author: Whose work it is; nobody's for a model's.
        cause: Why, in one word: edit, prelabel, import.
        change_ids: For an annotation's id, the change that made it and that change's SHA-256.

    Raises:
        Conflict: One of the ids is taken on this image (``annotation_exists``).
        InvalidMask: A mask is not of the image's size.
    """
    if not entries:
        return []
    _check_fresh(image, [uuid for uuid, _ in entries])
    first = reserve_numbers(
        project_id=image.project_id, counter="next_annotation_number", count=len(entries)
    )
    shared = [_shared(state, image) for _, state in entries]
    annotations = Annotation.objects.bulk_create(
        Annotation(image=image, uuid=uuid, number=number, **columns)
        for number, (uuid, _), columns in zip(count(first), entries, shared, strict=False)
    )
    changes = change_ids or {}
    Revision.objects.bulk_create(
        Revision(
            annotation=annotation,
            number=1,
            author=author,
            cause=cause,
            change_id=changes.get(uuid, (None, ""))[0],
            change_sha256=changes.get(uuid, (None, ""))[1],
            **columns,
            **_own(state),
        )
        for annotation, (uuid, state), columns in zip(annotations, entries, shared, strict=True)
    )
    mine = Annotation.objects.filter(
        image=image, number__gte=first, number__lt=first + len(entries)
    )
    opening = Revision.objects.filter(annotation=OuterRef("pk"), number=1).values("pk")
    mine.update(current_id=Subquery(opening))
    return list(mine.select_related("current", "current__author").order_by("number"))


@transaction.atomic
def revise_annotation(
    *,
    annotation: Annotation,
    state: ObjectState,
    base_revision: int,
    author: User | None,
    cause: str,
    change_id: UUID | None = None,
    change_sha256: str = "",
) -> Annotation:
    """Add the revision after ``base_revision``, if that is still the current one.

    Raises:
        StaleRevision: Another revision is current; ``current_revision`` is its number.
        InvalidMask: The mask is not of the image's size.
    """
    base = Revision.objects.filter(annotation=annotation, number=base_revision).first()
    if base is None:
        raise _stale(annotation, base_revision)
    annotation.current = base
    edit = Edit(annotation, state, cause, change_id, change_sha256)
    try:
        with transaction.atomic():
            revise_annotations(image=annotation.image, edits=[edit], author=author)
    except (IntegrityError, StaleRevision) as error:
        # Somebody wrote the same number first; anything else is not ours to explain.
        if _current_number(annotation) == base_revision:
            raise
        raise _stale(annotation, base_revision) from error
    return Annotation.objects.select_related("image", "current", "current__author").get(
        pk=annotation.pk
    )


@transaction.atomic
def revise_annotations(
    *, image: Image, edits: Sequence[Edit], author: User | None
) -> list[Revision]:
    """Add a revision to each of several annotations of an image, in a few statements.

    Args:
        image: Where all of them lie.
        edits: At most one an annotation; each is based on the ``current`` that its annotation
            holds, which is the new revision afterwards.
        author: Whose work it is; nobody's for a model's.

    Raises:
        StaleRevision: Another revision of one of them is current by now.
        IntegrityError: Somebody writes a revision of the same number at the same time.
        InvalidMask: A mask is not of the image's size.
    """
    if not edits:
        return []
    revisions = Revision.objects.bulk_create(
        Revision(
            annotation=edit.annotation,
            number=current_of(edit.annotation).number + 1,
            author=author,
            cause=edit.cause,
            change_id=edit.change_id,
            change_sha256=edit.change_sha256,
            **_shared(edit.state, image),
            **_own(edit.state),
        )
        for edit in edits
    )
    unmoved = Annotation.objects.filter(
        pk__in=[edit.annotation.pk for edit in edits],
        current_id__in=[edit.annotation.current_id for edit in edits],
    )
    newest = Revision.objects.filter(
        annotation=OuterRef("pk"), pk__in=[revision.pk for revision in revisions]
    )
    copies = {name: Subquery(newest.values(name)) for name in _SHARED}
    pointer = Subquery(newest.values("pk"))
    moved = unmoved.update(current_id=pointer, updated_at=timezone.now(), **copies)
    if moved != len(edits):
        raise StaleRevision(f"{len(edits) - moved} of the objects were changed meanwhile.")
    for edit, revision in zip(edits, revisions, strict=True):
        edit.annotation.current = revision
    return revisions


def _check_fresh(image: Image, uuids: Sequence[UUID]) -> None:
    if len(set(uuids)) != len(uuids):
        raise InvalidInput("Two of the new annotations have the same id.", code="repeated_id")
    # The row lock makes the look below final: whoever adds to this image waits here.
    Image.objects.select_for_update(no_key=True).get(pk=image.pk)
    there = set(Annotation.objects.filter(image=image).values_list("uuid", flat=True))
    taken = sorted(str(uuid) for uuid in there.intersection(uuids))
    if taken:
        raise Conflict(
            f"{len(taken)} of the new annotations exist on this image.",
            code="annotation_exists",
            ids=taken,
        )


def _shared(state: ObjectState, image: Image) -> dict[str, Any]:
    """Give the values of ``_SHARED``."""
    if state.rle.size_hw != image.size_hw:
        height, width = state.rle.size_hw
        raise InvalidMask(
            f"mask is {height}x{width}, image is {image.height}x{image.width}", code="mask_size"
        )
    x, y, w, h = bbox_xywh(state.rle)
    return {
        "label_id": state.label_id,
        "state": state.state,
        "source": state.source,
        "score": state.score,
        "area": area(state.rle),
        "bbox_x": x,
        "bbox_y": y,
        "bbox_w": w,
        "bbox_h": h,
    }


def current_of(annotation: Annotation) -> Revision:
    """Give the revision that the annotation points to; every committed one has one."""
    if annotation.current is None:
        raise AssertionError(f"annotation {annotation.pk} was committed without a revision")
    return annotation.current


def _own(state: ObjectState) -> dict[str, Any]:
    """Columns that only a revision holds."""
    return {
        "counts": state.rle.counts,
        "z": state.z,
        "iscrowd": state.iscrowd,
        "attributes": state.attributes,
        "stability": state.stability,
        "disagreement": state.disagreement,
        "boundary_entropy": state.boundary_entropy,
        "model": state.model,
    }


def _current_number(annotation: Annotation) -> int:
    return Annotation.objects.values_list("current__number", flat=True).get(pk=annotation.pk) or 0


def _stale(annotation: Annotation, base_revision: int) -> StaleRevision:
    current = _current_number(annotation)
    return StaleRevision(
        f"The change is based on revision {base_revision}; the current one is {current}.",
        current_revision=current,
    )
