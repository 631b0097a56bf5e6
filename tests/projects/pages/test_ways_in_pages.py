"""Logging in, links, invitations and the own account, as a browser without scripts sees them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from projects.models import LimitCount, Membership, Token, User
from projects.services.invitations import create_invitation
from projects.services.login_links import create_login_link, create_reset_link
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough word"


def is_in(client: Client, name: str) -> bool:
    return client.get("/").wsgi_request.user.get_username() == name


def log_in(client: Client, password: str = PASSWORD, **more: str):
    return client.post("/login/", {"username": "alice", "password": password, **more})


def test_name_and_password_open_the_page_that_was_wanted(client):
    make_user("alice")

    sent = client.get("/account/")
    answer = log_in(client, next="/account/")

    assert sent.headers["Location"] == "/login/?next=/account/"
    assert answer.headers["Location"] == "/account/"
    assert is_in(client, "alice")


def test_a_page_says_whose_it_is(client):
    alice = make_user("alice")
    named = '<meta name="acting-user" content="{}">'

    assert named.format("") in client.get("/login/").content.decode()
    log_in(client)
    assert named.format(alice.pk) in client.get("/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_logging_in_leads_to_no_other_site(client, target):
    make_user("alice")

    assert log_in(client, next=target).headers["Location"] == "/"


def test_logging_in_gives_the_session_a_new_key(client):
    make_user("alice")
    client.get("/login/")
    client.session["seen"] = 1
    client.session.save()
    before = client.session.session_key

    log_in(client)

    assert client.session.session_key != before


def test_the_attempt_past_the_limit_is_refused_even_with_the_right_password(client, settings):
    settings.LOGIN_ATTEMPTS = 3
    make_user("alice")

    answers = [log_in(client, "wrong").status_code for _ in range(3)]
    locked = log_in(client)

    assert answers == [200, 200, 200]
    assert locked.status_code == 429
    assert "Too many attempts" in locked.content.decode()
    assert not is_in(client, "alice")


def test_a_proxy_in_front_does_not_let_clients_name_their_own_address(client, settings):
    settings.LOGIN_ATTEMPTS = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    make_user("alice")
    body = {"username": "alice", "password": "wrong"}

    first = client.post("/login/", body, headers={"X-Forwarded-For": "1.1.1.1, 10.0.0.9"})
    second = client.post("/login/", body, headers={"X-Forwarded-For": "2.2.2.2, 10.0.0.9"})

    assert (first.status_code, second.status_code) == (200, 429)
    assert LimitCount.objects.count() == 1


def test_logging_out_takes_a_post(client):
    client.force_login(make_user("alice"))

    assert client.get("/logout/").status_code == 405
    assert is_in(client, "alice")
    assert client.post("/logout/").status_code == 302
    assert client.get("/").status_code == 302


def test_forms_without_the_csrf_token_are_refused_with_a_page(db):
    make_user("alice")
    client = Client(enforce_csrf_checks=True)

    answer = log_in(client)

    assert answer.status_code == 403
    assert "This form was out of date" in answer.content.decode()


def test_a_login_link_works_once(client):
    secret = create_login_link(user=make_user("alice"))
    other = Client()

    first, second = (one.get(f"/login/link/{secret}/") for one in (client, other))

    assert (first.status_code, second.status_code) == (302, 410)
    assert is_in(client, "alice")
    assert other.get("/").status_code == 302


def test_looking_at_a_login_link_by_head_does_not_use_it_up(client):
    secret = create_login_link(user=make_user("alice"))

    assert client.head(f"/login/link/{secret}/").status_code == 405
    assert client.get(f"/login/link/{secret}/").status_code == 302


def test_a_reset_link_sets_a_password_and_logs_in(client):
    secret = create_reset_link(user=make_user("alice"))
    address = f"/reset/{secret}/"

    shown = client.get(address)
    weak = client.post(address, {"password": "12345678", "again": "12345678"})
    differing = client.post(address, {"password": "a new long phrase", "again": "another"})
    good = client.post(address, {"password": "a new long phrase", "again": "a new long phrase"})

    assert [one.status_code for one in (shown, weak, differing, good)] == [200, 200, 200, 302]
    assert "too common" in weak.content.decode()
    assert "The two entries differ" in differing.content.decode()
    assert User.objects.get().check_password("a new long phrase")
    assert client.get(address).status_code == 410


def invitation(role: str = "annotator"):
    alice = make_user("alice")
    project = make_project(lead=alice)
    _, secret = create_invitation(user=alice, project=project, role=role)
    return project, f"/invite/{secret}/"


def test_somebody_new_makes_an_account_and_joins_once(client):
    project, address = invitation("reviewer")
    body = {"username": "bob", "password": "a new long phrase", "again": "a new long phrase"}

    shown = client.get(address).content.decode()
    joined = client.post(address, body)
    again = Client().post(address, {**body, "username": "eve"})

    assert "Join Street" in shown
    assert joined.headers["Location"] == f"/projects/{project.pk}/"
    assert Membership.objects.get(user__username="bob").role == "reviewer"
    assert again.status_code == 410
    assert not User.objects.filter(username="eve").exists()


def test_a_taken_name_is_said_and_the_invitation_stays_open(client):
    _, address = invitation()
    body = {"username": "Alice", "password": "a new long phrase", "again": "a new long phrase"}

    answer = client.post(address, body)

    assert "The name Alice is taken" in answer.content.decode()
    assert client.post(address, {**body, "username": "bob"}).status_code == 302


def test_somebody_with_an_account_joins_by_a_button(client):
    project, address = invitation()
    client.force_login(make_user("bob"))

    shown = client.get(address).content.decode()
    client.post(address)

    assert "Join as bob" in shown
    assert project.memberships.filter(user__username="bob").exists()


@pytest.mark.parametrize("address", ["/invite/none/", "/reset/none/", "/login/link/none/"])
def test_a_link_that_there_is_not_says_what_to_do(client, address):
    answer = client.get(address)

    assert answer.status_code == 410
    assert "This link has ended" in answer.content.decode()


def test_a_token_is_shown_once_and_can_be_revoked(client):
    client.force_login(make_user("alice"))

    made = client.post("/account/", {"do": "token", "name": "script", "scope": "write", "days": 30})
    secret = re.search(r'value="(mw_[^"]+)"', made.content.decode())[1]
    later = client.get("/account/").content.decode()
    token = Token.objects.get()

    assert (token.name, token.scope) == ("script", "write")
    assert secret not in later
    assert "script" in later
    assert "no-store" in made.headers["Cache-Control"]
    client.post("/account/", {"do": "revoke", "token": token.pk})
    assert not Token.objects.exists()


def test_a_password_changes_for_who_knows_the_old_one_and_ends_other_sessions(client):
    alice, other = make_user("alice"), Client()
    client.force_login(alice)
    other.force_login(alice)
    body = {"do": "password", "password": "a new long phrase", "again": "a new long phrase"}

    wrong = client.post("/account/", {**body, "old": "guess"})
    right = client.post("/account/", {**body, "old": PASSWORD})

    assert "do not belong together" in wrong.content.decode()
    assert right.status_code == 302
    assert is_in(client, "alice")
    assert other.get("/").status_code == 302


def test_an_unknown_deed_changes_nothing_and_is_said(client):
    client.force_login(make_user("alice"))

    answer = client.post("/account/", {"do": "<script>"}, follow=True)

    assert "&lt;script&gt;" in answer.content.decode()


@pytest.mark.parametrize("token", ["", "x", "²", "9" * 40])
def test_a_token_number_that_is_none_is_not_found(client, token):
    client.force_login(make_user("alice"))

    assert client.post("/account/", {"do": "revoke", "token": token}).status_code == 404


def test_who_came_by_a_link_sets_a_first_password_and_then_needs_it(client):
    alice = make_user("alice")
    alice.set_unusable_password()
    alice.save()
    client.get(f"/login/link/{create_login_link(user=alice)}/")
    body = {"do": "password", "password": PASSWORD, "again": PASSWORD}

    page = client.get("/account/").content.decode()
    first = client.post("/account/", body)
    second = client.post("/account/", {**body, "password": "another long word"})

    assert "Present password" not in page
    assert first.status_code == 302
    assert second.status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert is_in(client, "alice")
