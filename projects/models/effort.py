"""What changes to annotations cost the people who made them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models.annotations import Annotation


class EffortEvent(models.Model):
    """The effort that came with one change; the revision of the same change id is its result."""

    # The constraint below is also the index of the foreign key.
    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, related_name="effort", db_index=False
    )
    change_id = models.UUIDField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    clicks = models.PositiveIntegerField(default=0)
    strokes = models.PositiveIntegerField(default=0)
    undos = models.PositiveIntegerField(default=0)
    redos = models.PositiveIntegerField(default=0)
    prompts = models.PositiveIntegerField(default=0)  # questions to a model
    active_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "change_id"], name="effort_once")
        ]

    def __str__(self) -> str:
        return f"{self.active_ms} ms for {self.annotation_id} by {self.change_id}"
