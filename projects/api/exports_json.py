"""Shapes of exports on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from projects.api.said import SaidField
from projects.models import Export
from projects.services.export_records import CONFIRMED, ExportFilter


class WordsField(serializers.ListField):
    """Words as a list, or as one text with commas."""

    child = serializers.CharField(allow_blank=True, max_length=40)

    def to_internal_value(self, data: Any) -> list[str]:
        """Read either form."""
        words: list[str] = super().to_internal_value(
            data.split(",") if isinstance(data, str) else data
        )
        return words


class ExportFilters(serializers.Serializer[Any]):
    """Which objects and images go in; what is left out does not narrow."""

    include = serializers.CharField(
        default=CONFIRMED, max_length=40, help_text="confirmed, or suggested for both"
    )
    status = WordsField(default=list, help_text="images in any of these states")
    split = WordsField(default=list, help_text="images of any of these splits")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse a filter that does not exist: ignored, it would let everything through."""
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError(
                {
                    name: [f"There is no such filter; there are {', '.join(self.fields)}."]
                    for name in unknown
                }
            )
        filters: dict[str, Any] = super().to_internal_value(data)
        return filters


class ExportInput(serializers.Serializer[Any]):
    """What a client asks for; a filter may stand beside the format or in ``filters``."""

    format = serializers.CharField(max_length=40)
    options = serializers.DictField(default=dict)
    filters = ExportFilters(required=False)
    include = serializers.CharField(required=False, max_length=40)
    status = WordsField(required=False)
    split = WordsField(required=False)
    dry_run = serializers.BooleanField(default=False, help_text="only count")

    def wanted(self) -> ExportFilter:
        """The filter that the input means."""
        came = self.validated_data
        words = {
            **came.get("filters", {}),
            **{name: came[name] for name in ("include", "status", "split") if name in came},
        }
        return ExportFilter(
            include=words.get("include", CONFIRMED),
            statuses=tuple(words.get("status", ())),
            splits=tuple(words.get("split", ())),
        )


class ExportCountsSerializer(serializers.Serializer[Any]):
    """What an export would hold."""

    images = serializers.IntegerField()
    images_without_objects = serializers.IntegerField()
    objects = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    suggested = serializers.IntegerField()
    suggested_without_label = serializers.IntegerField()
    stuff_left_out = serializers.IntegerField(help_text="objects of stuff labels")
    why_nothing = SaidField(help_text="empty if there is something")


class DryRunSerializer(serializers.Serializer[Any]):
    """The answer to a dry run."""

    counts = ExportCountsSerializer()
    estimated_bytes = serializers.IntegerField()


class ExportSerializer(serializers.ModelSerializer[Export]):
    """A finished export."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    job = serializers.IntegerField(source="job_id", read_only=True)
    options = serializers.DictField(read_only=True)
    report = serializers.DictField(read_only=True)
    created_by = serializers.CharField(source="created_by.username", default=None, read_only=True)
    file = serializers.HyperlinkedIdentityField(
        view_name="export-file", lookup_field="pk", lookup_url_kwarg="export_id"
    )

    class Meta:
        model = Export
        fields = (
            "id", "project", "job", "format", "options", "file_name", "size_bytes", "sha256",
            "report", "created_by", "created_at", "file",
        )  # fmt: skip
        read_only_fields = fields
