"""Reads of members, invitations and tokens."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Now

from projects.errors import NotFound
from projects.models import Invitation, Membership, Project, Token, User
from projects.policy import Action, require, within


def members_of(*, user: User, project: Project) -> QuerySet[Membership]:
    """The project's members with their accounts, in the order in which they joined."""
    rows = Membership.objects.filter(project=project).select_related("user")
    return within(rows, user=user).order_by("id")


def get_membership(*, user: User, membership_id: int) -> Membership:
    """One membership of the user's projects.

    Raises:
        NotFound: If there is none that the user may know of.
    """
    rows = within(Membership.objects.select_related("project", "user"), user=user)
    membership = rows.filter(pk=membership_id).first()
    if membership is None:
        raise NotFound("There is no such member.")
    return membership


def open_invitations_of(*, user: User, project: Project) -> QuerySet[Invitation]:
    """Invitations that can still be followed, newest first; for those who manage members.

    Raises:
        Forbidden: If the user does not.
    """
    require(user=user, project=project, action=Action.MANAGE_MEMBERS)
    return (
        Invitation.objects.filter(project=project, accepted_at__isnull=True, expires_at__gt=Now())
        .select_related("created_by")
        .order_by("-id")
    )


def get_invitation(*, user: User, invitation_id: int) -> Invitation:
    """One invitation to the user's projects.

    Raises:
        NotFound: If there is none that the user may know of.
    """
    rows = within(Invitation.objects.select_related("project"), user=user)
    invitation = rows.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound("There is no such invitation.")
    return invitation


def tokens_of(*, user: User) -> QuerySet[Token]:
    """The user's own tokens, newest first."""
    return Token.objects.filter(user=user).order_by("-id")
