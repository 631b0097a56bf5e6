"""What the pages of all houses share: who looks, from where, and what a refusal becomes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from projects.errors import ApplicationError, Forbidden, NotFound
from projects.models import User
from projects.sentences import said

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def page(view: View[P]) -> View[P]:
    """A view for people who have logged in.

    What they may not know of is 404, what they may not do 403. Any other refusal of a POST is said
    on the page that they came from.
    """

    @wraps(view)
    def respond(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(said(error)) from error
        except Forbidden as error:
            raise PermissionDenied(said(error)) from error
        except ApplicationError as error:
            if request.method != "POST":
                raise
            messages.error(request, said(error))
            return redirect(request.get_full_path())

    return cast("View[P]", never_cache(login_required(respond)))


def signed_in(request: HttpRequest) -> User:
    """The account of a request that ``page`` let through."""
    if not isinstance(request.user, User):
        raise PermissionDenied(gettext("Log in first."))
    return request.user


def client_address(request: HttpRequest) -> str:
    """The address that a request came from; behind a proxy of ours, what that proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER:
        # The last entry is the proxy's own; those before it are the client's claims.
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded[:64]
    return str(request.META.get("REMOTE_ADDR", ""))
