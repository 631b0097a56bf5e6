"""Several images of a job embedded in one run, where that takes less time than one by one (GPUs).

What comes after the claimed image finds its embedding stored. The right to make each one is taken
as for a single one, so that no other worker makes it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from inference.segmenters.protocol import Embedding, ImageRgb, Segmenter
from inference.segmenters.region import Region, region_of
from inference.services import segmenters
from inference.services.embeddings import ensure_embedding, keep_made, not_stored, pixels_of
from inference.services.making import FeatureName, make_together
from projects.errors import ApplicationError
from projects.models import Image, JobItem
from projects.models.states import JobState
from projects.services.claims import claimed_image, finish_item
from projects.services.job_kinds import Claim


@runtime_checkable
class EmbedsMany(Protocol):
    """A segmenter that takes many images in one run.

    Attributes:
        at_once: How many; with 1 there is nothing to be gained.
    """

    at_once: int

    def embed_many(self, images_rgb: Sequence[ImageRgb]) -> list[Embedding]:
        """Return what ``embed`` returns for each (uint8, HxWx3, RGB)."""
        ...


def embed_together(*, claim: Claim, image: Image, segmenter: Segmenter) -> None:
    """Embed the claimed image and the next of its job, as many as go in one run.

    Args:
        claim: On the image.
        image: Claimed.
        segmenter: Loaded; one that takes a single image at a time is left alone.

    Raises:
        OutOfMemory: If not even one fits.
    """
    if not (isinstance(segmenter, EmbedsMany) and segmenter.at_once > 1):
        return
    next_items = JobItem.objects.filter(
        job_id=claim.job_id, state=JobState.QUEUED, image__deleted_at__isnull=True
    ).order_by("pk")[: segmenter.at_once - 1]
    images = [image, *(item.image for item in next_items.select_related("image") if item.image)]
    wanted = {one.sha256: one for one in not_stored(images=images, segmenter=segmenter.name)}
    if image.sha256 not in wanted or len(wanted) == 1:
        return
    names = [
        FeatureName(sha256=sha256, segmenter=segmenter.name, version=segmenter.version)
        for sha256 in wanted
    ]
    with make_together(names=names) as ours:
        read = [(wanted[name.sha256], _pixels(wanted[name.sha256])) for name in ours]
        there = [(one, pixels) for one, pixels in read if pixels is not None]
        made = segmenter.embed_many([pixels for _, pixels in there])
        for (one, _), embedding in zip(there, made, strict=True):
            keep_made(image=one, embedding=embedding)


def run(*, claim: Claim) -> None:
    """Embed the claimed image and see that its decoder is there; what is there already stays."""
    image = claimed_image(claim=claim)
    segmenter = segmenters.loaded(name=str(claim.params["segmenter"]))
    if image.deleted_at is None and segmenter.stores_embedding:
        region = _region_of(claim, image)
        if region is None:
            embed_together(claim=claim, image=image, segmenter=segmenter)
        ensure_embedding(image=image, segmenter=segmenter, region=region)
        segmenter.decoder_onnx()
    finish_item(claim=claim)


def _region_of(claim: Claim, image: Image) -> Region | None:
    stated = claim.params.get("region")
    if not isinstance(stated, list):
        return None
    x0, y0, x1, y1 = (float(corner) for corner in stated)
    return region_of((x0, y0, x1, y1), image.size_hw)


def _pixels(image: Image) -> ImageRgb | None:
    """The image's pixels; None where they cannot be read, which is said when its turn comes."""
    try:
        return pixels_of(image=image)
    except (ApplicationError, OSError):
        return None
