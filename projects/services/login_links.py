"""Links that log somebody in once, or let them set a password once. Only digests are kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from projects.errors import Forbidden, NotFound
from projects.models import LoginLink, Membership, Role, User
from projects.policy import Action, require
from projects.selectors.clock import database_now
from projects.services.accounts import set_password
from projects.services.digests import token_digest

LOGIN_MINUTES = 15
RESET_HOURS = 24


@transaction.atomic
def create_login_link(*, user: User) -> str:
    """The secret of a link that logs the user in once, within 15 minutes."""
    return _write(user, LoginLink.Purpose.LOGIN, timedelta(minutes=LOGIN_MINUTES))


@transaction.atomic
def create_reset_link(*, user: User) -> str:
    """The secret of a link by which the user sets a password once, within a day.

    For the server's owner on the command line; earlier reset links of the user end.
    """
    LoginLink.objects.filter(user=user, purpose=LoginLink.Purpose.RESET).delete()
    return _write(user, LoginLink.Purpose.RESET, timedelta(hours=RESET_HOURS))


@transaction.atomic
def create_member_reset_link(*, user: User, membership: Membership) -> str:
    """The secret of a reset link that a lead makes for a member.

    Whoever holds the link can become the member. So a lead can make one only for somebody who works
    in no project that this lead does not lead: the link then opens nothing new.

    Raises:
        Forbidden: If the user does not lead all of the member's projects.
    """
    require(user=user, project=membership.project, action=Action.MANAGE_MEMBERS)
    member = membership.user
    led = Membership.objects.filter(user=user, role=Role.LEAD).values("project_id")
    elsewhere = Membership.objects.filter(~Q(project_id__in=led), user=member)
    if member.is_staff or member.is_superuser or elsewhere.exists():
        raise Forbidden(
            f"{member} also works where you do not lead; whoever runs this server can make the "
            f"link: manage.py reset_link {member}",
            "works_elsewhere",
        )
    return create_reset_link(user=member)


def log_in_by_link(*, secret: str) -> User:
    """The user whom the link logs in; the link is spent.

    Raises:
        NotFound: If there is no such link, or it is used or too old.
    """
    return _use(secret, LoginLink.Purpose.LOGIN)


def reset_link_user(*, secret: str) -> User:
    """Whom a reset link is for; the link stays good.

    Raises:
        NotFound: If there is no such link, or it is used or too old.
    """
    return _find(secret, LoginLink.Purpose.RESET).user


@transaction.atomic
def reset_password(*, secret: str, password: str) -> User:
    """Set the password of the link's user; the link is spent only if the password is good.

    Raises:
        NotFound: If there is no such link, or it is used or too old.
        InvalidInput: If the password is too weak.
    """
    return set_password(user=_use(secret, LoginLink.Purpose.RESET), password=password)


def forget_before(*, moment: datetime) -> int:
    """Remove the links that ended before ``moment``; the number of rows."""
    return LoginLink.objects.filter(expires_at__lt=moment).delete()[0]


def _write(user: User, purpose: LoginLink.Purpose, lasts: timedelta) -> str:
    secret = secrets.token_urlsafe(32)
    LoginLink.objects.create(
        user=user,
        digest=token_digest(secret),
        purpose=purpose,
        expires_at=database_now() + lasts,
    )
    return secret


def _find(secret: str, purpose: LoginLink.Purpose) -> LoginLink:
    links = LoginLink.objects.select_related("user").filter(user__is_active=True, used_at=None)
    link = links.filter(digest=token_digest(secret), purpose=purpose, expires_at__gt=Now()).first()
    if link is None:
        raise _no_link()
    return link


def _use(secret: str, purpose: LoginLink.Purpose) -> User:
    link = _find(secret, purpose)
    # "Unused" stands in the filter, so that of two who follow the link at once one gets in.
    if not LoginLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=Now()):
        raise _no_link()
    return link.user


def _no_link() -> NotFound:
    return NotFound("This link was used already or is too old. Ask for a new one.", "link_spent")
