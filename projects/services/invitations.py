"""Invitations: a link that makes whoever follows it a member, once, within 7 days."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from projects.errors import NotFound
from projects.models import Invitation, Membership, Project, Role, User
from projects.policy import Action, require
from projects.selectors.clock import database_now
from projects.services.accounts import create_user
from projects.services.digests import token_digest
from projects.services.members import checked_role, join

LASTS = timedelta(days=7)


@transaction.atomic
def create_invitation(*, user: User, project: Project, role: str) -> tuple[Invitation, str]:
    """An invitation and the secret of its link, which is not kept.

    Raises:
        Forbidden: If the user does not lead the project.
        InvalidInput: If there is no such role.
    """
    require(user=user, project=project, action=Action.MANAGE_MEMBERS)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        project=project,
        role=checked_role(role),
        digest=token_digest(secret),
        created_by=user,
        expires_at=database_now() + LASTS,
    )
    return invitation, secret


@transaction.atomic
def revoke_invitation(*, user: User, invitation: Invitation) -> None:
    """End an invitation that nobody followed yet.

    Raises:
        Forbidden: If the user does not lead the project.
    """
    require(user=user, project=invitation.project, action=Action.MANAGE_MEMBERS)
    Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).delete()


def find_invitation(*, secret: str) -> Invitation:
    """The open invitation of that link, which stays open.

    Raises:
        NotFound: If there is none, or it was followed, revoked or is too old.
    """
    invitation = _open(secret).select_related("project", "created_by").first()
    if invitation is None:
        raise _no_invitation()
    return invitation


@transaction.atomic
def accept_invitation(*, secret: str, user: User) -> Membership:
    """Make the user a member; the invitation is spent.

    Raises:
        NotFound: If there is no such open invitation.
        Conflict: If the user is a member already; the invitation stays open.
    """
    invitation = find_invitation(secret=secret)
    # "Unanswered" stands in the filter, on the row itself: of two who follow the link at once one
    # joins. (A filter across tables becomes a subquery, which PostgreSQL does not look at again.)
    unanswered = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True)
    if not unanswered.update(accepted_by=user, accepted_at=Now()):
        raise _no_invitation()
    return join(project=invitation.project, user=user, role=Role(invitation.role))


@transaction.atomic
def join_with_new_account(*, secret: str, username: str, password: str) -> User:
    """Make an account and let it follow the invitation; both or neither.

    Raises:
        NotFound: If there is no such open invitation.
        InvalidInput, Conflict: If the name or the password will not do.
    """
    user = create_user(username=username, password=password)
    accept_invitation(secret=secret, user=user)
    return user


def forget_before(*, moment: datetime) -> int:
    """Remove invitations that ended unanswered before ``moment``; the number of rows."""
    ended = Invitation.objects.filter(expires_at__lt=moment, accepted_at__isnull=True)
    return ended.delete()[0]


def _open(secret: str) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        digest=token_digest(secret),
        accepted_at__isnull=True,
        expires_at__gt=Now(),
        project__deleted_at__isnull=True,
    )


def _no_invitation() -> NotFound:
    return NotFound(
        "This invitation was used already or is too old. Ask the project's lead for a new one.",
        "invitation_spent",
    )
