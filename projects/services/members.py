"""Who works in a project and as what. A project never loses its last lead."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q

from projects.errors import Conflict, InvalidInput
from projects.models import Image, Membership, Project, Role, User
from projects.policy import Action, require


@transaction.atomic
def add_member(*, user: User, project: Project, username: str, role: str) -> Membership:
    """Make somebody who has an account a member.

    Raises:
        Forbidden: If the user does not lead the project.
        InvalidInput: If there is no such active account.
        Conflict: If the account is a member already.
    """
    require(user=user, project=project, action=Action.MANAGE_MEMBERS)
    account = User.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise InvalidInput(
            f"There is no account {username[:150]!r}; invite by link instead.", "no_such_account"
        )
    return join(project=project, user=account, role=checked_role(role))


def join(*, project: Project, user: User, role: Role) -> Membership:
    """Write the membership. Asks for no permission: an invitation or a lead gave it.

    Raises:
        Conflict: If the user is a member already.
    """
    try:
        with transaction.atomic():
            return Membership.objects.create(project=project, user=user, role=role)
    except IntegrityError:
        raise Conflict(f"{user} is a member already.", "already_a_member") from None


@transaction.atomic
def change_role(*, user: User, membership: Membership, role: str) -> Membership:
    """Give a member another role.

    Raises:
        Forbidden: If the user does not lead the project.
        Conflict: If the project would be left without a lead.
    """
    require(user=user, project=membership.project, action=Action.MANAGE_MEMBERS)
    wanted = checked_role(role)
    if wanted != Role.LEAD:
        _refuse_without_lead(membership)
    membership.role = wanted
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(*, user: User, membership: Membership) -> None:
    """End a membership: a lead anybody's, everybody their own. What the member did stays.

    Raises:
        Forbidden: If it is somebody else's and the user does not lead the project.
        Conflict: If the project would be left without a lead.
    """
    if membership.user_id != user.pk:
        require(user=user, project=membership.project, action=Action.MANAGE_MEMBERS)
    _refuse_without_lead(membership)
    mine = Image.objects.filter(project=membership.project_id)
    mine.filter(assignee=membership.user_id).update(assignee=None)
    mine.filter(reviewer=membership.user_id).update(reviewer=None)
    mine.filter(lease_user=membership.user_id).update(lease_user=None, lease_until=None)
    membership.delete()


def checked_role(role: str) -> Role:
    """The role of that name.

    Raises:
        InvalidInput: If there is none.
    """
    if role not in Role.values:
        raise InvalidInput(
            f"The role is {role[:40]!r}; expected one of {', '.join(Role.values)}.", "role"
        )
    return Role(role)


def _refuse_without_lead(membership: Membership) -> None:
    # The row lock makes two leads who leave at once take turns, so that one of them stays.
    Project.objects.select_for_update().get(pk=membership.project_id)
    members = Membership.objects.filter(project=membership.project_id)
    is_lead = members.filter(pk=membership.pk, role=Role.LEAD).exists()
    others = members.filter(~Q(pk=membership.pk), role=Role.LEAD, user__is_active=True)
    if is_lead and not others.exists():
        raise Conflict(
            "This is the project's last lead; make somebody else a lead first.", "last_lead"
        )
