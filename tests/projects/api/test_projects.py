"""Projects over the API: shapes, roles, deletion for 30 days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from projects.models import Label, Project
from tests.factories import (
    add_member,
    make_annotation,
    make_image,
    make_label,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


def signed_in(name: str = "alice") -> APIClient:
    client = APIClient()
    client.force_login(make_user(name))
    return client


def user_of(client: APIClient):
    from projects.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


@pytest.fixture
def alice() -> APIClient:
    return signed_in("alice")


@pytest.fixture
def project(alice) -> Project:
    return make_project(lead=user_of(alice))


def test_a_project_is_made_with_its_labels_in_one_go(alice):
    answer = alice.post(
        "/api/v1/projects/",
        {
            "name": "  Street scenes ",
            "labels": [
                {"name": "car", "color": "#FF0000", "supercategory": "vehicle"},
                {"name": "sky", "is_thing": False},
                {"name": "tree", "hotkey": ""},
            ],
        },
    )

    assert answer.status_code == 201
    body = answer.json()
    assert body["name"] == "Street scenes"
    assert body["role"] == "lead"
    assert "delete_project" in body["can"]
    assert [
        (label["number"], label["name"], label["color"], label["is_thing"], label["hotkey"])
        for label in body["labels"]
    ] == [
        (1, "car", "#ff0000", True, "1"),
        (2, "sky", "#0072b2", False, "2"),
        (3, "tree", "#e69f00", True, ""),
    ]
    assert body["counts"]["images"] == 0
    assert answer["Location"].endswith(f"/api/v1/projects/{body['id']}/")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"name": ""}, "invalid"),
        ({"name": "   "}, "invalid"),
        ({"name": "a\x07b"}, "name_character"),
        ({"name": "a\u202eb"}, "name_character"),
        ({"name": "x" * 201}, "name_too_long"),
        ({"name": "p", "labels": [{"name": ""}]}, "invalid"),
        ({"name": "p", "labels": [{"name": "a", "color": "red"}]}, "label_color"),
        ({"name": "p", "labels": [{"name": "a", "hotkey": "x"}]}, "invalid"),
        ({"name": "p", "labels": [{"name": "a\nb"}]}, "name_character"),
        ({"name": "p", "labels": "car"}, "invalid"),
        ({"name": "p", "segmenter": "../etc"}, "segmenter_name"),
        ({"name": "p", "segmenter": "nope"}, "segmenter_name"),
        ([], "invalid"),
    ],
)
def test_a_bad_project_is_refused_and_leaves_nothing(alice, body, code):
    answer = alice.post("/api/v1/projects/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ([{"name": "car"}, {"name": "CAR"}], "label_name_taken"),
        ([{"name": "Straße"}, {"name": "STRASSE"}], "label_name_taken"),
        ([{"name": "car", "hotkey": "1"}, {"name": "bus", "hotkey": "1"}], "label_hotkey_taken"),
    ],
)
def test_labels_that_clash_are_refused_and_leave_nothing(alice, labels, code):
    answer = alice.post("/api/v1/projects/", {"name": "p", "labels": labels})

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert not Project.objects.exists()


def test_null_is_no_supercategory(alice):
    sent = {"name": "p", "labels": [{"name": "car", "supercategory": None}]}

    made = alice.post("/api/v1/projects/", sent).json()["labels"][0]
    changed = alice.patch(f"/api/v1/labels/{made['id']}/", {"supercategory": "vehicle"})
    taken_back = alice.patch(f"/api/v1/labels/{made['id']}/", {"supercategory": None})

    assert made["supercategory"] == taken_back.json()["supercategory"] == ""
    assert changed.json()["supercategory"] == "vehicle"


def test_an_unknown_segmenter_is_refused_and_the_known_ones_are_named(alice, project):
    answer = alice.patch(f"/api/v1/projects/{project.pk}/", {"segmenter": "nope"})

    assert (answer.status_code, answer.json()["code"]) == (400, "segmenter_name")
    assert "classic" in answer.json()["detail"]


def test_owner_and_role_in_the_body_change_nothing(alice):
    bob = make_user("bob")

    answer = alice.post(
        "/api/v1/projects/",
        {"name": "p", "created_by": bob.pk, "is_demo": True, "role": "lead", "id": 999},
    )

    made = Project.objects.get()
    assert answer.status_code == 201
    assert (made.created_by.username, made.is_demo) == ("alice", False)
    assert made.memberships.count() == 1


def test_counts_name_images_by_status_and_what_lies_on_them(alice, project):
    label = make_label(project)
    first, second = make_image(project), make_image(project, status="accepted")
    make_image(project, deleted_at=timezone.now())
    make_annotation(first, label=label)
    make_annotation(first)
    make_annotation(second)
    make_annotation(second, state="rejected")

    counts = alice.get(f"/api/v1/projects/{project.pk}/").json()["counts"]

    assert counts == {
        "images": 2,
        "new": 1,
        "prelabelled": 0,
        "in_progress": 0,
        "submitted": 0,
        "accepted": 1,
        "sent_back": 0,
        "annotations": 1,
        "suggestions": 2,
    }


def test_a_list_of_projects_takes_as_many_statements_for_ten_as_for_one(
    alice, django_assert_max_num_queries
):
    for _ in range(10):
        one = make_project(lead=user_of(alice))
        make_label(one)
        make_image(one)

    with django_assert_max_num_queries(7):
        answer = alice.get("/api/v1/projects/")

    assert len(answer.json()["results"]) == 10
    assert answer.json()["next"] is None


def test_a_list_names_only_projects_of_the_caller(alice, project):
    make_project(lead=make_user("charlie"), name="Foreign")

    names = [one["name"] for one in alice.get("/api/v1/projects/").json()["results"]]

    assert names == [project.name]


def test_a_lead_edits_what_is_sent_and_nothing_else(alice, project):
    answer = alice.patch(
        f"/api/v1/projects/{project.pk}/", {"description": "two\nlines", "panoptic": True}
    )

    assert answer.status_code == 200
    assert answer.json()["name"] == project.name
    assert answer.json()["description"] == "two\nlines"
    assert answer.json()["panoptic"] is True


def test_a_deleted_project_is_gone_until_its_lead_restores_it(alice, project):
    address = f"/api/v1/projects/{project.pk}/"

    assert alice.delete(address).status_code == 204
    assert alice.get(address).status_code == 404
    assert alice.get("/api/v1/projects/").json()["results"] == []
    assert [one["id"] for one in alice.get("/api/v1/projects/?deleted=1").json()["results"]] == [
        project.pk
    ]
    assert alice.post(f"{address}restore/").status_code == 200
    assert alice.get(address).json()["deleted_at"] is None


def test_after_30_days_nobody_restores(alice, project):
    Project.objects.update(deleted_at=timezone.now() - timedelta(days=30, minutes=1))

    answer = alice.post(f"/api/v1/projects/{project.pk}/restore/")

    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["annotator", "reviewer"])
def test_only_leads_edit_delete_and_restore(project, role):
    bob = signed_in("bob")
    add_member(project, user_of(bob), role)
    address = f"/api/v1/projects/{project.pk}/"

    assert bob.get(address).json()["role"] == role
    assert bob.patch(address, {"name": "mine"}).status_code == 403
    assert bob.delete(address).status_code == 403
    assert bob.post(f"{address}restore/").status_code == 403
    project.refresh_from_db()
    assert (project.name, project.deleted_at) == ("Street", None)


ROUTES = [
    ("get", ""),
    ("patch", ""),
    ("delete", ""),
    ("post", "restore/"),
    ("get", "labels/"),
    ("post", "labels/"),
    ("get", "members/"),
    ("post", "members/"),
    ("get", "invitations/"),
    ("post", "invitations/"),
]


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_a_stranger_hears_of_a_foreign_project_what_is_said_of_none(project, method, route):
    charlie = signed_in("charlie")
    body = {"name": "x", "username": "charlie", "role": "lead"}

    foreign = getattr(charlie, method)(f"/api/v1/projects/{project.pk}/{route}", body)
    missing = getattr(charlie, method)(f"/api/v1/projects/{project.pk + 1000}/{route}", body)

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() == missing.json()


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_nobody_gets_in_without_an_account(project, method, route):
    answer = getattr(APIClient(), method)(f"/api/v1/projects/{project.pk}/{route}")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("put", "/api/v1/projects/"),
        ("put", "/api/v1/projects/1/"),
        ("get", "/api/v1/projects/1/restore/"),
        ("delete", "/api/v1/projects/1/labels/"),
        ("put", "/api/v1/labels/1/"),
        ("put", "/api/v1/members/1/"),
        ("delete", "/api/v1/me/"),
        ("get", "/api/v1/tokens/1/"),
    ],
)
def test_a_method_that_an_address_lacks_is_405(alice, method, address):
    answer = getattr(alice, method)(address)

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_an_unknown_parameter_is_refused(alice):
    answer = alice.get("/api/v1/projects/?members__user__password__startswith=a")

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")


def test_an_id_beyond_64_bits_is_not_found(alice):
    assert alice.get(f"/api/v1/projects/{10**30}/").status_code == 404


def test_labels_are_added_changed_archived_and_deleted(alice, project):
    labels = f"/api/v1/projects/{project.pk}/labels/"
    car = alice.post(labels, {"name": "car"}).json()
    bus = alice.post(labels, {"name": "bus"}).json()
    make_annotation(make_image(project), label=Label.objects.get(pk=car["id"]))

    edited = alice.patch(f"/api/v1/labels/{bus['id']}/", {"name": "coach", "color": "#ABCDEF"})
    used = alice.delete(f"/api/v1/labels/{car['id']}/")
    unused = alice.delete(f"/api/v1/labels/{bus['id']}/")

    assert (edited.json()["name"], edited.json()["color"]) == ("coach", "#abcdef")
    assert used.status_code == 200
    assert used.json()["archived"] is True
    assert unused.status_code == 204
    assert [label["name"] for label in alice.get(labels).json()["results"]] == ["car"]


def test_a_number_of_a_deleted_label_is_not_given_again(alice, project):
    labels = f"/api/v1/projects/{project.pk}/labels/"
    first = alice.post(labels, {"name": "car"}).json()
    alice.delete(f"/api/v1/labels/{first['id']}/")

    assert alice.post(labels, {"name": "car"}).json()["number"] == first["number"] + 1


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_foreign_label_is_absent(project, method):
    label = make_label(project)

    answer = getattr(signed_in("charlie"), method)(f"/api/v1/labels/{label.pk}/", {"name": "x"})

    assert answer.status_code == 404


def test_an_annotator_sees_labels_and_changes_none(project):
    label = make_label(project)
    bob = signed_in("bob")
    add_member(project, user_of(bob), "annotator")

    assert bob.get(f"/api/v1/labels/{label.pk}/").status_code == 200
    assert bob.patch(f"/api/v1/labels/{label.pk}/", {"name": "x"}).status_code == 403
    assert bob.delete(f"/api/v1/labels/{label.pk}/").status_code == 403
    assert bob.post(f"/api/v1/projects/{project.pk}/labels/", {"name": "x"}).status_code == 403
