"""Who calls: the account behind a request that authentication let through."""

from __future__ import annotations

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from projects.models import User


def caller(request: Request) -> User:
    """The request's account.

    Raises:
        NotAuthenticated: If there is none.
    """
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
