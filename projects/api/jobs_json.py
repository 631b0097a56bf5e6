"""Shapes of jobs on the wire."""

from __future__ import annotations

from rest_framework import serializers

from projects.api.said import SaidField
from projects.models import Job
from projects.sentences import translated
from projects.services.waiting import waiting_reasons


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job and how far it is; read through ``selectors.jobs``, which counts."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    done = serializers.IntegerField(read_only=True)
    total = serializers.IntegerField(read_only=True)
    failed = serializers.IntegerField(read_only=True)
    created_by = serializers.CharField(source="created_by.username", default=None, read_only=True)
    result = serializers.DictField(read_only=True)
    error = SaidField(read_only=True)
    waiting = serializers.SerializerMethodField(
        help_text="what an open job waits for, in words; empty if for nothing"
    )
    params = serializers.DictField(read_only=True)

    class Meta:
        model = Job
        fields = (
            "id", "kind", "project", "state", "done", "total", "failed", "result", "error",
            "waiting", "params", "created_at", "started_at", "finished_at", "created_by",
        )  # fmt: skip
        read_only_fields = fields

    def get_waiting(self, job: Job) -> str:
        """Why nobody works on the job; known for whole pages at once."""
        known = self.context.get("waiting")
        reasons = waiting_reasons(jobs=[job]) if known is None else known
        return translated(reasons.get(job.pk, ""))


class StartedJob(serializers.ModelSerializer[Job]):
    """The job that a request has started; its progress is at the address in ``Location``."""

    job = serializers.IntegerField(source="pk", read_only=True)
    project = serializers.IntegerField(source="project_id", read_only=True)

    class Meta:
        model = Job
        fields = ("job", "id", "kind", "project", "state", "created_at")
        read_only_fields = fields
