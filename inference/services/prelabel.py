"""Pre-labelling: a model's masks of everything in an image, as suggestions with their doubts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from inference.scoring.uncertainty import suggestion_disagreement
from inference.segmenters.protocol import Candidate, Embedding, Prompt, Segmenter
from inference.services import segmenters
from inference.services.embeddings import ensure_embedding, pixels_of
from inference.services.scoring import priority_of
from projects.errors import InvalidInput, Unprocessable
from projects.masks.rle import bbox_xywh, from_bitmap
from projects.masks.types import Rle
from projects.models import AnnotationState, Image, ImageStatus, Job, Project, Source, Split, User
from projects.policy import Action, require
from projects.services.claims import claimed_image, finish_item, heartbeat
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job
from projects.services.revisions import ObjectState
from projects.services.suggestions import (
    CLOSED_STATUSES,
    PeoplesMasks,
    Suggestion,
    replace_suggestions,
)

KIND = "prelabel"
EVERYTHING = "everything"
SUGGESTION_IDS = UUID("6f6b1a5e-53f5-4f0b-9d5a-5a1f3c2e7d10")  # the namespace of suggestions' ids
OPEN_STATUSES = tuple(status for status in ImageStatus if status not in CLOSED_STATUSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFilter:
    """Which images of a project; empty lists mean all."""

    statuses: Sequence[str] = field(default_factory=tuple)
    splits: Sequence[str] = field(default_factory=tuple)
    images: Sequence[int] = field(default_factory=tuple)


def images_to_prelabel(*, project: Project, wanted: ImageFilter) -> QuerySet[Image]:
    """The images that a run would work on; submitted and accepted ones are left alone.

    Raises:
        InvalidInput: If the filter asks for a status whose images are left alone, or for none.
    """
    _check_known("status", wanted.statuses, [*OPEN_STATUSES])
    _check_known("split", wanted.splits, Split.values)
    found = Image.objects.filter(project=project, deleted_at__isnull=True)
    found = found.filter(status__in=wanted.statuses or OPEN_STATUSES)
    if wanted.splits:
        found = found.filter(split__in=wanted.splits)
    if wanted.images:
        found = found.filter(pk__in=wanted.images)
    return found.order_by("number")


def _check_known(name: str, came: Sequence[str], known: Sequence[str]) -> None:
    unknown = sorted(set(came) - set(known))
    if unknown:
        raise InvalidInput(
            f"{name} is {unknown[0][:40]!r}; pre-labelling takes {', '.join(map(repr, known))}.",
            f"bad_{name}",
        )


def check_request(*, user: User, project: Project, segmenter: str, mode: str) -> None:
    """Refuse what could only fail later in the worker.

    Raises:
        Forbidden: If the user's role does not allow it.
        Unprocessable: If there is no such mode, or not with this segmenter.
        UnknownSegmenter: If there is none of that name.
        Unavailable: If the segmenter is not installed.
    """
    require(user=user, project=project, action=Action.RUN_JOBS)
    if mode != EVERYTHING:
        raise Unprocessable(f"mode is {mode[:40]!r}; expected {EVERYTHING!r}.", "unsupported_mode")
    segmenters.require_installed(name=segmenter, kind=EVERYTHING)


@transaction.atomic
def start_prelabelling(
    *, user: User, project: Project, segmenter: str, mode: str, wanted: ImageFilter
) -> Job:
    """A job that pre-labels the project's images, to ring for after the commit.

    Raises:
        InvalidInput: If no image is wanted.
        TooManyRequests: If such a job is still open.
        ApplicationError: As ``check_request``.
    """
    check_request(user=user, project=project, segmenter=segmenter, mode=mode)
    images = images_to_prelabel(project=project, wanted=wanted)
    if not images.exists():
        raise InvalidInput(
            "There is no image to pre-label: submitted and accepted ones are left alone.",
            "no_images",
        )
    params = {"segmenter": segmenter, "mode": mode}
    return create_job(project=project, kind=KIND, params=params, images=images, user=user)


def run(*, claim: Claim) -> None:
    """Pre-label the claimed image; a lost claim writes nothing."""
    image = claimed_image(claim=claim)
    if image.deleted_at is not None or image.status in CLOSED_STATUSES:
        finish_item(claim=claim)
        return
    segmenter = segmenters.loaded(name=str(claim.params["segmenter"]))
    suggestions = _suggest(image, segmenter, claim)
    people = PeoplesMasks(image)
    suggestions = people.uncovered(suggestions)
    priority = priority_of(image=image, states=[state for _, state in suggestions])
    with transaction.atomic():
        finish_item(claim=claim)
        replace_suggestions(image=image, suggestions=suggestions, priority=priority, people=people)


def _suggest(image: Image, segmenter: Segmenter, claim: Claim) -> list[Suggestion]:
    pixels = pixels_of(image=image)
    embedding = ensure_embedding(image=image, segmenter=segmenter, pixels=pixels)
    heartbeat(claim=claim)
    proposed = segmenter.propose(pixels, embedding)
    heartbeat(claim=claim)
    states = [_state(candidate, embedding, segmenter) for candidate in proposed]
    sound = [state for state in states if state is not None]
    return [
        (suggestion_id(image=image, model=state.model, params=claim.params, rank=rank), state)
        for rank, state in enumerate(sound)
    ]


def suggestion_id(*, image: Image, model: str, params: Mapping[str, object], rank: int) -> UUID:
    """The id that the same run gives the same suggestion again."""
    settings = json.dumps(dict(params), sort_keys=True)
    return uuid5(SUGGESTION_IDS, f"{image.pk}|{model}|{settings}|{rank}")


def _state(candidate: Candidate, embedding: Embedding, segmenter: Segmenter) -> ObjectState | None:
    rle = from_bitmap(candidate.mask)
    if not candidate.mask.any():
        return None
    return ObjectState(
        rle=rle,
        label_id=None,
        state=AnnotationState.SUGGESTED,
        source=Source.MODEL,
        score=_share(candidate.score),
        stability=_share(candidate.stability),
        disagreement=_share(_disagreement(candidate, rle, embedding, segmenter)),
        model=f"{segmenter.name}@{segmenter.version}"[:128],
    )


def _disagreement(
    candidate: Candidate, rle: Rle, embedding: Embedding, segmenter: Segmenter
) -> float:
    """How much the model's own candidates for this object differ, 0..1.

    Where an embedding makes prompts cheap, the candidates are the answers to the object's box.
    Elsewhere they are the two masks that stability compares: threshold moved up and down.
    """
    if not segmenter.stores_embedding:
        return 1.0 - candidate.stability
    x, y, w, h = bbox_xywh(rle)
    box = Prompt(box_xyxy=(float(x), float(y), float(x + w), float(y + h)), multimask=True)
    return suggestion_disagreement(segmenter.predict(embedding, box))


def _share(value: float) -> float:
    return float(np.clip(value, 0.0, 1.0))
