"""Long work as rows: the row is the truth, a message on a broker only rings the bell."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models.images import Image
from projects.models.projects import Project
from projects.models.states import JobState, one_of


class Job(models.Model):
    """Work of one kind on a project, made of items."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    steps_done = models.BigIntegerField(default=0)  # progress inside of a job of one item
    steps_total = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)  # when a message was last published
    needs = models.JSONField(default=list)  # what a worker must be able to do, by name
    served_at = models.DateTimeField(null=True)  # when an item was last claimed

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("state", JobState), name="job_state"),
            models.CheckConstraint(
                condition=Q(steps_done__gte=0) & Q(steps_total__gte=0), name="job_steps"
            ),
        ]
        indexes = [models.Index(fields=["project", "state"], name="job_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class JobItem(models.Model):
    """The part of a job that one claim covers: an image, or the whole of an export."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items")
    image = models.ForeignKey(Image, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    attempt = models.IntegerField(default=0)
    claim_token = models.UUIDField(null=True)  # fencing: only its holder may finish the item
    heartbeat_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, blank=True, default="")  # whose claim was the last
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "image"], name="job_item_once"),
            models.UniqueConstraint(
                fields=["job"], condition=Q(image__isnull=True), name="job_item_whole_once"
            ),
            models.CheckConstraint(condition=one_of("state", JobState), name="job_item_state"),
            models.CheckConstraint(condition=Q(attempt__gte=0), name="job_item_attempt"),
        ]
        indexes = [models.Index(fields=["job", "state", "id"], name="job_item_by_state")]

    def __str__(self) -> str:
        return f"item {self.pk} of job {self.job_id}"
