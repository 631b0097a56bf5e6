"""Projects, their label schemas and their words for images."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


def _default_segmenter() -> str:
    return str(settings.DEFAULT_SEGMENTER)


class Project(models.Model):
    """A dataset in the making: images, a label schema, and the people who label.

    The ``next_*`` counters give images, labels and annotations their ``number``: 1.. per project,
    never reused, the only ids that exports use.
    """

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="", max_length=10_000)
    panoptic = models.BooleanField(default=False)
    segmenter = models.CharField(max_length=64, default=_default_segmenter)
    is_demo = models.BooleanField(default=False)
    next_image_number = models.BigIntegerField(default=1)
    next_label_number = models.BigIntegerField(default=1)
    next_annotation_number = models.BigIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="project_has_a_name"),
            models.CheckConstraint(
                condition=Q(next_image_number__gte=1)
                & Q(next_label_number__gte=1)
                & Q(next_annotation_number__gte=1),
                name="project_counters_start_at_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """One class of the schema: a countable thing or uncountable stuff."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="labels")
    number = models.BigIntegerField()
    name = models.CharField(max_length=100)
    color = models.CharField(max_length=7)  # "#rrggbb"
    is_thing = models.BooleanField(default=True)
    supercategory = models.CharField(max_length=100, blank=True, default="")
    hotkey = models.CharField(max_length=1, blank=True, default="")
    order = models.IntegerField(default=0)
    archived = models.BooleanField(default=False)
    # What may be said of its objects: [{name, kind, choices, required}]; services check the shape.
    attributes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="label_number_once"),
            models.UniqueConstraint("project", Lower("name"), name="label_name_once"),
            models.UniqueConstraint(
                fields=["project", "hotkey"],
                condition=~Q(hotkey="") & Q(archived=False),
                name="label_hotkey_once",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="label_number_from_one"),
            models.CheckConstraint(condition=~Q(name=""), name="label_has_a_name"),
            models.CheckConstraint(
                condition=Q(color__regex=r"^#[0-9a-f]{6}$"), name="label_color_is_hex"
            ),
            models.CheckConstraint(
                condition=Q(hotkey__in=["", *"1234567890"]), name="label_hotkey_is_a_digit"
            ),
        ]
        ordering = ["order", "number"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word of the project for whole images: blurry, night, ask again."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=100)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("project", Lower("name"), name="tag_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="tag_has_a_name"),
        ]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
