"""Embeddings of images: made by a worker, stored once, read wherever a prompt is answered."""

from __future__ import annotations

import numpy as np
from django.db import transaction

from inference.segmenters.protocol import Embedding, ImageRgb, Segmenter
from inference.services import feature_store, segmenters
from projects.models import Image, Job, User
from projects.models.states import OPEN_JOB_STATES
from projects.pictures.pixels import read_rgb
from projects.services.claims import claimed_image, finish_item
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job
from projects.storage import blob_path

IN_BACKGROUND = "embed"
FOR_SOMEBODY = "embed_now"


def pixels_of(*, image: Image) -> ImageRgb:
    """The image's pixels, uint8 HxWx3, RGB."""
    return read_rgb(blob_path(image.sha256))


def stored_embedding(*, image: Image, segmenter: str, version: str) -> Embedding | None:
    """The image's stored embedding, float16; None if there is none or its bytes are damaged."""
    features = feature_store.find(sha256=image.sha256, segmenter=segmenter, version=version)
    if features is None:
        return None
    return Embedding(segmenter, version, image.size_hw, features)


def ensure_embedding(
    *, image: Image, segmenter: Segmenter, pixels: ImageRgb | None = None
) -> Embedding:
    """The image's embedding, from the store or made now and stored.

    What is made now is rounded as the store rounds it, so that a second run sees the same numbers.

    Args:
        image: Whose.
        segmenter: Loaded.
        pixels: The image's, if the caller has them at hand.
    """
    if segmenter.stores_embedding:
        stored = stored_embedding(image=image, segmenter=segmenter.name, version=segmenter.version)
        if stored is not None:
            return stored
    made = segmenter.embed(pixels_of(image=image) if pixels is None else pixels)
    if not segmenter.stores_embedding:
        return made
    features = made.array.astype(np.float16)
    feature_store.keep(
        sha256=image.sha256,
        segmenter=segmenter.name,
        version=segmenter.version,
        features=features,
    )
    return Embedding(made.segmenter, made.version, made.size_hw, features)


@transaction.atomic
def request_embedding(
    *, image: Image, segmenter: str, user: User | None, kind: str = FOR_SOMEBODY
) -> Job:
    """A job that embeds the image: one that is open already, or a new one to ring for."""
    waiting = Job.objects.filter(
        kind=kind,
        state__in=OPEN_JOB_STATES,
        items__image=image,
        params__segmenter=segmenter,
    ).first()
    if waiting is not None:
        return waiting
    return create_job(
        project=image.project,
        kind=kind,
        params={"segmenter": segmenter},
        images=[image],
        user=user,
    )


def run(*, claim: Claim) -> None:
    """Embed the claimed image and see that its decoder is there; what is there already stays."""
    image = claimed_image(claim=claim)
    segmenter = segmenters.loaded(name=str(claim.params["segmenter"]))
    if image.deleted_at is None and segmenter.stores_embedding:
        ensure_embedding(image=image, segmenter=segmenter)
        segmenter.decoder_onnx()
    finish_item(claim=claim)
