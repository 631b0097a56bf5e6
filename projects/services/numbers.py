"""Numbers of images, labels and annotations: 1.. per project, never given twice."""

from __future__ import annotations

from typing import Literal

from django.db import transaction
from django.db.models import F

from projects.models import Project

Counter = Literal["next_image_number", "next_label_number", "next_annotation_number"]


@transaction.atomic
def reserve_numbers(*, project_id: int, counter: Counter, count: int = 1) -> int:
    """Take ``count`` numbers and give the first; the rest follow without gaps.

    The update holds the project's row until the caller's transaction ends, so the value read after
    it is ours; a rollback gives the numbers back.
    """
    Project.objects.filter(pk=project_id).update(**{counter: F(counter) + count})
    following = Project.objects.values_list(counter, flat=True).get(pk=project_id)
    return int(following) - count
