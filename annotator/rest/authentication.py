"""Who is asking: a bearer token first, so that there is a challenge to answer 401 with."""

from __future__ import annotations

import logging
from copy import copy
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from projects.errors import sentence
from projects.models import Token, User
from projects.services.digests import token_digest

logger = logging.getLogger(__name__)

USE_NOTED_EVERY = timedelta(minutes=1)  # a write for every request would make reading writing
_MAX_SECRET = 200
OTHER_USER = sentence("Somebody else has logged in with this browser since the page was opened.")


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer <token>``; a token of scope *read* may only use safe methods."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Give the user and the token, or None if the request shows none.

        Raises:
            AuthenticationFailed: The token is unknown or expired, or its user inactive.
            PermissionDenied: The token may only read.
        """
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = _valid_token(secret.strip())
        if token.scope != Token.Scope.WRITE and request.method not in SAFE_METHODS:
            raise PermissionDenied("This token may only read.", code="token_scope")
        _note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF calls it so
        """Give the challenge of a 401."""
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session cookie; writes need the CSRF token in their ``X-CSRFToken`` header.

    A write may also name its author, by id in ``X-Acting-User``: in another tab somebody else may
    have logged in since the page was opened, and all tabs of a browser share one session.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Give the session's user, or None if nobody is logged in.

        Raises:
            AuthenticationFailed: A write of somebody else, with the code ``other_user``.
            PermissionDenied: A write without the CSRF token.
        """
        _refuse_other_user(request)
        return super().authenticate(request)

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a write without the CSRF token, before any of its body is read.

        Raises:
            PermissionDenied: With the code ``csrf``.
        """
        bare = copy(request._request)  # noqa: SLF001 - DRF's own way to Django's request
        bare.POST = QueryDict()  # else the check looks into the body
        check = authentication.CSRFCheck(lambda _: HttpResponse())
        check.process_request(bare)
        reason = check.process_view(bare, lambda _: HttpResponse(), (), {})
        if reason:
            raise PermissionDenied(f"CSRF failed: {reason}", code="csrf")


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema calls bearer tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002
        """Give the OpenAPI security scheme."""
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema calls the session cookie."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002
        """Give the OpenAPI security scheme."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def _refuse_other_user(request: Request) -> None:
    acting = request.META.get("HTTP_X_ACTING_USER", "")
    if not acting or request.method in SAFE_METHODS:
        return
    user = request._request.user  # noqa: SLF001 - the session's; DRF's own would ask us again
    if user.is_authenticated and str(user.pk) != acting:
        raise AuthenticationFailed(OTHER_USER, code="other_user")


def _valid_token(secret: str) -> Token:
    # One message for all: a guess learns nothing from the kind of failure.
    refused = AuthenticationFailed("The token is unknown, expired or withdrawn.", code="bad_token")
    if not secret or len(secret) > _MAX_SECRET or not secret.isascii():
        raise refused
    current = Q(expires_at__isnull=True) | Q(expires_at__gt=Now())
    token = (
        Token.objects.select_related("user")
        .filter(current, digest=token_digest(secret), user__is_active=True)
        .first()
    )
    if token is None:
        raise refused
    return token


def _note_use(token: Token) -> None:
    if token.last_used_at and timezone.now() - token.last_used_at < USE_NOTED_EVERY:
        return
    try:
        Token.objects.filter(pk=token.pk).update(last_used_at=Now())
    except OperationalError:
        # A full disk or a busy writer must not keep anybody from reading.
        logger.exception("The use of token %s was not noted", token.pk)
