"""Ways in: API tokens, one-time links, invitations, and the counters that slow guessing.

Secrets are kept as SHA-256 only; the secret itself is shown once.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models.people import Role
from projects.models.projects import Project
from projects.models.states import one_of


class Token(models.Model):
    """A program's key to the API, with a scope and an end."""

    class Scope(models.TextChoices):
        """What a token may do at most; its user's roles limit it further."""

        READ = "read"
        WRITE = "write"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.READ)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["read", "write"]), name="token_scope")
        ]

    def __str__(self) -> str:
        return self.name


class LoginLink(models.Model):
    """A link that logs one user in once, or lets them set a password once."""

    class Purpose(models.TextChoices):
        """What the link is good for."""

        LOGIN = "login"
        RESET = "reset"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.purpose} link of {self.user}"


class Invitation(models.Model):
    """A link that makes whoever follows it a member, once."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=16, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("role", Role), name="invitation_role")
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.project}"


class LimitCount(models.Model):
    """How often something happened in a window; counted atomically in the database."""

    key = models.CharField(max_length=200)
    window_start = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window_start"], name="limit_window_once"),
            models.CheckConstraint(condition=Q(count__gte=0), name="limit_count"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
