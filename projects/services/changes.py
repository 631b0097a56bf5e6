"""Many changes to one image at once, of which none can stop another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction

from projects.errors import ApplicationError, TooLarge
from projects.models import Annotation, Image, Revision, User
from projects.services.annotations import (
    OpenImage,
    Saved,
    create_objects,
    edit_objects,
    new_state,
    open_image,
    planned,
)
from projects.services.change_requests import Change
from projects.services.effort import Spent, note_effort
from projects.services.revisions import Edit, ObjectState

Outcome = Saved | ApplicationError


@transaction.atomic
def apply_changes(
    *, image: Image, user: User, changes: Sequence[Change | ApplicationError]
) -> list[Outcome]:
    """Apply changes in their order and give one outcome for each; what is refused changes nothing.

    A change that could not even be read comes as the reason, and goes as its outcome.

    Raises:
        NotFound: The image is deleted.
        Forbidden: The user's role does not allow it.
        TooLarge: There are more than MAX_CHANGES_PER_REQUEST.
    """
    limit = settings.MAX_CHANGES_PER_REQUEST
    if len(changes) > limit:
        raise TooLarge(
            f"There are {len(changes)} changes; at most {limit} are taken at once.", limit=limit
        )
    opened = open_image(image=image, user=user)
    one_pass = _Pass(opened, [change for change in changes if isinstance(change, Change)])
    for place, change in enumerate(changes):
        if isinstance(change, ApplicationError):
            one_pass.outcomes[place] = change
        else:
            one_pass.take(place, change)
    one_pass.write()
    return [one_pass.outcomes[place] for place in range(len(changes))]


class _Pass:
    """One way through the changes. What is checked waits, to be written in a few statements.

    Nothing waits on an object that has been changed already: what waits is written first.
    """

    def __init__(self, opened: OpenImage, changes: Sequence[Change]) -> None:
        self.outcomes: dict[int, Outcome] = {}
        self._opened = opened
        named = Annotation.objects.filter(
            image=opened.image, uuid__in={change.uuid for change in changes}
        )
        self._there = {row.uuid: row for row in named.select_related("current__author")}
        made = Revision.objects.filter(
            annotation__in=[row.pk for row in self._there.values()],
            change_id__in={change.change_id for change in changes if change.change_id},
        ).select_related("author")
        self._earlier = {(row.annotation_id, row.change_id): row for row in made}
        self._new: dict[int, tuple[Change, ObjectState]] = {}
        self._edits: dict[int, tuple[Change, Edit]] = {}
        self._waiting: set[UUID] = set()

    def take(self, place: int, change: Change) -> None:
        """Check the change and let it wait; what is refused or repeated has its outcome at once."""
        if change.uuid in self._waiting:
            self.write()
        annotation = self._there.get(change.uuid)
        try:
            if annotation is None:
                self._new[place] = change, new_state(opened=self._opened, change=change)
                self._waiting.add(change.uuid)
            else:
                self._plan(place, annotation, change)
        except ApplicationError as refusal:
            self.outcomes[place] = refusal

    def write(self) -> None:
        """Write what waits; new objects are numbered in the order of their changes."""
        created = create_objects(opened=self._opened, entries=list(self._new.values()))
        edits = [edit for _, edit in self._edits.values()]
        edited = edit_objects(opened=self._opened, edits=edits)
        saved = dict(zip([*self._new, *self._edits], [*created, *edited], strict=True))
        self.outcomes.update(saved)
        for one in saved.values():
            self._there[one.annotation.uuid] = one.annotation
            self._earlier[one.annotation.pk, one.revision.change_id] = one.revision
        self._note_effort(saved)
        self._new.clear()
        self._edits.clear()
        self._waiting.clear()

    def _plan(self, place: int, annotation: Annotation, change: Change) -> None:
        earlier = self._earlier.get((annotation.pk, change.change_id)) if change.change_id else None
        plan = planned(opened=self._opened, annotation=annotation, earlier=earlier, change=change)
        if isinstance(plan, Saved):
            self.outcomes[place] = plan
            return
        self._edits[place] = change, plan
        self._waiting.add(change.uuid)

    def _note_effort(self, saved: Mapping[int, Saved]) -> None:
        written = self._new | self._edits
        spent = [
            Spent(saved[place].annotation, change.change_id, change.effort)
            for place, (change, _) in written.items()
            if change.change_id and change.effort
        ]
        note_effort(user=self._opened.user, spent=spent)
