"""Ways in and out: log in, log out, one-time links, invitations, a forgotten password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.errors import ApplicationError, Conflict, NotFound, TooManyRequests
from projects.models import Invitation, User
from projects.pages.account_forms import LoginForm, NewAccountForm, NewPasswordForm
from projects.sentences import said
from projects.services.accounts import check_credentials
from projects.services.invitations import accept_invitation, find_invitation, join_with_new_account
from projects.services.login_links import log_in_by_link, reset_link_user, reset_password
from projects.visitors import client_address, signed_in

GONE = 410
BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; too many attempts are refused before they are looked at."""
    wanted = _safe_next(request)
    if request.user.is_authenticated and request.method == "GET":
        return redirect(wanted)
    form = LoginForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            user = check_credentials(address=client_address(request), **form.cleaned_data)
        except TooManyRequests as error:
            form.add_error(None, said(error))
            status = 429
        except ApplicationError as error:
            form.add_error(None, said(error))
        else:
            login(request, user, backend=BACKEND)
            return redirect(wanted)
    return render(request, "ways_in/login.html", {"form": form, "next": wanted}, status=status)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("login")


@never_cache
@require_GET
def follow_login_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Log in by a link that works once."""
    try:
        user = log_in_by_link(secret=secret)
    except NotFound as error:
        return _spent(request, error)
    login(request, user, backend=BACKEND)
    return redirect("home")


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def follow_reset_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the link's user set a password, once."""
    try:
        user = reset_link_user(secret=secret)
    except NotFound as error:
        return _spent(request, error)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = reset_password(secret=secret, password=form.cleaned_data["password"])
        except NotFound as error:
            return _spent(request, error)
        except ApplicationError as error:
            form.add_error("password", said(error))
        else:
            login(request, user, backend=BACKEND)
            messages.success(request, gettext("Your password is set."))
            return redirect("home")
    return render(request, "ways_in/reset.html", {"form": form, "account": user})


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def follow_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Join a project: with the account that is logged in, or with a new one."""
    try:
        invitation = find_invitation(secret=secret)
    except NotFound as error:
        return _spent(request, error)
    if request.user.is_authenticated:
        return _join(request, secret, invitation)
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _new_member(form, secret)
        if user:
            login(request, user, backend=BACKEND)
            messages.success(
                request, gettext("Welcome to %(name)s.") % {"name": invitation.project.name}
            )
            return redirect("project", invitation.project_id)
    return render(request, "ways_in/invite.html", {"form": form, "invitation": invitation})


def _join(request: HttpRequest, secret: str, invitation: Invitation) -> HttpResponse:
    if request.method == "GET":
        return render(request, "ways_in/invite.html", {"invitation": invitation})
    try:
        accept_invitation(secret=secret, user=signed_in(request))
    except NotFound as error:
        return _spent(request, error)
    except Conflict as error:
        messages.info(request, said(error))
    else:
        messages.success(
            request, gettext("Welcome to %(name)s.") % {"name": invitation.project.name}
        )
    return redirect("project", invitation.project_id)


def _new_member(form: NewAccountForm, secret: str) -> User | None:
    try:
        return join_with_new_account(
            secret=secret,
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
        )
    except ApplicationError as error:
        is_about_name = error.code.startswith(("username", "name"))
        form.add_error("username" if is_about_name else "password", said(error))
        return None


def _spent(request: HttpRequest, error: ApplicationError) -> HttpResponse:
    return render(request, "ways_in/spent.html", {"reason": said(error)}, status=GONE)


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
