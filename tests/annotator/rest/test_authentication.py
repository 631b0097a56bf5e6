"""Bearer tokens and sessions: who gets in, who may write, and what a 401 says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.models import Token, User
from projects.services.digests import token_digest
from tests.factories import make_user


class Echo(APIView):
    def get(self, request: Request) -> Response:
        return Response({"user": request.user.get_username()})

    def post(self, request: Request) -> Response:
        return Response({"user": request.user.get_username()})


urlpatterns = [path("api/v1/echo/", Echo.as_view())]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def make_token(user: User, secret: str = "mw_secret", **fields: Any) -> Token:
    return Token.objects.create(
        user=user, name="ci", digest=token_digest(secret), **{"scope": "write", **fields}
    )


def call(method: str = "get", secret: str | None = "mw_secret", scheme: str = "Bearer") -> Any:
    headers = {"Authorization": f"{scheme} {secret}"} if secret is not None else {}
    return getattr(Client(enforce_csrf_checks=True), method)("/api/v1/echo/", headers=headers)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_names_its_user_and_needs_no_cookie(alice: User, scheme: str) -> None:
    make_token(alice)

    assert call("get", scheme=scheme).json() == {"user": "alice"}
    assert call("post", scheme=scheme).status_code == 200


def test_a_read_token_reads_but_may_not_write(alice: User) -> None:
    make_token(alice, scope="read")

    assert call("get").status_code == 200
    assert call("head").status_code == 200
    for method in ("post", "put", "patch", "delete"):
        refused = call(method)
        assert (refused.status_code, refused.json()["code"]) == (403, "token_scope")


@pytest.mark.parametrize("secret", [None, "", "mw_other", "x" * 5000, "ü"])
def test_without_a_valid_token_there_is_a_challenge(alice: User, secret: str | None) -> None:
    make_token(alice)

    response = call("post", secret=secret)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_another_scheme_is_not_authenticated(alice: User) -> None:
    make_token(alice)

    assert call(scheme="Basic").status_code == 401


def test_an_expired_token_is_refused_and_one_that_will_expire_is_not(alice: User) -> None:
    token = make_token(alice, expires_at=timezone.now() + timedelta(minutes=1))
    assert call().status_code == 200

    Token.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert call().status_code == 401


def test_tokens_of_an_inactive_user_are_dead_at_once(alice: User) -> None:
    make_token(alice)
    User.objects.update(is_active=False)

    assert call().status_code == 401


def test_the_last_use_is_noted_at_most_once_a_minute(alice: User) -> None:
    token = make_token(alice)
    call()
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None

    call()
    token.refresh_from_db()
    assert token.last_used_at == first

    Token.objects.update(last_used_at=first - timedelta(minutes=2))
    call()
    token.refresh_from_db()
    assert token.last_used_at > first - timedelta(minutes=1)


def test_a_session_reads_without_and_writes_only_with_the_csrf_token(
    alice: User, settings: Any
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    client.cookies[settings.CSRF_COOKIE_NAME] = "c" * 32

    assert client.get("/api/v1/echo/").status_code == 200
    refused = client.post("/api/v1/echo/")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert client.post("/api/v1/echo/", headers={"X-CSRFToken": "c" * 32}).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_write_of_another_than_the_session_s_user_is_refused(alice: User, method: str) -> None:
    bob = make_user("bob")
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    write = getattr(client, method)

    refused = write("/api/v1/echo/", headers={"X-Acting-User": str(alice.pk)})

    assert (refused.status_code, refused.json()["code"]) == (401, "other_user")
    assert client.get("/api/v1/echo/", headers={"X-Acting-User": str(alice.pk)}).status_code == 200
    own = Client()
    own.force_login(alice)
    named = own.post("/api/v1/echo/", headers={"X-Acting-User": str(alice.pk)})
    assert named.json() == {"user": "alice"}


@pytest.mark.parametrize("acting", ["", "0", "ünå".encode().decode("latin-1"), "x" * 5000])
def test_no_name_acts_as_the_session_s_user_and_nonsense_as_nobody(
    alice: User, acting: str
) -> None:
    client = Client()
    client.force_login(alice)

    answer = client.post("/api/v1/echo/", headers={"X-Acting-User": acting})

    assert answer.status_code == (401 if acting else 200)


def test_a_token_writes_whoever_is_named(alice: User) -> None:
    make_token(alice)
    headers = {"Authorization": "Bearer mw_secret", "X-Acting-User": "0"}

    assert Client().post("/api/v1/echo/", headers=headers).json() == {"user": "alice"}


def test_an_inactive_session_is_not_authenticated(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    User.objects.update(is_active=False)

    assert client.get("/api/v1/echo/").status_code == 401
