"""What inference keeps: where embeddings lie."""

from __future__ import annotations

from django.db import models


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

    def __str__(self) -> str:
        return f"{self.segmenter} of {self.sha256[:8]}"
