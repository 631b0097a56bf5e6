"""Changes to the objects of an image: put, delete and restore, each on the revision that was seen.

Writers of one image wait for each other, so that what a change was checked against still holds when
it is written. A change with an id that came before gives what it gave then, for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from projects.errors import Conflict, InvalidInput, NotFound, StaleRevision, Unprocessable
from projects.models import (
    Annotation,
    AnnotationState,
    Image,
    ImageStatus,
    Label,
    Revision,
    Source,
    User,
)
from projects.policy import Action, require
from projects.services.change_requests import Change, checked_state, content_sha256
from projects.services.judgements import note_judgements
from projects.services.revisions import (
    Edit,
    ObjectState,
    create_annotations,
    current_of,
    object_state,
    revise_annotations,
)

CLOSED = (ImageStatus.SUBMITTED, ImageStatus.ACCEPTED)
UNTOUCHED = (ImageStatus.NEW, ImageStatus.PRELABELLED)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change led to: the revision that it made, which may no longer be the current one."""

    annotation: Annotation
    revision: Revision

    @property
    def is_new(self) -> bool:
        """Whether the change made the object."""
        return self.revision.number == 1


@dataclass(frozen=True, slots=True)
class OpenImage:
    """An image whose row this transaction holds, with the labels of its project by id."""

    image: Image
    user: User
    labels: Mapping[int, Label]


@transaction.atomic
def apply_change(*, image: Image, user: User, change: Change) -> Saved:
    """Put or delete one object.

    Raises:
        NotFound: The image is deleted; or an object to delete never was.
        Forbidden: The user's role does not allow it.
        Conflict: The image is submitted or accepted, or the label archived.
        StaleRevision: Another revision is current; or the object exists, or does not.
        Unprocessable: The change's id came before with another content.
        InvalidInput: The mask, the label or the state is not possible.
    """
    return change_object(opened=open_image(image=image, user=user), change=change)


def open_image(*, image: Image, user: User) -> OpenImage:
    """Hold an image for changes until the transaction ends.

    Raises:
        NotFound: The image is deleted.
        Forbidden: The user's role does not allow it.
    """
    require(user=user, project=image.project, action=Action.ANNOTATE)
    # The row lock keeps the status, and every object's current revision, as they are checked. It
    # also orders writers: image first, then the project's counter, so that none wait in a circle.
    rows = Image.objects.select_for_update(no_key=True, of=("self",))
    held = rows.filter(pk=image.pk, deleted_at__isnull=True).select_related("project").first()
    if held is None:
        raise NotFound("There is no such image.")
    return OpenImage(held, user, Label.objects.filter(project_id=held.project_id).in_bulk())


def change_object(*, opened: OpenImage, change: Change) -> Saved:
    """Apply one change to an opened image; raises what ``apply_change`` raises."""
    annotation = _find(opened, change.uuid)
    if annotation is None:
        state = new_state(opened=opened, change=change)
        return create_objects(opened=opened, entries=[(change, state)])[0]
    earlier = _earlier(annotation, change.change_id)
    plan = planned(opened=opened, annotation=annotation, earlier=earlier, change=change)
    return plan if isinstance(plan, Saved) else edit_objects(opened=opened, edits=[plan])[0]


def planned(
    *, opened: OpenImage, annotation: Annotation, earlier: Revision | None, change: Change
) -> Saved | Edit:
    """Check a change to an object that is there: give what it led to before, or what to write.

    Args:
        opened: The object's image.
        annotation: The object with its current revision.
        earlier: The revision that a change of the same id made.
        change: What is wanted.

    Raises:
        Conflict: The image is submitted or accepted, or the label archived.
        StaleRevision: Another revision is current.
        Unprocessable: The change's id came before with another content.
        InvalidInput: The mask, the label or the state is not possible.
    """
    digest = change.sha256() if change.change_id else ""
    if earlier:
        return _repeated(annotation, earlier, digest)
    _check_open(opened.image)
    current = current_of(annotation)
    if change.base_revision != current.number:
        raise _not_based_on(change.base_revision, current.number)
    before = object_state(current, opened.image.size_hw)
    if change.wanted is None:
        if before.state == AnnotationState.DELETED:
            return Saved(annotation, current)
        gone = replace(before, state=AnnotationState.DELETED)
        return Edit(annotation, gone, "delete", change.change_id, digest)
    after = checked_state(
        wanted=change.wanted, size_hw=opened.image.size_hw, labels=opened.labels, before=before
    )
    return Edit(annotation, after, change.cause, change.change_id, digest)


def edit_objects(*, opened: OpenImage, edits: Sequence[Edit]) -> list[Saved]:
    """Write edits that ``planned`` checked, at most one an object, all in a few statements."""
    before = [current_of(edit.annotation).state for edit in edits]
    revisions = revise_annotations(image=opened.image, edits=edits, author=opened.user)
    for edit in edits:
        _advance(opened.image, edit.state)
    after = [edit.state.state for edit in edits]
    note_judgements(image=opened.image, moves=list(zip(before, after, strict=True)))
    return [
        Saved(edit.annotation, revision) for edit, revision in zip(edits, revisions, strict=True)
    ]


