"""Who may do what: one table of role x action, applied to querysets first.

A stranger to a project learns nothing of it: what is foreign is as absent as what never was.
States of images limit further; those rules stand in the services that change states.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from django.db.models import Model, QuerySet

from projects.errors import Forbidden, NotFound
from projects.models import Membership, Project, Role, User


class Action(StrEnum):
    """What a member may want to do in a project."""

    VIEW = "view"
    ANNOTATE = "annotate"  # draw, accept, prompt, submit, lease, tag
    COMMENT = "comment"
    REOPEN = "reopen"  # take a submitted image back into work
    UPLOAD = "upload"
    EDIT_IMAGES = "edit_images"  # name, split, assignee
    DELETE_IMAGES = "delete_images"
    MANAGE_LABELS = "manage_labels"  # and tags
    RUN_JOBS = "run_jobs"  # pre-label, score, cancel, retry
    IMPORT = "import"
    EXPORT = "export"
    SEE_EFFORT = "see_effort"  # what whose work cost
    MANAGE_MEMBERS = "manage_members"
    EDIT_PROJECT = "edit_project"
    DELETE_PROJECT = "delete_project"


_EVERYONE = frozenset(Role)
_REVIEWERS = frozenset({Role.REVIEWER, Role.LEAD})
_LEADS = frozenset({Role.LEAD})

ALLOWED: dict[Action, frozenset[Role]] = {
    Action.VIEW: _EVERYONE,
    Action.ANNOTATE: _EVERYONE,
    Action.COMMENT: _EVERYONE,
    Action.REOPEN: _REVIEWERS,
    Action.UPLOAD: _LEADS,
    Action.EDIT_IMAGES: _LEADS,
    Action.DELETE_IMAGES: _LEADS,
    Action.MANAGE_LABELS: _LEADS,
    Action.RUN_JOBS: _LEADS,
    Action.IMPORT: _LEADS,
    Action.EXPORT: _REVIEWERS,
    Action.SEE_EFFORT: _REVIEWERS,
    Action.MANAGE_MEMBERS: _LEADS,
    Action.EDIT_PROJECT: _LEADS,
    Action.DELETE_PROJECT: _LEADS,
}

M = TypeVar("M", bound=Model)


def actions_of(role: Role | str) -> list[Action]:
    """Everything that the role may do, in the table's order."""
    return [action for action, roles in ALLOWED.items() if Role(role) in roles]


def roles_for(action: Action) -> list[str]:
    """The roles that may do this."""
    return sorted(role.value for role in ALLOWED[action])


def within(queryset: QuerySet[M], *, user: User, project_path: str = "project") -> QuerySet[M]:
    """The rows whose project (found along ``project_path``; "" for projects) the user belongs to.

    Deleted projects are absent. An inactive or anonymous user sees nothing.
    """
    if not user.is_active or user.pk is None:
        return queryset.none()
    prefix = f"{project_path}__" if project_path else ""
    mine = Membership.objects.filter(user=user).values("project_id")
    return queryset.filter(**{f"{prefix}pk__in": mine, f"{prefix}deleted_at__isnull": True})


def role_in(*, user: User, project: Project) -> Role:
    """The user's role in the project.

    Raises:
        NotFound: If the user is no member.
    """
    membership = Membership.objects.filter(user=user, project=project).first()
    if membership is None or not user.is_active:
        raise NotFound("There is no such project.")
    return Role(membership.role)


def require(*, user: User, project: Project, action: Action) -> Role:
    """The user's role, if it allows the action.

    Raises:
        NotFound: If the user is no member.
        Forbidden: If the role does not allow it; the message names the roles that do.
    """
    role = role_in(user=user, project=project)
    if role not in ALLOWED[action]:
        able = " or ".join(roles_for(action))
        raise Forbidden(
            f"You are {role.value} in this project; {action.value.replace('_', ' ')} takes {able}.",
            action=action.value,
            role=role.value,
        )
    return role
