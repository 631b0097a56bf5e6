"""Finished exports."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models.jobs import Job
from projects.models.projects import Project


class Export(models.Model):
    """An archive made by a job, with what it holds and the proof that it reads back."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exports")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="export")
    format = models.CharField(max_length=32)
    options = models.JSONField(default=dict)
    file_key = models.CharField(max_length=200)  # under exports/ in the storage
    file_name = models.CharField(max_length=200)  # what a browser saves it as
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    report = models.JSONField(default=dict)  # counts, what was left out and why, verification
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="export_by_project")]

    def __str__(self) -> str:
        return self.file_name
