"""Links and invitations: once, in time, kept as digests, and opening nothing new."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from projects.errors import ApplicationError, Conflict, Forbidden, InvalidInput, NotFound
from projects.models import Invitation, LoginLink, Membership, Token, User
from projects.services import invitations, login_links
from projects.services.digests import token_digest
from tests.databases import database_for_threads
from tests.factories import add_member, make_project, make_user

pytestmark = pytest.mark.django_db


def test_a_login_link_works_once():
    alice = make_user("alice")
    secret = login_links.create_login_link(user=alice)

    assert login_links.log_in_by_link(secret=secret) == alice
    with pytest.raises(NotFound) as refused:
        login_links.log_in_by_link(secret=secret)
    assert refused.value.code == "link_spent"


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"purpose": "reset"},
        {"digest": "0" * 64},
    ],
)
def test_a_link_that_is_old_or_of_another_kind_logs_nobody_in(change):
    secret = login_links.create_login_link(user=make_user("alice"))
    LoginLink.objects.update(**change)

    with pytest.raises(NotFound):
        login_links.log_in_by_link(secret=secret)


def test_a_link_of_an_inactive_user_is_dead():
    alice = make_user("alice")
    secret = login_links.create_login_link(user=alice)
    User.objects.update(is_active=False)

    with pytest.raises(NotFound):
        login_links.log_in_by_link(secret=secret)


def test_a_login_link_lasts_15_minutes_and_only_its_digest_is_kept():
    secret = login_links.create_login_link(user=make_user("alice"))

    link = LoginLink.objects.get()
    assert link.digest == token_digest(secret)
    assert timedelta(minutes=14) < link.expires_at - timezone.now() <= timedelta(minutes=15)
    assert secret not in str(list(LoginLink.objects.values()))


def test_a_reset_link_survives_a_weak_password_and_ends_with_a_good_one():
    alice = make_user("alice")
    secret = login_links.create_reset_link(user=alice)

    with pytest.raises(InvalidInput):
        login_links.reset_password(secret=secret, password="12345678")
    login_links.reset_password(secret=secret, password="quite a new phrase")

    alice.refresh_from_db()
    assert alice.check_password("quite a new phrase")
    with pytest.raises(NotFound):
        login_links.reset_password(secret=secret, password="another new phrase")


def test_a_new_reset_link_ends_the_one_before():
    alice = make_user("alice")
    first = login_links.create_reset_link(user=alice)
    second = login_links.create_reset_link(user=alice)

    with pytest.raises(NotFound):
        login_links.reset_link_user(secret=first)
    assert login_links.reset_link_user(secret=second) == alice


def test_a_lead_makes_a_reset_link_for_a_member():
    alice, bob = make_user("alice"), make_user("bob")
    membership = add_member(make_project(lead=alice), bob, "annotator")

    secret = login_links.create_member_reset_link(user=alice, membership=membership)

    assert login_links.reset_link_user(secret=secret) == bob


@pytest.mark.parametrize("role", ["annotator", "lead"])
def test_a_reset_link_never_opens_a_project_that_its_maker_does_not_lead(role):
    alice, charlie = make_user("alice"), make_user("charlie")
    foreign = make_project(lead=make_user("dora"))
    add_member(foreign, charlie, role)
    add_member(foreign, alice, "reviewer")
    membership = add_member(make_project(lead=alice), charlie, "annotator")

    with pytest.raises(Forbidden) as refused:
        login_links.create_member_reset_link(user=alice, membership=membership)

    assert refused.value.code == "works_elsewhere"
    assert not LoginLink.objects.exists()


def test_a_reset_link_for_staff_takes_the_command_line():
    alice = make_user("alice")
    membership = add_member(make_project(lead=alice), make_user("root", is_superuser=True), "lead")

    with pytest.raises(Forbidden):
        login_links.create_member_reset_link(user=alice, membership=membership)


@pytest.mark.parametrize("role", ["annotator", "reviewer"])
def test_only_leads_make_reset_links(role):
    project = make_project(lead=make_user("alice"))
    bob = make_user("bob")
    mine = add_member(project, bob, role)

    with pytest.raises(Forbidden):
        login_links.create_member_reset_link(user=bob, membership=mine)


def test_an_invitation_makes_one_member_with_its_role():
    alice, bob, rita = make_user("alice"), make_user("bob"), make_user("rita")
    project = make_project(lead=alice)
    _, secret = invitations.create_invitation(user=alice, project=project, role="reviewer")

    membership = invitations.accept_invitation(secret=secret, user=bob)

    assert (membership.user, membership.role) == (bob, "reviewer")
    assert Invitation.objects.get().accepted_by == bob
    with pytest.raises(NotFound):
        invitations.accept_invitation(secret=secret, user=rita)


def test_a_member_who_follows_an_invitation_does_not_use_it_up():
    alice = make_user("alice")
    project = make_project(lead=alice)
    _, secret = invitations.create_invitation(user=alice, project=project, role="annotator")

    with pytest.raises(Conflict):
        invitations.accept_invitation(secret=secret, user=alice)

    assert invitations.find_invitation(secret=secret).project == project
    assert Membership.objects.get().role == "lead"


@pytest.mark.parametrize("case", ["old", "revoked", "project deleted", "unknown"])
def test_an_invitation_that_is_not_open_makes_nobody_a_member(case):
    alice = make_user("alice")
    project = make_project(lead=alice)
    made, secret = invitations.create_invitation(user=alice, project=project, role="lead")
    if case == "old":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif case == "revoked":
        invitations.revoke_invitation(user=alice, invitation=made)
    elif case == "project deleted":
        type(project).objects.update(deleted_at=timezone.now())
    else:
        secret = "x" * 43

    with pytest.raises(NotFound):
        invitations.accept_invitation(secret=secret, user=make_user("bob"))
    assert Membership.objects.count() == 1


def test_a_new_account_and_its_membership_come_both_or_neither():
    alice = make_user("alice")
    project = make_project(lead=alice)
    _, secret = invitations.create_invitation(user=alice, project=project, role="annotator")

    for name, password in (
        ("alice", "quite a new phrase"),
        ("bob", "short"),
        ("b/b", "good one 123"),
    ):
        with pytest.raises(ApplicationError):
            invitations.join_with_new_account(secret=secret, username=name, password=password)
    user = invitations.join_with_new_account(
        secret=secret, username="bob", password="quite a new phrase"
    )

    assert user.memberships.get().project == project
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_8_who_follow_one_invitation_at_once_one_joins(tmp_path):
    with database_for_threads(tmp_path):
        alice = make_user("alice")
        project = make_project(lead=alice)
        _, secret = invitations.create_invitation(user=alice, project=project, role="annotator")
        guests = [make_user(f"guest{number}") for number in range(8)]

        def follow(guest: User) -> str:
            try:
                invitations.accept_invitation(secret=secret, user=guest)
            except NotFound as error:
                return error.code
            finally:
                connection.close()
            return "joined"

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(follow, guests))

    assert sorted(answers) == ["invitation_spent"] * 7 + ["joined"]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_create_user_prints_a_password_that_works():
    password = run("create_user", "alice").strip()

    assert User.objects.get(username="alice").check_password(password)
    assert len(password) >= 16


def test_create_user_reads_a_password_and_prints_nothing(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("quite a new phrase\n"))

    printed = run("create_user", "alice", "--password-stdin")

    assert printed == ""
    assert User.objects.get(username="alice").check_password("quite a new phrase")


@pytest.mark.parametrize("name", ["alice", "ALICE", "a b", "", "x" * 151])
def test_create_user_says_what_is_wrong_with_a_name(name):
    make_user("alice")

    with pytest.raises(CommandError):
        run("create_user", name)


def test_create_token_prints_a_token_of_its_scope():
    make_user("alice")

    secret = run("create_token", "--user", "alice", "--scope", "read", "--days", "7").strip()

    token = Token.objects.get(digest=token_digest(secret))
    assert (token.user.username, token.scope) == ("alice", "read")
    assert timedelta(days=6) < token.expires_at - timezone.now() <= timedelta(days=7)


def test_reset_link_prints_a_path_that_sets_a_password():
    alice = make_user("alice")

    path = run("reset_link", "alice").strip()

    assert login_links.reset_link_user(secret=path.split("/")[2]) == alice


@pytest.mark.parametrize(
    "command", [("create_token", "--user", "nobody"), ("reset_link", "nobody")]
)
def test_commands_for_an_account_that_there_is_not_say_so(command):
    with pytest.raises(CommandError, match="There is no account 'nobody'"):
        run(*command)


@pytest.mark.parametrize("command", [["create_token", "--user", "bob"], ["reset_link", "bob"]])
def test_a_command_for_nobody_names_those_there_are(command):
    with pytest.raises(CommandError, match=r"no account 'bob'\. There is none yet"):
        call_command(*command)
    for name in ("alice", "carol"):
        make_user(name)
    make_user("gone", is_active=False)

    with pytest.raises(CommandError, match=r"no account 'bob'\. There are: alice, carol\."):
        call_command(*command)
