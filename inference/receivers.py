"""What happens here when something happens in projects: images are embedded ahead of time."""

from __future__ import annotations

from collections.abc import Sequence

from django.dispatch import receiver

from inference.services import segmenters
from inference.services.embeddings import AHEAD, embed_in_background, not_stored
from inference.tasks import ring_after_commit
from projects.models import Image
from projects.signals import image_stored, images_coming_up


@receiver(image_stored, dispatch_uid="embed_new_images")
def embed_new_image(image_id: int, **_facts: object) -> None:
    """Ask for the image's embedding where the project's segmenter keeps embeddings."""
    image = Image.objects.select_related("project").get(pk=image_id)
    if _keeps_embeddings(image.project.segmenter):
        job = embed_in_background(
            project=image.project, segmenter=image.project.segmenter, images=[image]
        )
        ring_after_commit(job.pk)


@receiver(images_coming_up, dispatch_uid="embed_what_comes_next")
def embed_what_comes_next(image_ids: Sequence[int], **_facts: object) -> None:
    """Ask for the embeddings of the images that somebody will open next, in that order."""
    found = Image.objects.select_related("project").in_bulk(image_ids)
    images = [found[image_id] for image_id in image_ids if image_id in found]
    if not images or not _keeps_embeddings(images[0].project.segmenter):
        return
    project = images[0].project
    wanted = not_stored(images=images, segmenter=project.segmenter)
    if wanted:
        job = embed_in_background(
            project=project, segmenter=project.segmenter, images=wanted, kind=AHEAD
        )
        ring_after_commit(job.pk)


def _keeps_embeddings(name: str) -> bool:
    known = {info.name: info for info in segmenters.described()}
    return name in known and known[name].installed and known[name].stores_embedding
