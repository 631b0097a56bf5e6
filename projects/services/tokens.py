"""API tokens: shown once when made, kept as a digest, limited in scope and time."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction

from projects.errors import Conflict, InvalidInput, NotFound
from projects.models import Token, User
from projects.selectors.clock import database_now
from projects.services.digests import token_digest
from projects.services.names import clean_name

PREFIX = "mw_"  # lets secret scanners know a leaked one
MAX_TOKENS = 100  # of one user
MAX_DAYS = 3650


@transaction.atomic
def create_token(
    *, user: User, name: str = "token", scope: str = Token.Scope.READ, days: int | None = None
) -> tuple[Token, str]:
    """A token and its secret, which is not kept.

    Args:
        user: Whose rights it has.
        name: What the user calls it.
        scope: ``read`` or ``write``.
        days: When it ends; None for never.

    Raises:
        InvalidInput: If the scope or the number of days is out of range.
        Conflict: If the user has too many tokens.
    """
    if scope not in Token.Scope.values:
        raise InvalidInput(f"The scope is {scope[:40]!r}; expected read or write.", "token_scope")
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise InvalidInput(f"The token lasts {days} days; expected 1 to {MAX_DAYS}.", "token_days")
    if Token.objects.filter(user=user).count() >= MAX_TOKENS:
        raise Conflict(f"You have {MAX_TOKENS} tokens; revoke one first.", "too_many_tokens")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user,
        name=clean_name(name, what="The token's name"),
        digest=token_digest(secret),
        scope=scope,
        expires_at=None if days is None else database_now() + timedelta(days=days),
    )
    return token, secret


@transaction.atomic
def revoke_token(*, user: User, token_id: int) -> None:
    """End one of the user's own tokens at once.

    Raises:
        NotFound: If the user has no such token.
    """
    if not Token.objects.filter(user=user, pk=token_id).delete()[0]:
        raise NotFound("There is no such token.")
