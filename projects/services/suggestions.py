"""Suggestions of models: written, replaced while untouched, never over what a person made.

A suggestion's id follows from image, model, settings and rank, so that a repeat finds its own work.
Untouched means: made by pre-labelling, never revised, still suggested.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from projects.masks.rle import contained, iou
from projects.masks.types import Rle
from projects.models import Annotation, AnnotationState, Image, ImageStatus, Revision, Source
from projects.models.purge import purging
from projects.services.revisions import ObjectState, create_annotations

PRELABEL = "prelabel"  # the cause of revisions made here
SAME_OBJECT_IOU = 0.5
INSIDE_SHARE = 0.85
CLOSED_STATUSES = (ImageStatus.SUBMITTED, ImageStatus.ACCEPTED)

Suggestion = tuple[UUID, ObjectState]


@dataclass(frozen=True, slots=True)
class ImagePriority:
    """How much work on the image would teach, 0..1, and why in words."""

    value: float
    reason: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """What became of a run's suggestions on one image."""

    made: int
    kept: int
    covered: int


def is_covered(suggestion: Rle, by: Rle) -> bool:
    """Whether a person's mask says the same already, or holds nearly all of the suggestion."""
    return iou(suggestion, by) >= SAME_OBJECT_IOU or contained(suggestion, by) >= INSIDE_SHARE


class PeoplesMasks:
    """The confirmed masks of an image, each compared once with each suggestion.

    Comparing takes long on crowded images, so it is done before the transaction; inside of it only
    masks that were confirmed in between are compared.
    """

    def __init__(self, image: Image) -> None:
        self._image = image
        self._seen: set[int | None] = set()

    def uncovered(self, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
        """The suggestions that no mask covers of those confirmed since the last call."""
        masks = self._fresh()
        return [
            (uuid, state)
            for uuid, state in suggestions
            if not any(is_covered(state.rle, mask) for mask in masks)
        ]

    def _fresh(self) -> list[Rle]:
        confirmed = Annotation.objects.filter(image=self._image, state=AnnotationState.CONFIRMED)
        ids = set(confirmed.values_list("current_id", flat=True)) - self._seen
        self._seen |= ids
        counts = Revision.objects.filter(pk__in=ids, area__gt=0).values_list("counts", flat=True)
        return [Rle(self._image.size_hw, text) for text in counts]


def untouched(*, image: Image) -> QuerySet[Annotation]:
    """The image's suggestions that pre-labelling made and nobody has touched.

    No join: a delete of these rows is one statement that looks at each row as it is by then.
    """
    first_word = Revision.objects.filter(pk=OuterRef("current_id"), number=1, cause=PRELABEL)
    return Annotation.objects.filter(
        Exists(first_word),
        image=image,
        state=AnnotationState.SUGGESTED,
        source=Source.MODEL,
    )


@transaction.atomic
def replace_suggestions(
    *,
    image: Image,
    suggestions: Sequence[Suggestion],
    priority: ImagePriority,
    people: PeoplesMasks,
) -> Replacement:
    """Put a run's suggestions in the place of the image's untouched ones.

    Args:
        image: Where they lie; nothing is done if it was submitted, accepted or deleted by now.
        suggestions: Already freed of what ``people`` covered before.
        priority: The image's place in the order of work from now on.
        people: Looks again at what was confirmed in between.
    """
    locked = Image.objects.select_for_update(no_key=True).get(pk=image.pk)
    if locked.status in CLOSED_STATUSES or locked.deleted_at is not None:
        return Replacement(made=0, kept=0, covered=len(suggestions))
    wanted = people.uncovered(suggestions)
    kept = _equal_ones(image, wanted)
    _purge_untouched(image, keep=kept)
    there = set(Annotation.objects.filter(image=image).values_list("uuid", flat=True))
    fresh = [(uuid, state) for uuid, state in wanted if uuid not in there]
    create_annotations(image=image, entries=fresh, author=None, cause=PRELABEL)
    set_priority(image=image, priority=priority)
    Image.objects.filter(pk=image.pk, status=ImageStatus.NEW).update(status=ImageStatus.PRELABELLED)
    covered = len(suggestions) - len(wanted)
    return Replacement(made=len(fresh), kept=len(kept), covered=covered)


def set_priority(*, image: Image, priority: ImagePriority) -> None:
    """Give the image its place in the order of work."""
    Image.objects.filter(pk=image.pk).update(
        priority=priority.value, priority_reason=priority.reason[:200]
    )


def _equal_ones(image: Image, wanted: Sequence[Suggestion]) -> set[UUID]:
    """Untouched suggestions that the new run would only write again."""
    states = dict(wanted)
    rows = untouched(image=image).filter(uuid__in=list(states)).select_related("current")
    return {
        row.uuid
        for row in rows
        if row.current is not None
        and row.current.counts == states[row.uuid].rle.counts
        and row.current.model == states[row.uuid].model
    }


def _purge_untouched(image: Image, *, keep: Collection[UUID]) -> None:
    """Delete by the condition itself, never by a list of rows that somebody may touch meanwhile."""
    doomed = untouched(image=image).exclude(uuid__in=list(keep))
    seen = set(doomed.values_list("pk", flat=True))
    with purging():
        doomed._raw_delete(using=connection.alias)  # noqa: SLF001 - without a cascade's collecting
        spared = Annotation.objects.filter(pk__in=seen).values_list("pk", flat=True)
        orphans = Revision.objects.filter(annotation_id__in=seen - set(spared))
        orphans._raw_delete(using=connection.alias)  # noqa: SLF001
