"""Shapes of imports on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from projects.services.imports import ANNOTATIONS, PRELABELS


class ImportInput(serializers.Serializer[Any]):
    """An upload and what it should become."""

    file = serializers.FileField(help_text="JSON, or a ZIP archive with JSON files in it")
    format = serializers.CharField(default="coco_instances", max_length=40)
    dry_run = serializers.BooleanField(default=False, help_text="report only")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the field whose name is a word of Python's."""
        words = f"{ANNOTATIONS} (confirmed) or {PRELABELS} (suggestions)"
        kind = serializers.CharField(default=ANNOTATIONS, max_length=20, help_text=words)
        return {**super().get_fields(), "as": kind}
