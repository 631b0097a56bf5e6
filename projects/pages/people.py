"""The page of a project's members: roles, invitations by link, links to reset a password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from projects.errors import InvalidInput, NotFound
from projects.models import Membership
from projects.pages.project_forms import NewMemberForm, RoleForm
from projects.pages.project_frame import Frame, frame
from projects.pages.sent import sent_id
from projects.pages.words import role_word
from projects.policy import Action
from projects.selectors.people import (
    get_invitation,
    get_membership,
    members_of,
    open_invitations_of,
)
from projects.services.invitations import create_invitation, revoke_invitation
from projects.services.login_links import create_member_reset_link
from projects.services.members import add_member, change_role, remove_member
from projects.visitors import page


@require_http_methods(["GET", "POST"])
@page
def people(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show the members; a lead invites, changes roles and removes."""
    shown = frame(request, project_id)
    if request.method != "POST":
        return _show(request, shown)
    do = request.POST.get("do", "")
    if do == "invite":
        return _invite(request, shown)
    if do == "reset":
        return _make_reset_link(request, shown)
    if do == "add":
        return _add(request, shown)
    if do == "revoke":
        return _revoke(request, shown)
    return _change(request, shown, do)


def _show(request: HttpRequest, shown: Frame, **more: object) -> HttpResponse:
    manages = Action.MANAGE_MEMBERS.value in shown.facts.can
    context = shown.context(
        "people",
        members=members_of(user=shown.user, project=shown.project),
        invitations=(
            open_invitations_of(user=shown.user, project=shown.project) if manages else []
        ),
        manages=manages,
        invite_form=RoleForm(prefix="invite"),
        add_form=NewMemberForm(prefix="add"),
        **more,
    )
    return render(request, "projects/people.html", context)


def _invite(request: HttpRequest, shown: Frame) -> HttpResponse:
    role = request.POST.get("invite-role", "")
    _, secret = create_invitation(user=shown.user, project=shown.project, role=role)
    return _show(
        request,
        shown,
        link=request.build_absolute_uri(f"/invite/{secret}/"),
        link_words=gettext(
            "Send this link to one person. Who follows it becomes %(role)s; it works once, "
            "within 7 days."
        )
        % {"role": role_word(role)},
    )


def _make_reset_link(request: HttpRequest, shown: Frame) -> HttpResponse:
    membership = _membership(request, shown)
    secret = create_member_reset_link(user=shown.user, membership=membership)
    return _show(
        request,
        shown,
        link=request.build_absolute_uri(f"/reset/{secret}/"),
        link_words=gettext(
            "Send this link to %(user)s, and to nobody else. It lets them set a password once, "
            "within a day."
        )
        % {"user": membership.user},
    )


def _add(request: HttpRequest, shown: Frame) -> HttpResponse:
    form = NewMemberForm(request.POST, prefix="add")
    if not form.is_valid():
        raise InvalidInput(gettext("Give a user name and a role."))
    membership = add_member(user=shown.user, project=shown.project, **form.cleaned_data)
    messages.success(request, gettext("%(user)s is a member now.") % {"user": membership.user})
    return redirect("project-people", shown.project.pk)


def _revoke(request: HttpRequest, shown: Frame) -> HttpResponse:
    invitation = get_invitation(user=shown.user, invitation_id=sent_id(request, "invitation"))
    if invitation.project_id != shown.project.pk:
        raise NotFound(gettext("There is no such invitation."))
    revoke_invitation(user=shown.user, invitation=invitation)
    messages.success(request, gettext("The invitation is withdrawn."))
    return redirect("project-people", shown.project.pk)


def _change(request: HttpRequest, shown: Frame, do: str) -> HttpResponse:
    membership = _membership(request, shown)
    if do == "role":
        role = request.POST.get("role", "")
        change_role(user=shown.user, membership=membership, role=role)
        messages.success(
            request,
            gettext("%(user)s is %(role)s now.")
            % {"user": membership.user, "role": role_word(role)},
        )
    elif do == "remove":
        remove_member(user=shown.user, membership=membership)
        if membership.user_id == shown.user.pk:
            messages.success(request, gettext("You left %(name)s.") % {"name": shown.project.name})
            return redirect("home")
        messages.success(
            request, gettext("%(user)s is no member any more.") % {"user": membership.user}
        )
    else:
        raise InvalidInput(
            gettext("There is nothing called “%(do)s” to do with a member.") % {"do": do[:40]}
        )
    return redirect("project-people", shown.project.pk)


def _membership(request: HttpRequest, shown: Frame) -> Membership:
    membership = get_membership(user=shown.user, membership_id=sent_id(request, "member"))
    if membership.project_id != shown.project.pk:
        raise NotFound(gettext("There is no such member."))
    return membership
