"""Shapes of annotations, changes and histories on the wire.

Members named label and source stand where DRF's fields have attributes of these names; DRF takes
them out of the way, which the type checker does not see.
"""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.models import Annotation, AnnotationState, Image, Revision, Source
from projects.services.change_requests import Change, Wanted
from projects.services.effort import read_effort

MAX_Z = 1_000_000
_ORIGIN = ("source", "score", "stability", "disagreement", "boundary_entropy", "model")
WRITABLE_STATES = [(state.value, state.label) for state in AnnotationState if state != "deleted"]

SEGMENTATION_SCHEMA = {
    "type": "object",
    "required": ["size", "counts"],
    "properties": {
        "size": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        "counts": {
            "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}],
            "description": "COCO run lengths; answers always hold the compressed text.",
        },
    },
}


EFFORT_SCHEMA = {
    "type": "object",
    "description": "What the change cost a person. It never refuses a change: what is malformed is "
    "left out, what is too high is cut.",
    "properties": {
        name: {"type": "integer", "minimum": 0}
        for name in ("clicks", "strokes", "undos", "redos", "prompts", "active_ms")
    },
}


class UuidField(serializers.UUIDField):
    """A UUID as text; DRF's own also takes numbers."""

    def to_internal_value(self, data: Any) -> UUID:
        """Read the text."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        value: UUID = super().to_internal_value(data)
        return value


@extend_schema_field(SEGMENTATION_SCHEMA)
class SegmentationField(serializers.JSONField):
    """A mask; ``projects.masks.rle.parse`` checks it against its image."""


@extend_schema_field(EFFORT_SCHEMA)
class EffortField(serializers.JSONField):
    """Figures of effort, in whatever shape; ``read_effort`` makes sense of them."""


class ShareField(serializers.FloatField):
    """A number from 0 to 1, or null."""

    def __init__(self) -> None:
        super().__init__(min_value=0, max_value=1, required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> float:
        """Read the number; text such as "nan" is none."""
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            raise serializers.ValidationError("Expected a number from 0 to 1.")
        return value


class ObjectInput(serializers.Serializer[Any]):
    """What a client wants an object to be; read-only members of answers are ignored."""

    label = serializers.IntegerField(required=False, allow_null=True, default=None)  # type: ignore[assignment]
    segmentation = SegmentationField()
    state = serializers.ChoiceField(choices=WRITABLE_STATES, required=False, allow_null=True)
    z = serializers.IntegerField(default=0, min_value=-MAX_Z, max_value=MAX_Z)
    iscrowd = serializers.BooleanField(default=False)
    attributes = serializers.DictField(required=False, default=dict)
    source = serializers.ChoiceField(choices=Source.choices, required=False)  # type: ignore[assignment]
    score = ShareField()
    stability = ShareField()
    disagreement = ShareField()
    boundary_entropy = ShareField()
    model = serializers.CharField(required=False, allow_blank=True, max_length=128)

    def wanted(self) -> Wanted:
        """Give what was sent, for the services."""
        data = self.validated_data
        return Wanted(
            segmentation=data["segmentation"],
            label_id=data["label"],
            state=data.get("state"),
            z=data["z"],
            iscrowd=data["iscrowd"],
            attributes=data["attributes"],
            origin={name: data[name] for name in _ORIGIN if name in data},
        )


class PutInput(ObjectInput):
    """A put; the change's id may also come as the header Idempotency-Key."""

    change_id = UuidField(required=False, allow_null=True, default=None)


class ChangeInput(ObjectInput):
    """One of many changes; a deletion needs nothing of what the object should be."""

    op = serializers.ChoiceField(choices=["put", "delete"])
    id = UuidField()
    change_id = UuidField()
    base_revision = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**31 - 1
    )
    segmentation = SegmentationField(required=False)
    cause = serializers.ChoiceField(choices=["edit", "restore"], default="edit")
    effort = EffortField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a put without a mask."""
        if attrs["op"] == "put" and "segmentation" not in attrs:
            raise serializers.ValidationError({"segmentation": ["A put needs a mask."]})
        return attrs

    def change(self) -> Change:
        """Give what was sent, for the services."""
        data = self.validated_data
        return Change(
            uuid=data["id"],
            base_revision=data["base_revision"],
            wanted=self.wanted() if data["op"] == "put" else None,
            change_id=data["change_id"],
            cause=data["cause"],
            effort=read_effort(data["effort"]),
        )


class RestoreInput(serializers.Serializer[Any]):
    """Which revision's state to take."""

    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    change_id = UuidField(required=False, allow_null=True, default=None)


