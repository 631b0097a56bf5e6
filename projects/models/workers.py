"""The processes that work on jobs, as they tell of themselves, and what all processes count."""

from __future__ import annotations

from django.db import models


class Worker(models.Model):
    """One worker process; its row is renewed while it lives and removed some time after."""

    name = models.CharField(max_length=120, unique=True)
    host = models.CharField(max_length=80)
    pid = models.IntegerField()
    queues = models.JSONField(default=list)  # names, the first served first
    abilities = models.JSONField(default=list)  # "segmenter:sam_vit_b", "gpu"
    loaded = models.JSONField(default=list)  # [name of a model in memory, its bytes]
    memory_bytes = models.BigIntegerField(default=0)
    memory_most_bytes = models.BigIntegerField(default=0)
    oom_kills = models.BigIntegerField(default=0)  # of its machine, ever
    busy_with = models.BigIntegerField(null=True)  # the id of a job
    started_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


class Tally(models.Model):
    """A number that only grows, summed over all processes."""

    name = models.CharField(max_length=120, unique=True)
    value = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
