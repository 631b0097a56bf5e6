"""Embeddings of images: made by a worker, stored once, read wherever a prompt is answered."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from django.db import transaction

from inference.models import Embedding as Embedded
from inference.segmenters.protocol import Embedding, ImageRgb, Segmenter
from inference.segmenters.region import Region
from inference.segmenters.sound_numbers import refuse_unsound_numbers
from inference.services import decoders, feature_store
from inference.services.making import FeatureName, make_once
from projects.models import Image, Job, Project, User
from projects.models.states import OPEN_JOB_STATES
from projects.pictures.pixels import read_rgb
from projects.services.jobs import create_job, queue_images
from projects.services.tallies import count, observe
from projects.storage import blob_path

HALF_MOST = float(np.finfo(np.float16).max)
IN_BACKGROUND = "embed"  # all images of a project, in time
AHEAD = "embed_next"  # what somebody is about to open
FOR_SOMEBODY = "embed_now"


def pixels_of(*, image: Image) -> ImageRgb:
    """The image's pixels, uint8 HxWx3, RGB."""
    return read_rgb(blob_path(image.sha256))


def content_key(image: Image, region: Region | None = None) -> str:
    """What features are kept under: the image's sha256, or one of it and the part that is meant."""
    if region is None:
        return image.sha256
    corners = ",".join(str(corner) for corner in region.numbers())
    return hashlib.sha256(f"{image.sha256}:{corners}".encode()).hexdigest()


def stored_embedding(
    *, image: Image, segmenter: str, version: str, region: Region | None = None
) -> Embedding | None:
    """The stored embedding of the image or a part, float16; None if it is not there, or damaged."""
    features = feature_store.find(
        sha256=content_key(image, region), segmenter=segmenter, version=version
    )
    if features is None:
        return None
    size_hw = image.size_hw if region is None else region.size_hw
    return Embedding(segmenter, version, size_hw, features)


def ensure_embedding(
    *,
    image: Image,
    segmenter: Segmenter,
    pixels: ImageRgb | None = None,
    region: Region | None = None,
) -> Embedding:
    """The embedding of the image or a part of it, from the store or made now and stored.

    What is made now is rounded as the store rounds it, so that a second run sees the same numbers.
    While another process makes it, this one waits.

    Args:
        image: Whose.
        segmenter: Loaded.
        pixels: The whole image's, if the caller has them at hand.
        region: The part that is meant, encoded for itself at the model's full size.
    """

    def seen() -> ImageRgb:
        whole = pixels_of(image=image) if pixels is None else pixels
        return whole if region is None else region.crop(whole)

    if not segmenter.stores_embedding:
        return segmenter.embed(seen())
    name = FeatureName(
        sha256=content_key(image, region), segmenter=segmenter.name, version=segmenter.version
    )
    stored = partial(
        stored_embedding,
        image=image,
        segmenter=segmenter.name,
        version=segmenter.version,
        region=region,
    )
    found = stored()
    if found is not None:
        count("embedding_found")
        return found
    return make_once(
        name=name,
        stored=stored,
        make=lambda: _make(image, segmenter, seen(), region),
    )


def _make(image: Image, segmenter: Segmenter, pixels: ImageRgb, region: Region | None) -> Embedding:
    began = time.perf_counter()
    kept = keep_made(image=image, embedding=segmenter.embed(pixels), region=region)
    observe("embedding_seconds", time.perf_counter() - began)
    return kept


def keep_made(*, image: Image, embedding: Embedding, region: Region | None = None) -> Embedding:
    """Store an embedding of the image or a part of it; return it as the store rounds it.

    What is beyond float16's range becomes its end: an infinity would make a mask of nothing.

    Raises:
        CheckpointRefused: If the features are no numbers, as damaged weights make them.
    """
    refuse_unsound_numbers(embedding.array, embedding.segmenter)
    features = np.clip(embedding.array, -HALF_MOST, HALF_MOST).astype(np.float16)
    feature_store.keep(
        sha256=content_key(image, region),
        segmenter=embedding.segmenter,
        version=embedding.version,
        features=features,
    )
    return replace(embedding, array=features)


def embed_in_background(
    *, project: Project, segmenter: str, images: Sequence[Image], kind: str = IN_BACKGROUND
) -> Job:
    """Have the images embedded when nobody waits: one open job a project, to ring for.

    Args:
        project: Of all the images.
        segmenter: By name.
        images: Which; those whose embedding is stored by then cost nothing.
        kind: IN_BACKGROUND, or AHEAD for what somebody will open next.
    """
    return queue_images(project=project, kind=kind, params={"segmenter": segmenter}, images=images)


def not_stored(*, images: Sequence[Image], segmenter: str) -> list[Image]:
    """Those of the images that the segmenter's present version has no stored embedding of."""
    stored = Embedded.objects.filter(
        sha256__in=[image.sha256 for image in images],
        segmenter=segmenter,
        version=decoders.version_of(name=segmenter),
    )
    known = set(stored.values_list("sha256", flat=True))
    return [image for image in images if image.sha256 not in known]


@transaction.atomic
def request_embedding(
    *, image: Image, segmenter: str, user: User | None, region: Region | None = None
) -> Job:
    """A job for somebody who waits: one that is open already, or a new one to ring for.

    Args:
        image: Whose embedding is wanted.
        segmenter: By name.
        user: Who waits.
        region: The part that is meant; without it the whole image is.
    """
    part = {} if region is None else {"region": region.numbers()}
    which = {"params__region": part["region"]} if part else {"params__region__isnull": True}
    waiting = Job.objects.filter(
        kind=FOR_SOMEBODY,
        state__in=OPEN_JOB_STATES,
        items__image=image,
        params__segmenter=segmenter,
        **which,
    ).first()
    if waiting is not None:
        return waiting
    return create_job(
        project=image.project,
        kind=FOR_SOMEBODY,
        params={"segmenter": segmenter, **part},
        images=[image],
        user=user,
    )
