"""Images that somebody passed over."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models.images import Image


class ImageSkip(models.Model):
    """A user's wish to see an image last; it stays in everybody else's queue."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="skips")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "user"], name="image_skip_once")]

    def __str__(self) -> str:
        return f"{self.user} passed over image {self.image_id}"
