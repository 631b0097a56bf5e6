"""The user's own page: projects, password, API tokens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from projects.errors import ApplicationError, InvalidInput
from projects.models import User
from projects.pages.account_forms import ChangePasswordForm, TokenForm
from projects.pages.sent import sent_id
from projects.selectors.people import tokens_of
from projects.sentences import said
from projects.services.accounts import change_password
from projects.services.tokens import create_token, revoke_token
from projects.visitors import client_address, page, signed_in


@sensitive_post_parameters("old", "password", "again")
@require_http_methods(["GET", "POST"])
@page
def account(request: HttpRequest) -> HttpResponse:
    """Show the account; change the password and the tokens."""
    if request.method != "POST":
        return _show(request)
    do = request.POST.get("do", "")
    if do == "password":
        return _change_password(request)
    if do == "token":
        return _make_token(request)
    if do == "revoke":
        return _revoke(request)
    raise InvalidInput(gettext("There is nothing called “%(do)s” to do here.") % {"do": do[:40]})


def _show(request: HttpRequest, **forms: object) -> HttpResponse:
    user = signed_in(request)
    context = {
        "password_form": ChangePasswordForm(has_one=user.has_usable_password()),
        "token_form": TokenForm(),
        "tokens": tokens_of(user=user),
        "memberships": _memberships(user),
        "host": request.build_absolute_uri("/").rstrip("/"),
        **forms,
    }
    return render(request, "account.html", context)


def _memberships(user: User) -> list[tuple[str, int, str]]:
    rows = user.memberships.filter(project__deleted_at__isnull=True).order_by("project__name")
    return list(rows.values_list("project__name", "project_id", "role"))


def _change_password(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ChangePasswordForm(request.POST, has_one=user.has_usable_password())
    if not form.is_valid():
        return _show(request, password_form=form)
    try:
        change_password(
            user=user,
            old=form.cleaned_data.get("old", ""),
            new=form.cleaned_data["password"],
            address=client_address(request),
        )
    except ApplicationError as error:
        is_old_wrong = error.code == "wrong_credentials"
        form.add_error("old" if is_old_wrong else "password", said(error))
        return _show(request, password_form=form)
    user.refresh_from_db()
    update_session_auth_hash(request, user)
    messages.success(request, gettext("Your password is changed; other sessions have ended."))
    return redirect("account")


def _make_token(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _show(request, token_form=form)
    token, secret = create_token(user=signed_in(request), **form.cleaned_data)
    words = gettext("Your new token “%(name)s”. Copy it now.") % {"name": token.name}
    return _show(request, words=words, secret=secret)


def _revoke(request: HttpRequest) -> HttpResponse:
    revoke_token(user=signed_in(request), token_id=sent_id(request, "token"))
    messages.success(request, gettext("The token is revoked; nothing can use it any more."))
    return redirect("account")
