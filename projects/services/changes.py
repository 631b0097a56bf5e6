"""Many changes to one image at once, of which none can stop another."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from projects.errors import ApplicationError, TooLarge
from projects.models import Image, User
from projects.services.annotations import Saved, change_object, open_image
from projects.services.change_requests import Change


@transaction.atomic
def apply_changes(
    *, image: Image, user: User, changes: Sequence[Change | ApplicationError]
) -> list[Saved | ApplicationError]:
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
    outcomes: list[Saved | ApplicationError] = []
    for change in changes:
        if isinstance(change, ApplicationError):
            outcomes.append(change)
            continue
        try:
            with transaction.atomic():
                outcomes.append(change_object(opened=opened, change=change))
        except ApplicationError as refusal:
            outcomes.append(refusal)
    return outcomes
