"""Prompts that only a worker can answer, since their models need torch: asked, awaited, fetched.

A question is a job with the prompts in its params, and its answer is the job's result; whoever asks
the same again while it is under way waits for it, and takes it along when it is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from inference.segmenters.closer_look import Predict, predict_merged
from inference.segmenters.protocol import Candidate, Prompt, Segmenter
from inference.segmenters.region import Region
from inference.services import logits, segmenters
from inference.services.embeddings import ensure_embedding
from projects.errors import TooManyRequests, Unavailable
from projects.masks.rle import from_bitmap, parse, to_bitmap, to_wire
from projects.models import Image, Job, JobState, User
from projects.models.states import OPEN_JOB_STATES
from projects.services.claims import claimed_image, finish_item, heartbeat
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job

KIND = "prompt"
KEPT = timedelta(minutes=10)  # answers that nobody fetched
COME_BACK_SECONDS = 1
MOST_CANDIDATES = 200  # of one prompt: what words find in a crowd


@dataclass(frozen=True, slots=True)
class Asked:
    """A worker has the question; its answer is there when the job is done."""

    job: Job
    is_new: bool


def ask(
    *,
    user: User,
    image: Image,
    segmenter: str,
    prompts: Sequence[Prompt],
    region: Region | None = None,
) -> list[list[Candidate]] | Asked:
    """The worker's candidates for each prompt, or the job that finds them.

    Args:
        user: Who asks.
        image: Whose pixels are meant.
        segmenter: By name; installed.
        prompts: Checked against the image.
        region: The part to look at closer.

    Raises:
        Unavailable: If the worker could not answer, or too many ask at once.
    """
    params = {
        "segmenter": segmenter,
        "prompts": [_as_json(prompt) for prompt in prompts],
        "region": None if region is None else region.numbers(),
    }
    params["digest"] = digest = _digest(image, segmenter, params)
    earlier = _questions(image).filter(params__digest=digest)
    answered = earlier.filter(state__in=[JobState.DONE, JobState.FAILED]).order_by("-pk").first()
    if answered is not None:
        return _fetched(answered, image)
    waiting = earlier.filter(state__in=OPEN_JOB_STATES).first()
    return Asked(waiting, is_new=False) if waiting else _put(user, image, params)


def run(*, claim: Claim) -> None:
    """Answer the claimed question."""
    image = claimed_image(claim=claim)
    segmenter = segmenters.loaded(name=str(claim.params["segmenter"]))
    predict = _predictor(image, segmenter, claim)
    asked = claim.params["prompts"]
    prompts = [_from_json(one, image) for one in asked] if isinstance(asked, list) else []
    answers = [[_facts(one) for one in predict(prompt)[:MOST_CANDIDATES]] for prompt in prompts]
    finish_item(claim=claim, result={"answers": answers})


def _predictor(image: Image, segmenter: Segmenter, claim: Claim) -> Predict:
    """What answers prompts on the image, by the part that is looked at closer if there is one."""
    embedding = ensure_embedding(image=image, segmenter=segmenter)
    heartbeat(claim=claim)
    whole = partial(segmenter.predict, embedding)
    corners = claim.params.get("region")
    if not isinstance(corners, list):
        return whole
    region = Region(*corners)
    seen = ensure_embedding(image=image, segmenter=segmenter, region=region)
    heartbeat(claim=claim)
    part = partial(segmenter.predict, seen)
    return lambda prompt: predict_merged(whole, part, prompt, region)


@transaction.atomic
def _put(user: User, image: Image, params: Mapping[str, Any]) -> Asked:
    ended = _questions(image).exclude(state__in=OPEN_JOB_STATES)
    ended.filter(finished_at__lt=Now() - KEPT).delete()
    try:
        job = create_job(project=image.project, kind=KIND, params=params, images=[image], user=user)
    except TooManyRequests as error:
        raise Unavailable(
            "Many people ask the model at this moment; try again in a second.",
            "busy",
            retry_after=COME_BACK_SECONDS,
        ) from error
    return Asked(job, is_new=True)


def _questions(image: Image) -> QuerySet[Job]:
    return Job.objects.filter(project=image.project, kind=KIND)


def _fetched(job: Job, image: Image) -> list[list[Candidate]]:
    """The answer, which stays for those who ask the same; a failure goes, to be tried anew."""
    if job.state == JobState.FAILED:
        item = job.items.first()
        reason = item.error if item else job.error
        job.delete()
        raise Unavailable(reason or "The worker could not answer.", "prompt_failed")
    answers = job.result.get("answers", [])
    return [[_candidate(one, image) for one in answer] for answer in answers]


def _digest(image: Image, segmenter: str, params: Mapping[str, Any]) -> str:
    files = segmenters.info_of(name=segmenter).changed_at  # other weights, other answers
    words = json.dumps([image.sha256, files, params], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _as_json(prompt: Prompt) -> dict[str, Any]:
    return {
        "points": prompt.points_xy.tolist(),
        "labels": prompt.point_labels.tolist(),
        "box": prompt.box_xyxy,
        "mask": None if prompt.mask is None else to_wire(from_bitmap(prompt.mask)),
        "logits": logits.to_text(prompt.logits),
        "multimask": prompt.multimask,
        "text": prompt.text,
        "exemplars": [[*box, int(is_alike)] for box, is_alike in prompt.exemplars],
    }


def _from_json(asked: Mapping[str, Any], image: Image) -> Prompt:
    box, mask = asked["box"], asked["mask"]
    return Prompt(
        points_xy=np.array(asked["points"], np.float32).reshape(-1, 2),
        point_labels=np.array(asked["labels"], np.int64),
        box_xyxy=None if box is None else (box[0], box[1], box[2], box[3]),
        mask=None if mask is None else to_bitmap(parse(mask, image.size_hw)).astype(bool),
        logits=logits.from_text(asked["logits"]),
        multimask=bool(asked["multimask"]),
        text=str(asked["text"]),
        exemplars=tuple(((a, b, c, d), bool(alike)) for a, b, c, d, alike in asked["exemplars"]),
    )


def _facts(candidate: Candidate) -> dict[str, Any]:
    return {
        "segmentation": to_wire(from_bitmap(candidate.mask)),
        "score": float(candidate.score),
        "stability": float(candidate.stability),
        "logits": logits.to_text(candidate.logits),
    }


def _candidate(facts: Mapping[str, Any], image: Image) -> Candidate:
    refined = logits.from_text(facts["logits"])
    return Candidate(
        mask=to_bitmap(parse(facts["segmentation"], image.size_hw)).astype(bool),
        score=float(facts["score"]),
        stability=float(facts["stability"]),
        logits=None if refined is None else refined[0],
    )
