"""What happens here when something happens in projects: a new image is embedded ahead of time."""

from __future__ import annotations

from django.dispatch import receiver

from inference.services import segmenters
from inference.services.embeddings import IN_BACKGROUND, request_embedding
from inference.tasks import ring_after_commit
from projects.models import Image
from projects.signals import image_stored


@receiver(image_stored, dispatch_uid="embed_new_images")
def embed_new_image(image_id: int, **_facts: object) -> None:
    """Ask for the image's embedding where the project's segmenter keeps embeddings."""
    image = Image.objects.select_related("project").get(pk=image_id)
    name = image.project.segmenter
    known = {info.name: info for info in segmenters.described()}
    if name not in known or not known[name].installed or not known[name].stores_embedding:
        return
    job = request_embedding(image=image, segmenter=name, user=None, kind=IN_BACKGROUND)
    ring_after_commit(job.pk)
