"""Priorities of images: how much a look at one would teach, from its suggestions' doubts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from inference.scoring.uncertainty import SuggestionScore, image_priority
from projects.errors import InvalidInput
from projects.masks.rle import area
from projects.models import AnnotationState, Image, Job, Project, Revision, User
from projects.policy import Action, require
from projects.services.claims import claimed_image, finish_item
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job
from projects.services.revisions import ObjectState, object_state
from projects.services.suggestions import ImagePriority, set_priority

KIND = "score"


@transaction.atomic
def start_scoring(*, user: User, project: Project) -> Job:
    """A job that computes the priority of every image anew, to ring for after the commit.

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If the project has no images.
        TooManyRequests: If such a job is still open.
    """
    require(user=user, project=project, action=Action.RUN_JOBS)
    images = Image.objects.filter(project=project, deleted_at__isnull=True).order_by("number")
    if not images.exists():
        raise InvalidInput("There is no image to score.", "no_images")
    return create_job(project=project, kind=KIND, params={}, images=images, user=user)


def run(*, claim: Claim) -> None:
    """Compute the claimed image's priority from the suggestions that are on it now."""
    image = claimed_image(claim=claim)
    priority = priority_of(image=image, states=suggested_states(image))
    with transaction.atomic():
        finish_item(claim=claim)
        set_priority(image=image, priority=priority)


def suggested_states(image: Image) -> list[ObjectState]:
    """The suggestions that are on the image now."""
    rows = Revision.objects.filter(
        pk__in=image.annotations.filter(state=AnnotationState.SUGGESTED).values("current_id")
    )
    return [object_state(row, image.size_hw) for row in rows.order_by("pk")]


def priority_of(*, image: Image, states: Sequence[ObjectState]) -> ImagePriority:
    """The image's priority if these are its suggestions; unknown doubts count as half."""
    pixels = image.width * image.height
    found = image_priority([_score(state, pixels) for state in states])
    return ImagePriority(value=found.value, reason=found.reason)


def _score(state: ObjectState, pixels: int) -> SuggestionScore:
    return SuggestionScore(
        score=_known(state.score),
        stability=_known(state.stability),
        disagreement=_known(state.disagreement),
        boundary_entropy=state.boundary_entropy,
        area_share=area(state.rle) / pixels,
    )


def _known(value: float | None) -> float:
    return 0.5 if value is None else value