def new_state(*, opened: OpenImage, change: Change) -> ObjectState:
    """Check a change to an object that the opened image does not have yet.

    Raises:
        NotFound: It is a deletion.
        StaleRevision: It is based on a revision.
        Conflict: The image is submitted or accepted, or the label archived.
        InvalidInput: The mask, the label or the state is not possible.
    """
    _check_open(opened.image)
    if change.wanted is None:
        raise NotFound("There is no such annotation.", code="annotation_unknown")
    if change.base_revision is not None:
        raise _not_based_on(change.base_revision, None)
    return checked_state(
        wanted=change.wanted, size_hw=opened.image.size_hw, labels=opened.labels, before=None
    )


def create_objects(
    *, opened: OpenImage, entries: Sequence[tuple[Change, ObjectState]]
) -> list[Saved]:
    """Write objects that ``new_state`` checked, all in a few statements."""
    noted = {
        change.uuid: (change.change_id, change.sha256())
        for change, _ in entries
        if change.change_id
    }
    annotations = create_annotations(
        image=opened.image,
        entries=[(change.uuid, state) for change, state in entries],
        author=opened.user,
        cause="edit",
        change_ids=noted,
    )
    for _, state in entries:
        _advance(opened.image, state)
    return [Saved(annotation, current_of(annotation)) for annotation in annotations]


@transaction.atomic
def restore_annotation(
    *,
    image: Image,
    user: User,
    uuid: UUID,
    revision_number: int,
    base_revision: int | None = None,
    change_id: UUID | None = None,
) -> Saved:
    """Make an earlier revision's state the current one again, as a new revision.

    Args:
        image: Where the object is.
        user: Who restores.
        uuid: The object.
        revision_number: Whose state to take.
        base_revision: The revision that the client saw; None for whichever is current, since
            nothing is lost by it.
        change_id: Made by the client; a repeat is recognised by it.

    Raises:
        NotFound: There is no such object, or no such revision of it.
        InvalidInput: That revision is a deletion.
        Conflict: The image is submitted or accepted.
        StaleRevision: ``base_revision`` is not the current one.
        Unprocessable: The change's id came before with another content.
    """
    opened = open_image(image=image, user=user)
    annotation = _find(opened, uuid)
    if annotation is None:
        raise NotFound("There is no such annotation.")
    digest = content_sha256("restore", revision_number, base_revision) if change_id else ""
    earlier = _earlier(annotation, change_id)
    if earlier:
        return _repeated(annotation, earlier, digest)
    _check_open(opened.image)
    current = current_of(annotation).number
    if base_revision not in {None, current}:
        raise _not_based_on(base_revision, current)
    after = _state_at(annotation, revision_number, opened.image.size_hw)
    edit = Edit(annotation, after, "restore", change_id, digest)
    return edit_objects(opened=opened, edits=[edit])[0]


def _find(opened: OpenImage, uuid: UUID) -> Annotation | None:
    rows = Annotation.objects.filter(image=opened.image, uuid=uuid)
    return rows.select_related("image", "current__author").first()


def _state_at(annotation: Annotation, number: int, size_hw: tuple[int, int]) -> ObjectState:
    source = Revision.objects.filter(annotation=annotation, number=number).first()
    if source is None:
        raise NotFound("There is no such revision.")
    if source.state == AnnotationState.DELETED:
        raise InvalidInput(
            f"Revision {number} is a deletion; restore one before it.", code="revision_deleted"
        )
    return object_state(source, size_hw)


def _earlier(annotation: Annotation, change_id: UUID | None) -> Revision | None:
    if change_id is None:
        return None
    revisions = Revision.objects.filter(annotation=annotation, change_id=change_id)
    return revisions.select_related("author").first()


def _repeated(annotation: Annotation, earlier: Revision, digest: str) -> Saved:
    if earlier.change_sha256 != digest:
        raise Unprocessable(
            "A change with this id came before, with another content.", code="change_id_reused"
        )
    return Saved(annotation, earlier)


def _check_open(image: Image) -> None:
    if image.status in CLOSED:
        raise Conflict(
            f"The image is {image.status}; it must be reopened before it can be changed.",
            code="image_closed",
            image_status=image.status,
        )


def _advance(image: Image, state: ObjectState) -> None:
    """Note that work on the image has begun; a program's suggestions only pre-label it."""
    by_program = state.state == AnnotationState.SUGGESTED and state.source != Source.MANUAL
    reached = ImageStatus.PRELABELLED if by_program else ImageStatus.IN_PROGRESS
    if image.status in UNTOUCHED and image.status != reached:
        Image.objects.filter(pk=image.pk).update(status=reached)
        image.status = reached


def _not_based_on(base: int | None, current: int | None) -> StaleRevision:
    if base is None:
        said = f"The object exists already, at revision {current}."
    elif current is None:
        said = f"The change is based on revision {base} of an object that does not exist."
    else:
        said = f"The change is based on revision {base}; the current one is {current}."
    return StaleRevision(said, current_revision=current)
