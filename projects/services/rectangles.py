"""Objects that an import knew only the box of: suggestions in the shape of it, until a mask comes.

The mask becomes the next revision of the same object, so that label, attributes and number stay,
and the box stays in its history.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from projects.models import Annotation, AnnotationState, Image, Revision, Source
from projects.services.imports import CAUSE
from projects.services.revisions import Edit, ObjectState, revise_annotations
from projects.services.suggestions import CLOSED_STATUSES, PRELABEL


def rectangles() -> QuerySet[Annotation]:
    """Imported suggestions that fill their boxes and that nobody has touched, model or person."""
    first_word = Revision.objects.filter(pk=OuterRef("current_id"), number=1, cause=CAUSE)
    return Annotation.objects.filter(
        Exists(first_word),
        state=AnnotationState.SUGGESTED,
        source=Source.IMPORT,
        area=F("bbox_w") * F("bbox_h"),
    ).order_by("number")


@transaction.atomic
def fill_rectangles(*, image: Image, masks: Mapping[int, ObjectState]) -> int:
    """Give rectangles of an image their masks, and say how many got one.

    Args:
        image: Where they lie; nothing is done if it was submitted, accepted or deleted by now.
        masks: What an annotation becomes, by its id; one that somebody has touched by now is left
            as it is.
    """
    locked = Image.objects.select_for_update(no_key=True).get(pk=image.pk)  # as whoever edits
    if locked.status in CLOSED_STATUSES or locked.deleted_at is not None:
        return 0
    rows = rectangles().filter(image=image, pk__in=list(masks)).select_related("current")
    edits = [Edit(row, masks[row.pk], PRELABEL) for row in rows]
    revise_annotations(image=image, edits=edits, author=None)
    return len(edits)
