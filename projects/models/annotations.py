"""Annotations and their append-only revisions.

A revision owns the whole state of its time; an annotation is an identity, a pointer to the current
revision, and copies of what lists filter by. Triggers (migration 0002) refuse to change or delete
revisions, pointers to another annotation's revision, labels of another project and boxes outside
the image.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models.images import Image
from projects.models.projects import Label
from projects.models.states import AnnotationState, Source, one_of


class Annotation(models.Model):
    """One object on one image; ``uuid`` is made by the client and unique per image."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="annotations")
    uuid = models.UUIDField()
    number = models.BigIntegerField()  # of the project's counter; unique through it
    current = models.OneToOneField(
        "projects.Revision", null=True, on_delete=models.RESTRICT, related_name="+"
    )
    label = models.ForeignKey(Label, null=True, on_delete=models.RESTRICT, related_name="+")
    state = models.CharField(max_length=16, choices=AnnotationState.choices)
    source = models.CharField(max_length=16, choices=Source.choices)
    score = models.FloatField(null=True)
    area = models.BigIntegerField()
    bbox_x = models.IntegerField()
    bbox_y = models.IntegerField()
    bbox_w = models.IntegerField()
    bbox_h = models.IntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "uuid"], name="annotation_uuid_once"),
            models.UniqueConstraint(fields=["image", "number"], name="annotation_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="annotation_number_from_one"),
            models.CheckConstraint(condition=Q(area__gte=0), name="annotation_area"),
            models.CheckConstraint(
                condition=Q(bbox_x__gte=0) & Q(bbox_y__gte=0) & Q(bbox_w__gte=0) & Q(bbox_h__gte=0),
                name="annotation_bbox",
            ),
            models.CheckConstraint(
                condition=one_of("state", AnnotationState), name="annotation_state"
            ),
            models.CheckConstraint(condition=one_of("source", Source), name="annotation_source"),
            models.CheckConstraint(
                condition=~Q(state=AnnotationState.CONFIRMED) | Q(label__isnull=False),
                name="annotation_confirmed_has_a_label",
            ),
        ]
        indexes = [
            models.Index(fields=["image", "state"], name="annotation_by_state"),
            models.Index(fields=["label", "state"], name="annotation_by_label"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Revision(models.Model):
    """The whole state of an annotation at one time; written once."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="revisions")
    number = models.IntegerField()  # 1.. per annotation without gaps; the ETag
    label = models.ForeignKey(Label, null=True, on_delete=models.RESTRICT, related_name="+")
    counts = models.TextField()  # COCO compressed RLE, ASCII; the size is the image's
    area = models.BigIntegerField()
    bbox_x = models.IntegerField()
    bbox_y = models.IntegerField()
    bbox_w = models.IntegerField()
    bbox_h = models.IntegerField()
    z = models.IntegerField(default=0)
    iscrowd = models.BooleanField(default=False)
    attributes = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=AnnotationState.choices)
    source = models.CharField(max_length=16, choices=Source.choices)
    score = models.FloatField(null=True)  # predicted IoU, 0..1
    stability = models.FloatField(null=True)  # 0..1
    disagreement = models.FloatField(null=True)  # 0..1
    boundary_entropy = models.FloatField(null=True)  # bits, 0..1
    model = models.CharField(max_length=128, blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    cause = models.CharField(max_length=32)  # edit, prelabel, import, restore, ...
    change_id = models.UUIDField(null=True)
    change_sha256 = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["annotation", "change_id"], name="revision_change_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number_from_one"),
            models.CheckConstraint(condition=Q(area__gte=0), name="revision_area"),
            models.CheckConstraint(condition=~Q(counts=""), name="revision_has_a_mask"),
            models.CheckConstraint(
                condition=one_of("state", AnnotationState), name="revision_state"
            ),
            models.CheckConstraint(condition=one_of("source", Source), name="revision_source"),
            models.CheckConstraint(
                condition=~Q(state=AnnotationState.CONFIRMED) | Q(label__isnull=False),
                name="revision_confirmed_has_a_label",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotation_id}@{self.number}"
