"""Pre-labelling: a model's masks of everything in an image, as suggestions with their doubts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet

from inference.segmenters.protocol import Embedding, ImageRgb, Segmenter
from inference.segmenters.tidying import rle_of
from inference.services import segmenters
from inference.services.doubts import doubts_of
from inference.services.embedding_together import embed_together
from inference.services.embeddings import ensure_embedding, pixels_of
from inference.services.prelabel_boxes import (
    GivenBox,
    given_on,
    kept_boxes,
    masks_of,
    masks_of_rectangles,
    settings_on,
    with_rectangles,
)
from inference.services.prelabel_modes import (
    BOXES,
    EVERYTHING,
    Found,
    Settings,
    found_in,
    kind_of,
    settings_of,
)
from inference.services.prelabel_tidying import kept_tidying, tidied
from inference.services.scoring import priority_of, suggested_states
from inference.services.suggested_states import suggested_state
from projects.errors import InvalidInput, Unprocessable
from projects.masks.rle import area
from projects.models import Image, ImageStatus, Job, Project, Split, User
from projects.policy import Action, require
from projects.services.claims import claimed_image, finish_item, heartbeat
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job
from projects.services.rectangles import fill_rectangles
from projects.services.revisions import ObjectState
from projects.services.suggestions import (
    CLOSED_STATUSES,
    PeoplesMasks,
    replace_suggestions,
    set_priority,
)

KIND = "prelabel"
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


def images_of_mode(
    *, project: Project, mode: str, wanted: ImageFilter, boxes: Sequence[GivenBox] | None = None
) -> tuple[QuerySet[Image], Settings]:
    """The images that a run of this mode would work on, and what it keeps of its boxes.

    Raises:
        InvalidInput: As ``images_to_prelabel``.
        Unprocessable: If the mode takes no boxes, or as ``kept_boxes``.
    """
    images = images_to_prelabel(project=project, wanted=wanted)
    if mode != BOXES:
        if boxes is not None:
            raise Unprocessable(f"boxes go with mode 'boxes', not {mode[:40]!r}.", "bad_boxes")
        return images, {}
    if boxes is None:
        return with_rectangles(images), {}
    kept = kept_boxes(project=project, images=images, came=boxes)
    return images.filter(pk__in=[int(image) for image in kept]), {BOXES: kept}


def _nothing_to_do(mode: str) -> InvalidInput:
    if mode == BOXES:
        return InvalidInput(
            "No imported box waits for a mask on images that are neither submitted nor accepted.",
            "no_boxes",
        )
    return InvalidInput(
        "There is no image to pre-label: submitted and accepted ones are left alone.", "no_images"
    )


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
    segmenters.require_installed(name=segmenter, kind=kind_of(mode))


@transaction.atomic
def start_prelabelling(
    *,
    user: User,
    project: Project,
    segmenter: str,
    wanted: ImageFilter,
    mode: str = EVERYTHING,
    texts: Mapping[int, str] | None = None,
    tidying: Mapping[str, object] | None = None,
    boxes: Sequence[GivenBox] | None = None,
) -> Job:
    """A job that pre-labels the project's images, to ring for after the commit.

    Args:
        user: A lead.
        project: Whose images.
        segmenter: By name.
        wanted: Which of the images.
        mode: See ``prelabel_modes``.
        texts: For "text": what to look for by id of a label; None takes the labels' names.
        tidying: See ``prelabel_tidying``; None leaves the model's masks as they are.
        boxes: For "boxes": what to find the masks of; None takes imported boxes without a mask.

    Raises:
        InvalidInput: If no image is wanted, or the texts or the tidying are no good.
        Unprocessable: If boxes are malformed, or go with neither the mode nor the tidying.
        TooManyRequests: If such a job is still open.
        ApplicationError: As ``check_request``.
    """
    check_request(user=user, project=project, segmenter=segmenter, mode=mode)
    tidy = kept_tidying(project=project, came=tidying)
    if mode == BOXES and tidy:
        raise Unprocessable("tidying does not go with boxes: each box gets its mask.", "tidied")
    images, given = images_of_mode(project=project, mode=mode, wanted=wanted, boxes=boxes)
    if not images.exists():
        raise _nothing_to_do(mode)
    kept = settings_of(user=user, project=project, segmenter=segmenter, mode=mode, texts=texts)
    params = {"segmenter": segmenter, "mode": mode, **kept, **given, **tidy}
    return create_job(project=project, kind=KIND, params=params, images=images, user=user)


def run(*, claim: Claim) -> None:
    """Pre-label the claimed image; a lost claim writes nothing."""
    image = claimed_image(claim=claim)
    if image.deleted_at is not None or image.status in CLOSED_STATUSES:
        finish_item(claim=claim)
        return
    segmenter = segmenters.loaded(name=str(claim.params["segmenter"]))
    embed_together(claim=claim, image=image, segmenter=segmenter)
    pixels = pixels_of(image=image)
    embedding = ensure_embedding(image=image, segmenter=segmenter, pixels=pixels)
    heartbeat(claim=claim)
    if claim.params.get("mode") == BOXES and BOXES not in claim.params:
        _fill_rectangles(image, segmenter, embedding, pixels, claim)
        return
    states = _states(image, segmenter, embedding, pixels, claim)
    settings = settings_on(image, claim.params)
    suggestions = [
        (suggestion_id(image=image, model=state.model, params=settings, rank=rank), state)
        for rank, state in enumerate(states)
    ]
    people = PeoplesMasks(image)
    suggestions = people.uncovered(suggestions)
    priority = priority_of(image=image, states=[state for _, state in suggestions])
    with transaction.atomic():
        finish_item(claim=claim)
        replace_suggestions(image=image, suggestions=suggestions, priority=priority, people=people)


def _fill_rectangles(
    image: Image, segmenter: Segmenter, embedding: Embedding, pixels: ImageRgb, claim: Claim
) -> None:
    masks = masks_of_rectangles(
        image=image,
        segmenter=segmenter,
        embedding=embedding,
        pixels=pixels,
        beat=partial(heartbeat, claim=claim),
    )
    with transaction.atomic():
        finish_item(claim=claim)
        fill_rectangles(image=image, masks=masks)
        priority = priority_of(image=image, states=suggested_states(image))
        set_priority(image=image, priority=priority)


def _states(
    image: Image, segmenter: Segmenter, embedding: Embedding, pixels: ImageRgb, claim: Claim
) -> list[ObjectState]:
    beat = partial(heartbeat, claim=claim)
    if claim.params.get("mode") == BOXES:
        given = given_on(image, claim.params)
        boxes = [box for box, _ in given]
        masks = masks_of(boxes, segmenter=segmenter, embedding=embedding, pixels=pixels, beat=beat)
        return [
            replace(state, label_id=label)
            for (_, label), state in zip(given, masks, strict=True)
            if state is not None
        ]
    found = found_in(
        segmenter=segmenter,
        pixels=pixels,
        embedding=embedding,
        project=image.project,
        params={"mode": EVERYTHING, **claim.params},
        beat=beat,
    )
    beat()
    found = tidied(found=found, params=claim.params, size_hw=image.size_hw)
    states = []
    for one in found:
        states.append(_state(one, embedding, segmenter))
        beat()
    return [state for state in states if state is not None]


def suggestion_id(*, image: Image, model: str, params: Mapping[str, object], rank: int) -> UUID:
    """The id that the same run gives the same suggestion again."""
    settings = json.dumps(dict(params), sort_keys=True)
    return uuid5(SUGGESTION_IDS, f"{image.pk}|{model}|{settings}|{rank}")


def _state(found: Found, embedding: Embedding, segmenter: Segmenter) -> ObjectState | None:
    candidate = found.candidate
    rle = rle_of(candidate)
    if not area(rle):
        return None
    return suggested_state(
        candidate=candidate,
        rle=rle,
        doubts=doubts_of(candidate, rle, embedding, segmenter),
        segmenter=segmenter,
        label=found.label,
    )
