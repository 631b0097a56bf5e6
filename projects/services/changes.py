"""Many changes to one image at once, of which none can stop another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction

from projects.errors import ApplicationError, TooLarge
from projects.models import Annotation, Image, User
from projects.services.annotations import (
    OpenImage,
    Saved,
    change_object,
    create_objects,
    new_state,
    open_image,
)
from projects.services.change_requests import Change
from projects.services.revisions import ObjectState

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
    uuids = [change.uuid for change in changes if isinstance(change, Change)]
    there = Annotation.objects.filter(image=opened.image, uuid__in=uuids)
    one_pass = _Pass(opened, set(there.values_list("uuid", flat=True)))
    for place, change in enumerate(changes):
        if isinstance(change, ApplicationError):
            one_pass.outcomes[place] = change
        else:
            one_pass.take(place, change)
    one_pass.create_waiting()
    return [one_pass.outcomes[place] for place in range(len(changes))]


class _Pass:
    """One way through the changes. New objects wait, to be written together in a few statements."""

    def __init__(self, opened: OpenImage, there: set[UUID]) -> None:
        self.outcomes: dict[int, Outcome] = {}
        self._opened = opened
        self._there = there
        self._waiting: dict[int, tuple[Change, ObjectState]] = {}
        self._new: set[UUID] = set()

    def take(self, place: int, change: Change) -> None:
        """Write the change, or let it wait if its object is new."""
        if change.uuid in self._new:
            self.create_waiting()
        try:
            if change.uuid in self._there:
                with transaction.atomic():
                    self.outcomes[place] = change_object(opened=self._opened, change=change)
            else:
                self._waiting[place] = change, new_state(opened=self._opened, change=change)
                self._new.add(change.uuid)
        except ApplicationError as refusal:
            self.outcomes[place] = refusal

    def create_waiting(self) -> None:
        """Write the new objects, numbered in the order of their changes."""
        entries = list(self._waiting.values())
        saved = create_objects(opened=self._opened, entries=entries)
        self.outcomes.update(zip(self._waiting, saved, strict=True))
        self._there |= self._new
        self._new.clear()
        self._waiting.clear()
