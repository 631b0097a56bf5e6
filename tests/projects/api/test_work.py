"""The order of work: queue, lease, submit, reopen, skip."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from projects.models import Image
from tests.factories import add_member, make_annotation, make_image, make_user
from tests.projects.api.scene import PROBLEM, Scene

pytestmark = pytest.mark.django_db


def ask(scene: Scene, client: Any, **body: str) -> Any:
    return client.post(f"/api/v1/projects/{scene.project.pk}/queue/next/", body)


def given(scene: Scene, client: Any, times: int, **body: str) -> list[int]:
    return [ask(scene, client, **body).json()["number"] for _ in range(times)]


def test_the_most_uncertain_image_comes_first_with_its_reason(scene: Scene, bob: Any) -> None:
    make_image(scene.project, priority=0.4, priority_reason="2 masks disagree")
    make_image(scene.project, priority=0.9, priority_reason="masks of 3 models disagree")

    task = ask(scene, bob).json()

    assert (task["number"], task["reason"]) == (3, "masks of 3 models disagree")
    assert task["lease"]["username"] == "bob"
    until = datetime.fromisoformat(task["lease"]["until"]) - timezone.now()
    assert timedelta(minutes=29) < until <= timedelta(minutes=30)


def test_orders(scene: Scene, bob: Any) -> None:
    for priority in (0.1, 0.9, 0.9, 0.5):
        make_image(scene.project, priority=priority)

    assert given(scene, bob, 5, order="uncertainty") == [3, 4, 5, 2, 1]
    Image.objects.update(lease_user=None, lease_until=None)
    assert given(scene, bob, 5, order="created") == [1, 2, 3, 4, 5]
    Image.objects.update(lease_user=None, lease_until=None)
    assert sorted(given(scene, bob, 5, order="random")) == [1, 2, 3, 4, 5]


def test_random_begins_anywhere(scene: Scene, bob: Any) -> None:
    for _ in range(20):
        make_image(scene.project)

    firsts = set()
    for _ in range(20):
        firsts.update(given(scene, bob, 1, order="random"))
        Image.objects.update(lease_user=None, lease_until=None)

    assert len(firsts) > 3


def test_what_is_assigned_comes_first_and_what_is_another_s_never(scene: Scene, bob: Any) -> None:
    Image.objects.update(assignee=scene.people["rita"], priority=1)
    make_image(scene.project, priority=0.5)
    make_image(scene.project, assignee=scene.people["bob"])

    assert given(scene, bob, 2) == [3, 2]
    assert given(scene, scene.client("rita"), 1) == [1]


@pytest.mark.parametrize(
    ("status", "is_given"),
    [
        ("new", True),
        ("prelabelled", True),
        ("in_progress", True),
        ("sent_back", True),
        ("submitted", False),
        ("accepted", False),
    ],
)
def test_only_images_with_work_left_are_given(
    scene: Scene, bob: Any, status: str, is_given: bool
) -> None:
    Image.objects.update(status=status)

    assert (ask(scene, bob).status_code == 200) == is_given


def test_an_image_in_hand_is_not_given_to_others_until_its_lease_ends(
    scene: Scene, bob: Any
) -> None:
    assert given(scene, bob, 1) == [1]

    empty = ask(scene, scene.client("rita"))
    assert (empty.status_code, empty.json()["code"]) == (404, "queue_empty")

    Image.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert given(scene, scene.client("rita"), 1) == [1]


def test_when_nothing_else_is_left_one_gets_back_what_one_has(scene: Scene, bob: Any) -> None:
    make_image(scene.project)

    assert given(scene, bob, 3, order="created")[:2] == [1, 2]
    assert given(scene, bob, 1, order="created") == [1]


def test_reviewers_are_given_what_is_submitted(scene: Scene, bob: Any) -> None:
    Image.objects.update(assignee=scene.people["bob"])
    make_image(scene.project, status="submitted", assignee=scene.people["bob"])
    make_image(scene.project, status="accepted")

    assert given(scene, scene.client("rita"), 1, kind="review") == [2]
    assert ask(scene, bob, kind="review").status_code == 403


def test_deleted_and_foreign_images_are_never_given(scene: Scene, bob: Any) -> None:
    Image.objects.update(deleted_at=timezone.now())

    assert ask(scene, bob).status_code == 404
    assert ask(scene, scene.client("charlie")).json()["code"] == "not_found"


@pytest.mark.parametrize("body", [{"kind": "x"}, {"order": "x"}, {"order": None}])
def test_an_unknown_queue_is_refused(scene: Scene, bob: Any, body: Any) -> None:
    assert ask(scene, bob, **body).status_code == 400


# --- Leases ---------------------------------------------------------------------------------


def test_a_lease_is_taken_kept_and_put_back(scene: Scene, bob: Any) -> None:
    assert bob.post(f"{scene.url}lease/").json()["lease"]["username"] == "bob"
    Image.objects.update(lease_until=timezone.now() + timedelta(minutes=1))

    kept = bob.post(f"{scene.url}lease/").json()["lease"]["until"]

    assert datetime.fromisoformat(kept) > timezone.now() + timedelta(minutes=29)
    assert bob.post(f"{scene.url}release-lease/").json()["lease"] is None
    assert bob.post(f"{scene.url}release-lease/").status_code == 200


def test_a_lease_of_somebody_else_is_refused_by_name_but_blocks_no_write(
    scene: Scene, bob: Any
) -> None:
    rita = scene.client("rita")
    rita.post(f"{scene.url}lease/")

    refused = bob.post(f"{scene.url}lease/")
    bob.post(f"{scene.url}release-lease/")

    assert (refused.status_code, refused.json()["code"]) == (409, "leased")
    assert refused.json()["username"] == "rita"
    assert re.match(r"\d{4}-", refused.json()["until"])
    assert bob.get(scene.url).json()["lease"]["username"] == "rita"
    scene.created(bob)


# --- Submit, reopen, skip -------------------------------------------------------------------


@pytest.mark.parametrize("status", ["new", "prelabelled", "in_progress", "sent_back"])
def test_submitting_says_what_nobody_decided_on_and_puts_the_image_back(
    scene: Scene, bob: Any, status: str
) -> None:
    Image.objects.update(status=status)
    make_annotation(scene.image)
    make_annotation(scene.image)
    make_annotation(scene.image, label=scene.label)
    bob.post(f"{scene.url}lease/")

    shown = bob.post(f"{scene.url}submit/").json()

    assert (shown["status"], shown["lease"]) == ("submitted", None)
    assert (shown["remaining_suggestions"], shown["counts"]["confirmed"]) == (2, 1)


def test_submitting_again_changes_nothing_but_accepted_images_stay(scene: Scene, bob: Any) -> None:
    bob.post(f"{scene.url}submit/")
    assert bob.post(f"{scene.url}submit/", {}).status_code == 200

    Image.objects.update(status="accepted")
    refused = bob.post(f"{scene.url}submit/")

    assert (refused.status_code, refused.json()["code"]) == (409, "image_status")
    assert Image.objects.get(pk=scene.image.pk).status == "accepted"


@pytest.mark.parametrize("status", ["submitted", "accepted"])
def test_reviewers_and_leads_reopen(scene: Scene, status: str) -> None:
    for name in ("rita", "alice"):
        Image.objects.update(status=status)
        client = scene.client(name)
        assert client.post(f"{scene.url}reopen/").json()["status"] == "in_progress"
        assert client.post(f"{scene.url}reopen/").status_code == 200


def test_annotators_do_not_reopen_and_untouched_images_are_not_reopened(
    scene: Scene, bob: Any
) -> None:
    assert scene.client("rita").post(f"{scene.url}reopen/").status_code == 409

    Image.objects.update(status="submitted")

    assert bob.post(f"{scene.url}reopen/").status_code == 403


def test_a_skipped_image_comes_last_for_who_skipped_it_and_first_for_others(
    scene: Scene, bob: Any
) -> None:
    make_image(scene.project)
    add_member(scene.project, dora := make_user("dora"), "annotator")
    scene.people["dora"] = dora
    assert given(scene, bob, 1, order="created") == [1]

    assert bob.post(f"{scene.url}skip/").json()["lease"] is None
    assert bob.post(f"{scene.url}skip/").status_code == 200

    assert given(scene, bob, 1, order="created") == [2]
    assert given(scene, scene.client("dora"), 1, order="created") == [1]
    scene.client("dora").post(f"{scene.url}release-lease/")
    second = Image.objects.get(number=2, project=scene.project)
    bob.post(f"/api/v1/images/{second.pk}/submit/")
    assert given(scene, bob, 1, order="created") == [1]


# --- The same five for each endpoint ----------------------------------------------------------

VERBS = ("lease", "release-lease", "submit", "reopen", "skip")


def test_strangers_and_the_nameless_learn_nothing(scene: Scene) -> None:
    for verb in VERBS:
        url, nowhere = f"{scene.url}{verb}/", f"/api/v1/images/987654321/{verb}/"
        foreign, missing = scene.client("charlie").post(url), scene.client("alice").post(nowhere)
        assert (foreign.status_code, foreign.content) == (404, missing.content)
        nameless = APIClient().post(url)
        assert (nameless.status_code, nameless["Content-Type"]) == (401, PROBLEM)
        assert scene.client("alice").get(url).status_code == 405


def test_a_deleted_image_is_not_worked_on(scene: Scene) -> None:
    Image.objects.update(deleted_at=timezone.now())

    for verb in VERBS:
        assert scene.client("alice").post(f"{scene.url}{verb}/").status_code == 404
