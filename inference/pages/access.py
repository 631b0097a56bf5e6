"""What the pages of this house share: who looks, and what a refusal becomes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

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
    """A view for people who have logged in; refusals of a POST are said where they came from."""

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
