"""Members, invitations, tokens and the own account over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from projects.models import Invitation, Membership, Project, Role, Token, User
from tests.factories import add_member, make_project, make_user

pytestmark = pytest.mark.django_db


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def bearer(secret: str) -> APIClient:
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {secret}")


@pytest.fixture
def lead() -> User:
    return make_user("alice")


@pytest.fixture
def alice(lead) -> APIClient:
    return client_of(lead)


@pytest.fixture
def project(lead) -> Project:
    return make_project(lead=lead)


def test_a_lead_adds_a_member_changes_the_role_and_removes_them(alice, project):
    make_user("bob")
    members = f"/api/v1/projects/{project.pk}/members/"

    made = alice.post(members, {"username": "bob", "role": "annotator"})
    address = f"/api/v1/members/{made.json()['id']}/"
    changed = alice.patch(address, {"role": "reviewer"})

    assert made.status_code == 201
    assert (changed.json()["username"], changed.json()["role"]) == ("bob", "reviewer")
    assert len(alice.get(members).json()["results"]) == 2
    assert alice.delete(address).status_code == 204
    assert alice.get(address).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"username": "nobody", "role": "annotator"}, 400, "no_such_account"),
        ({"username": "alice", "role": "annotator"}, 409, "already_a_member"),
        ({"username": "bob", "role": "owner"}, 400, "invalid"),
        ({}, 400, "invalid"),
    ],
)
def test_a_bad_member_is_refused(alice, project, body, status, code):
    make_user("bob")

    answer = alice.post(f"/api/v1/projects/{project.pk}/members/", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_last_lead_neither_leaves_nor_steps_down(alice, lead, project):
    address = f"/api/v1/members/{Membership.objects.get(user=lead).pk}/"

    for answer in (alice.delete(address), alice.patch(address, {"role": "annotator"})):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_lead")
    assert Membership.objects.get(user=lead).role == Role.LEAD


def test_an_inactive_lead_does_not_count_as_one(alice, lead, project):
    add_member(project, make_user("gone", is_active=False), Role.LEAD)

    answer = alice.delete(f"/api/v1/members/{Membership.objects.get(user=lead).pk}/")

    assert answer.status_code == 409


def test_an_annotator_leaves_but_touches_nobody_else(project):
    bob, rita = make_user("bob"), make_user("rita")
    mine, hers = add_member(project, bob, "annotator"), add_member(project, rita, "reviewer")
    client = client_of(bob)

    assert client.patch(f"/api/v1/members/{mine.pk}/", {"role": "lead"}).status_code == 403
    assert client.delete(f"/api/v1/members/{hers.pk}/").status_code == 403
    assert client.delete(f"/api/v1/members/{mine.pk}/").status_code == 204


def test_a_lead_of_one_project_has_no_say_in_another(alice):
    foreign = make_project(lead=make_user("charlie"))
    theirs = foreign.memberships.get()

    assert alice.patch(f"/api/v1/members/{theirs.pk}/", {"role": "lead"}).status_code == 404
    assert alice.delete(f"/api/v1/members/{theirs.pk}/").status_code == 404
    assert (
        alice.post(
            f"/api/v1/projects/{foreign.pk}/members/", {"username": "alice", "role": "lead"}
        ).status_code
        == 404
    )


def test_an_invitation_shows_its_link_once_and_keeps_a_digest(alice, project):
    invitations = f"/api/v1/projects/{project.pk}/invitations/"

    made = alice.post(invitations, {"role": "reviewer"})
    listed = alice.get(invitations).json()["results"]

    secret = made.json()["url"].rstrip("/").rpartition("/")[2]
    assert made.status_code == 201
    assert len(secret) >= 40
    assert "url" not in listed[0]
    assert secret not in str(list(Invitation.objects.values()))


def test_only_leads_see_and_make_invitations(project):
    bob = make_user("bob")
    add_member(project, bob, "reviewer")
    invitations = f"/api/v1/projects/{project.pk}/invitations/"

    assert client_of(bob).get(invitations).status_code == 403
    assert client_of(bob).post(invitations, {"role": "lead"}).status_code == 403


def test_a_token_is_shown_once_works_and_ends_when_revoked(alice):
    made = alice.post("/api/v1/tokens/", {"name": "script", "scope": "write"}).json()
    program = bearer(made["token"])

    assert made["token"].startswith("mw_")
    assert made["token"] not in str(list(Token.objects.values()))
    assert "token" not in alice.get("/api/v1/tokens/").json()["results"][0]
    assert program.get("/api/v1/me/").json()["username"] == "alice"
    assert program.post("/api/v1/projects/", {"name": "p"}).status_code == 201
    assert alice.delete(f"/api/v1/tokens/{made['id']}/").status_code == 204
    assert program.get("/api/v1/me/").status_code == 401


def test_a_token_that_may_only_read_writes_nothing(alice):
    program = bearer(alice.post("/api/v1/tokens/", {"name": "viewer"}).json()["token"])

    assert program.get("/api/v1/projects/").status_code == 200
    assert program.post("/api/v1/projects/", {"name": "p"}).status_code == 403
    assert program.post("/api/v1/tokens/", {"name": "t", "scope": "write"}).status_code == 403
    assert not Project.objects.exists()


def test_a_token_ends_at_its_time_and_makes_no_successor(alice):
    made = alice.post("/api/v1/tokens/", {"name": "t", "scope": "write", "days": 1}).json()
    program = bearer(made["token"])

    assert program.post("/api/v1/tokens/", {"name": "heir"}).json()["code"] == "token_expires"
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert program.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("days", [0, -1, 3651, "soon"])
def test_a_token_lasts_from_a_day_to_ten_years(alice, days):
    answer = alice.post("/api/v1/tokens/", {"name": "t", "days": days})

    assert answer.status_code == 400


def test_the_tokens_of_a_deactivated_user_are_dead_at_once(alice, lead):
    program = bearer(alice.post("/api/v1/tokens/", {"name": "t"}).json()["token"])

    User.objects.filter(pk=lead.pk).update(is_active=False)

    assert program.get("/api/v1/me/").status_code == 401


def test_nobody_sees_or_revokes_the_tokens_of_others(alice):
    made = alice.post("/api/v1/tokens/", {"name": "t"}).json()
    charlie = client_of(make_user("charlie"))

    assert charlie.get("/api/v1/tokens/").json()["results"] == []
    assert charlie.delete(f"/api/v1/tokens/{made['id']}/").status_code == 404
    assert Token.objects.count() == 1


def test_preferences_merge_and_null_takes_one_back(alice):
    alice.patch("/api/v1/me/", {"preferences": {"theme": "dark", "keys": {"brush": "b"}}})
    answer = alice.patch("/api/v1/me/", {"preferences": {"theme": None, "mask_opacity": 0.4}})

    assert answer.json()["preferences"] == {"keys": {"brush": "b"}, "mask_opacity": 0.4}


def test_how_the_picture_is_shown_is_kept(alice):
    look = {"brightness": 1.5, "contrast": 1, "gamma": 0.8, "channel": "red", "invert": True}
    view = {"picture": look, "pixel_grid": False, "rulers": True, "heat_signal": "stability"}
    answer = alice.patch("/api/v1/me/", {"preferences": view})

    assert answer.status_code == 200
    assert answer.json()["preferences"] == view


@pytest.mark.parametrize(
    "preferences",
    [
        {"theme": "<script>"},
        {"is_staff": True},
        {"keys": {"brush": ["b"]}},
        {"keys": {"b" * 65: "b"}},
        {"hints_seen": ["x"] * 101},
        {"mask_opacity": 2},
        {"mask_opacity": True},
        {"outline_only": "yes"},
        {"pixel_grid": 1},
        {"rulers": "on"},
        {"heat_signal": "area"},
        {"picture": {"contrast": 9}},
        {"picture": {"gamma": True}},
        {"picture": {"channel": "infrared"}},
        {"picture": {"sharpness": 1}},
        {"picture": [1]},
        "dark",
    ],
)
def test_a_preference_out_of_the_schema_is_refused(alice, lead, preferences):
    answer = alice.patch("/api/v1/me/", {"preferences": preferences})

    lead.refresh_from_db()
    assert answer.status_code == 400
    assert lead.preferences == {}


@pytest.mark.parametrize(
    ("preferences", "expected"),
    [
        ({"theme": "pink"}, "eines von auto, light, dark"),
        ({"keys": {"b" * 65: "b"}}, "ein Objekt aus höchstens 200 Paaren Aktion: Taste"),
        ({"hints_seen": ["x"] * 101}, "eine Liste von höchstens 100 Wörtern"),
        ({"mask_opacity": 2}, "eine Zahl von 0 bis 1"),
        ({"rulers": "on"}, "true oder false"),
        (
            {"picture": {"contrast": 9}},
            "ein Objekt aus brightness, contrast, gamma (0,2 bis 4), channel, invert",
        ),
    ],
)
def test_whoever_reads_german_is_told_in_german_what_a_preference_must_be(
    alice, preferences, expected
):
    answer = alice.patch("/api/v1/me/", {"preferences": preferences}, HTTP_ACCEPT_LANGUAGE="de")

    (name,) = preferences
    assert answer.json()["detail"] == f"Die Einstellung {name} muss so sein: {expected}."