class AnnotationSerializer(serializers.Serializer[Any]):
    """An annotation as one of its revisions left it."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    revision = serializers.IntegerField()
    label = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    segmentation = SegmentationField()
    z = serializers.IntegerField()
    iscrowd = serializers.BooleanField()
    attributes = serializers.DictField()
    state = serializers.ChoiceField(choices=AnnotationState.choices)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    score = serializers.FloatField(allow_null=True)
    stability = serializers.FloatField(allow_null=True)
    disagreement = serializers.FloatField(allow_null=True)
    boundary_entropy = serializers.FloatField(allow_null=True)
    model = serializers.CharField(allow_blank=True)
    area = serializers.IntegerField()
    bbox = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=4,
        max_length=4,
        help_text="x, y, width, height",
    )
    author = serializers.CharField(allow_null=True)
    updated_at = serializers.DateTimeField()


class HistorySerializer(AnnotationSerializer):
    """A revision with why it was made."""

    cause = serializers.CharField()
    change_id = serializers.UUIDField(allow_null=True)


class ImageHistorySerializer(serializers.Serializer[Any]):
    """A revision in the history of its image, with what it changed, without its mask."""

    id = serializers.IntegerField(help_text="A moment of the image, for annotations/?at=")
    annotation = serializers.UUIDField(source="annotation.uuid")
    number = serializers.IntegerField(source="annotation.number")
    revision = serializers.IntegerField(source="number")
    label = serializers.IntegerField(source="label_id", allow_null=True)  # type: ignore[assignment]
    state = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    area = serializers.IntegerField()
    bbox = serializers.SerializerMethodField()
    author = serializers.CharField(source="author.username", default=None, allow_null=True)
    model = serializers.CharField(allow_blank=True)
    cause = serializers.CharField()
    created_at = serializers.DateTimeField()
    changed = serializers.SerializerMethodField()
    label_before = serializers.IntegerField(allow_null=True)
    state_before = serializers.CharField(allow_null=True)
    area_before = serializers.IntegerField(allow_null=True)

    def get_bbox(self, revision: Revision) -> list[int]:
        """Give x, y, width and height."""
        return bbox_of(revision)

    def get_changed(self, revision: Any) -> list[str]:
        """Name what differs from the revision before; all of it in a first one."""
        differs = {
            "mask": not revision.same_mask,
            "label": revision.label_before != revision.label_id,
            "state": revision.state_before != revision.state,
            "z": revision.z_before != revision.z,
            "attributes": revision.attributes_before != revision.attributes,
            "iscrowd": revision.iscrowd_before != revision.iscrowd,
        }
        return [name for name, is_other in differs.items() if is_other]


class OutcomeSerializer(serializers.Serializer[Any]):
    """What became of one change; either an annotation or a problem."""

    id = serializers.UUIDField(allow_null=True)
    change_id = serializers.UUIDField(allow_null=True)
    status = serializers.IntegerField()
    revision = serializers.IntegerField(required=False)
    etag = serializers.CharField(required=False)
    annotation = AnnotationSerializer(required=False)
    problem = serializers.DictField(required=False)


def bbox_of(revision: Revision) -> list[int]:
    """Give x, y, width and height."""
    return [revision.bbox_x, revision.bbox_y, revision.bbox_w, revision.bbox_h]


def annotation_json(annotation: Annotation, revision: Revision, image: Image) -> dict[str, Any]:
    """Give the annotation as the revision left it; what AnnotationSerializer describes.

    Written out, since field by field it takes ten times as long and images hold thousands.
    """
    return {
        "id": str(annotation.uuid),
        "number": annotation.number,
        "revision": revision.number,
        "label": revision.label_id,
        "segmentation": {"size": [image.height, image.width], "counts": revision.counts},
        "z": revision.z,
        "iscrowd": revision.iscrowd,
        "attributes": revision.attributes,
        "state": revision.state,
        "source": revision.source,
        "score": revision.score,
        "stability": revision.stability,
        "disagreement": revision.disagreement,
        "boundary_entropy": revision.boundary_entropy,
        "model": revision.model,
        "area": revision.area,
        "bbox": bbox_of(revision),
        "author": revision.author.username if revision.author else None,
        "updated_at": revision.created_at,
    }


def current_json(annotation: Annotation, image: Image) -> dict[str, Any] | None:
    """Give the annotation as it is now."""
    current = annotation.current
    return annotation_json(annotation, current, image) if current else None
