"""What people say about a place in an image."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models.images import Image


class Comment(models.Model):
    """A pin on a pixel that opens a thread, or (with ``parent``) an answer in one."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="comments")
    uuid = models.UUIDField()  # made by the client: a repeat is recognised by it
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    x = models.FloatField(null=True)  # image_px; null in an answer
    y = models.FloatField(null=True)
    text = models.TextField(max_length=10_000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)  # of the thread
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "uuid"], name="comment_once"),
            models.CheckConstraint(condition=~Q(text=""), name="comment_has_words"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, x__isnull=False, y__isnull=False)
                | Q(parent__isnull=False, x__isnull=True, y__isnull=True),
                name="comment_is_a_pin_or_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(x__isnull=True) | Q(x__gte=0, y__gte=0), name="comment_pin"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(resolved_at__isnull=True),
                name="comment_threads_are_resolved",
            ),
        ]
        indexes = [models.Index(fields=["image", "id"], name="comment_by_image")]

    def __str__(self) -> str:
        return self.text[:40]
