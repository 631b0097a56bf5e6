"""Shapes of images on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.api.said import SaidField
from projects.models import Image, ImageStatus, Split
from projects.pictures.tiles import TILE
from projects.selectors.images import ObjectCounts, count_objects
from projects.selectors.tags import tags_by_image
from projects.services.tiles import pyramid_of


class LeaseSerializer(serializers.Serializer[Any]):
    """Who has an image in hand, and until when."""

    username = serializers.CharField()
    until = serializers.DateTimeField()


class ObjectCountsSerializer(serializers.Serializer[Any]):
    """How many objects lie on an image."""

    confirmed = serializers.IntegerField()
    suggested = serializers.IntegerField()


class TilesSerializer(serializers.Serializer[Any]):
    """Where the tiles lie: ``<address><level>/<row>/<column>/``, level 0 in full size."""

    address = serializers.CharField()
    size = serializers.IntegerField(help_text="Side of a tile in pixels of its level.")
    levels = serializers.IntegerField(help_text="Each is one half of the one before.")


class ImageSerializer(serializers.Serializer[Any]):
    """An image as the selectors give it; counts and tags come in the context, by image id."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    project = serializers.IntegerField(source="project_id")
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ImageStatus.choices)
    split = serializers.ChoiceField(choices=Split.choices, allow_blank=True)
    priority = serializers.FloatField()
    priority_reason = SaidField(allow_blank=True)
    assignee = serializers.CharField(source="assignee.username", default=None, allow_null=True)
    reviewer = serializers.CharField(source="reviewer.username", default=None, allow_null=True)
    upload_sha256 = serializers.CharField()
    sha256 = serializers.CharField()
    mime = serializers.CharField()
    turned = serializers.BooleanField()
    size_bytes = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    deleted_at = serializers.DateTimeField(allow_null=True)
    file = serializers.SerializerMethodField()
    preview = serializers.SerializerMethodField()
    tiles = serializers.SerializerMethodField()
    lease = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    tags = serializers.SerializerMethodField()

    def get_file(self, image: Image) -> str:
        """Give the address of the pixels."""
        return f"/api/v1/images/{image.pk}/file/"

    def get_preview(self, image: Image) -> str:
        """Give the address of a thumbnail."""
        return f"/api/v1/images/{image.pk}/preview/"

    @extend_schema_field(TilesSerializer(allow_null=True))
    def get_tiles(self, image: Image) -> dict[str, Any] | None:
        """Give the deep-zoom pyramid of a large image; others are shown in one piece."""
        pyramid = pyramid_of(image)
        if pyramid is None:
            return None
        path = f"/api/v1/images/{image.pk}/tiles/"
        return {"address": path, "size": TILE, "levels": pyramid.levels}

    @extend_schema_field(LeaseSerializer(allow_null=True))
    def get_lease(self, image: Image) -> dict[str, Any] | None:
        """Give the lease, if the database's clock says that it holds."""
        if image.lease_user is None or not getattr(image, "is_leased", False):
            return None
        lease = {"username": image.lease_user.username, "until": image.lease_until}
        return dict(LeaseSerializer(lease).data)

    @extend_schema_field(ObjectCountsSerializer)
    def get_counts(self, image: Image) -> dict[str, int]:
        """Give the counts."""
        counts: ObjectCounts = self.context["counts"][image.pk]
        return {"confirmed": counts.confirmed, "suggested": counts.suggested}

    def get_tags(self, image: Image) -> list[int]:
        """Give the ids of the tags, by name."""
        return [tag.pk for tag in self.context["tags"][image.pk]]


class ImageChanges(serializers.Serializer[Any]):
    """What a client changes of an image."""

    name = serializers.CharField(required=False, max_length=1000)
    split = serializers.ChoiceField(choices=Split.choices, required=False, allow_blank=True)
    assignee = serializers.CharField(required=False, allow_null=True, max_length=150)


class UploadInput(serializers.Serializer[Any]):
    """An upload; the name is the file's own unless given."""

    file = serializers.FileField()
    name = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    split = serializers.ChoiceField(
        choices=Split.choices, required=False, allow_blank=True, default=Split.NONE
    )


class UploadedSerializer(ImageSerializer):
    """The image that an upload led to; a duplicate is the earlier one of the same bytes."""

    duplicate = serializers.BooleanField()


class NeighboursSerializer(serializers.Serializer[Any]):
    """An image's place in a list."""

    previous = serializers.IntegerField(allow_null=True)
    next = serializers.IntegerField(allow_null=True)
    position = serializers.IntegerField()
    count = serializers.IntegerField()


class SurroundingsSerializer(NeighboursSerializer):
    """An image's place in a list, and what stands around it there if that was asked for."""

    before = ImageSerializer(many=True, required=False)
    after = ImageSerializer(many=True, required=False)


class NeighboursQuery(serializers.Serializer[Any]):
    """How many images to each side are wanted whole."""

    reach = serializers.IntegerField(min_value=0, max_value=20, default=0)


class TaggingInput(serializers.Serializer[Any]):
    """Tags to put on an image and to take off it."""

    add = serializers.ListField(child=serializers.IntegerField(min_value=1), default=list)
    remove = serializers.ListField(child=serializers.IntegerField(min_value=1), default=list)


class QueueInput(serializers.Serializer[Any]):
    """Which work is wanted next."""

    kind = serializers.ChoiceField(choices=["annotate", "review"], default="annotate")
    order = serializers.ChoiceField(
        choices=["uncertainty", "created", "random"], default="uncertainty"
    )


class TaskSerializer(ImageSerializer):
    """An image to work on, and why it is this one."""

    reason = serializers.CharField()


class SubmittedSerializer(ImageSerializer):
    """An image after it was submitted, with what nobody has decided on."""

    remaining_suggestions = serializers.IntegerField()


def images_json(images: Iterable[Image]) -> list[dict[str, Any]]:
    """Give images of the selectors as the API shows them; counts and tags take a statement each."""
    rows = list(images)
    ids = [image.pk for image in rows]
    context = {"counts": count_objects(image_ids=ids), "tags": tags_by_image(image_ids=ids)}
    return [dict(one) for one in ImageSerializer(rows, many=True, context=context).data]


def image_json(image: Image) -> dict[str, Any]:
    """Give one image of the selectors as the API shows it."""
    return images_json([image])[0]
