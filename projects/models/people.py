"""Who works here, and as what in which project."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from projects.models.states import one_of


class Role(models.TextChoices):
    """A member's role in one project."""

    ANNOTATOR = "annotator"
    REVIEWER = "reviewer"
    LEAD = "lead"


class User(AbstractUser):
    """An account; what it may do follows from memberships, never from staff flags."""

    # Profile settings (theme, keys, hints seen); services check the schema.
    preferences = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "projects_user"


class Membership(models.Model):
    """A user's role in a project."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_once"),
            models.CheckConstraint(condition=one_of("role", Role), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"
