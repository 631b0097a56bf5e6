"""Images as they are displayed, with their place in the order of work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from projects.models.projects import Project, Tag
from projects.models.states import ImageStatus, Split, one_of


class Image(models.Model):
    """A picture of a project; sizes and masks are in the frame that is displayed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images")
    number = models.BigIntegerField()
    name = models.CharField(max_length=255)  # text only, never a path
    upload_sha256 = models.CharField(max_length=64)  # finds the same bytes sent twice
    sha256 = models.CharField(max_length=64, db_index=True)  # of the stored file; key of embeddings
    mime = models.CharField(max_length=32)
    size_bytes = models.BigIntegerField()
    width = models.IntegerField()
    height = models.IntegerField()
    orientation = models.SmallIntegerField(default=1)  # EXIF's, as uploaded
    turned = models.BooleanField(default=False)  # stored turned, since orientation was not 1
    split = models.CharField(max_length=8, choices=Split.choices, blank=True, default=Split.NONE)
    status = models.CharField(max_length=16, choices=ImageStatus.choices, default=ImageStatus.NEW)
    priority = models.FloatField(default=0.0)  # 0..1, higher teaches more
    priority_reason = models.CharField(max_length=200, blank=True, default="")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lease_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="image_number_once"),
            models.UniqueConstraint(
                fields=["project", "upload_sha256"],
                condition=Q(deleted_at__isnull=True),
                name="image_bytes_once",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="image_number_from_one"),
            models.CheckConstraint(
                condition=Q(width__gte=1) & Q(height__gte=1), name="image_has_pixels"
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=0) & Q(priority__lte=1), name="image_priority_is_a_share"
            ),
            models.CheckConstraint(condition=one_of("status", ImageStatus), name="image_status"),
            models.CheckConstraint(condition=one_of("split", Split), name="image_split"),
            models.CheckConstraint(
                condition=Q(turned=False) | ~Q(orientation=1), name="image_turned_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "status", "number"], name="image_by_status"),
            models.Index(F("project"), F("priority").desc(), F("id"), name="image_by_priority"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def size_hw(self) -> tuple[int, int]:
        """Rows and columns, as masks count them."""
        return self.height, self.width


class ImageTag(models.Model):
    """A tag that an image carries, and who put it there."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="image_tags")
    tag = models.ForeignKey(Tag, on_delete=models.RESTRICT, related_name="image_tags")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "tag"], name="image_tag_once")]
        ordering = ["tag__name", "id"]

    def __str__(self) -> str:
        return f"{self.tag} on image {self.image_id}"
