"""The way to the bell: jobs of this house are rung for like all others."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from projects.signals import job_opened


def ring_after_commit(job_id: int) -> None:
    """Tell the workers about an open job once the present transaction is committed."""
    transaction.on_commit(partial(job_opened.send, sender=None, job_id=job_id))
