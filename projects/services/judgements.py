"""What judging an image's suggestions means for its place in the order of work."""

from __future__ import annotations

from collections.abc import Collection

from projects.models import Annotation, AnnotationState, Image

ALL_JUDGED = "all suggestions are judged"


def note_judgements(*, image: Image, moves: Collection[tuple[str, str]]) -> None:
    """Take the image to the end of the order of work once none of its suggestions is open.

    One that is open again leaves the place to the next scoring, and only takes the reason back.

    Args:
        image: Held by the caller's transaction; its priority and reason are kept up to date.
        moves: States of its objects before and after.
    """
    suggested = AnnotationState.SUGGESTED
    judged = any(before == suggested != after for before, after in moves)
    reopened = image.priority_reason == ALL_JUDGED and any(after == suggested for _, after in moves)
    if not judged and not reopened:
        return
    if not Annotation.objects.filter(image=image, state=suggested).exists():
        image.priority, image.priority_reason = 0.0, ALL_JUDGED
    elif reopened:
        image.priority_reason = ""
    else:
        return
    Image.objects.filter(pk=image.pk).update(
        priority=image.priority, priority_reason=image.priority_reason
    )
