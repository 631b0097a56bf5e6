"""What a schema holds is deleted as long as nothing uses it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from projects.models import Label, Tag


def delete_if_unused(row: Label | Tag) -> bool:
    """Delete it unless something refers to it; whether it is gone."""
    try:
        with transaction.atomic():
            type(row).objects.get(pk=row.pk).delete()
    except (RestrictedError, IntegrityError):
        return False
    return True
