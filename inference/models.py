"""What inference keeps: embeddings, how models fared, which class is which label."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models import Project


class Embedding(models.Model):
    """A stored image embedding, found by the image's content, the segmenter and its version."""

    sha256 = models.CharField(max_length=64)  # of the stored image
    segmenter = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    key = models.CharField(max_length=200)  # in the storage, under cache/embeddings/
    shape = models.JSONField()  # [C, H, W] of the float16 features
    checksum = models.CharField(max_length=64)  # sha256 of the stored bytes
    size_bytes = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "segmenter", "version"], name="embedding_once"
            )
        ]
        indexes = [models.Index(fields=["used_at", "id"], name="embedding_by_use")]

    def __str__(self) -> str:
        return f"{self.segmenter} of {self.sha256[:8]}"


class EmbeddingInMaking(models.Model):
    """The right to make one embedding, for as long as its holder's heart beats."""

    sha256 = models.CharField(max_length=64)
    segmenter = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    token = models.UUIDField()  # the holder's
    heartbeat_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "segmenter", "version"], name="embedding_made_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.segmenter} of {self.sha256[:8]} in the making"


class ModelCheck(models.Model):
    """How a segmenter fared when it was last loaded, and last measured, on this machine."""

    segmenter = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=64, blank=True, default="")
    problem = models.TextField(blank=True, default="")  # why it cannot be loaded, or empty
    load_seconds = models.FloatField(null=True)
    embed_seconds = models.FloatField(null=True)  # null: not measured, or nothing it can do
    prompt_seconds = models.FloatField(null=True)
    everything_seconds = models.FloatField(null=True)
    peak_bytes = models.BigIntegerField(default=0)
    width = models.IntegerField(default=0)  # of the picture that it was measured on
    height = models.IntegerField(default=0)
    device = models.CharField(max_length=200, blank=True, default="")
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.segmenter}: {self.problem or 'loads'}"


class ClassMapping(models.Model):
    """Which of a project's labels the classes of a model are, as somebody saved it."""

    class Unmapped(models.TextChoices):
        """What becomes of objects of classes without a label."""

        SUGGEST = "suggest"  # suggested without a label
        SKIP = "skip"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    segmenter = models.CharField(max_length=64)
    labels = models.JSONField(default=dict)  # id of a label, or null, by name of a class
    unmapped = models.CharField(max_length=8, choices=Unmapped.choices, default=Unmapped.SUGGEST)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "segmenter"], name="mapping_once"),
            models.CheckConstraint(
                condition=models.Q(unmapped__in=["suggest", "skip"]), name="mapping_unmapped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segmenter} in {self.project}"
