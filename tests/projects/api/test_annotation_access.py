"""Who reaches an annotation, and by which address and method."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from projects.models import Annotation, AnnotationState, Image, Revision
from tests.factories import make_image
from tests.projects.api.scene import PROBLEM, Scene, condition

pytestmark = pytest.mark.django_db


def endpoints(scene: Scene, object_id: str) -> list[tuple[str, str, Any]]:
    url = scene.object_url(object_id)
    return [
        ("get", f"{scene.url}annotations/", None),
        ("get", url, None),
        ("put", url, scene.body()),
        ("delete", url, None),
        ("get", f"{url}history/", None),
        ("post", f"{url}restore/", {"revision": 1}),
        ("post", f"{scene.url}changes/", []),
        ("get", f"{scene.url}history/", None),
    ]


def test_a_stranger_sees_what_somebody_sees_of_an_image_that_never_was(scene: Scene) -> None:
    object_id = scene.created(scene.client("bob"))
    charlie, bob = scene.client("charlie"), scene.client("bob")

    for method, url, body in endpoints(scene, object_id):
        nowhere = url.replace(f"images/{scene.image.pk}/", "images/987654321/")
        foreign = getattr(charlie, method)(url, body, headers={"If-Match": '"1"'})
        missing = getattr(bob, method)(nowhere, body, headers={"If-Match": '"1"'})
        assert (foreign.status_code, missing.status_code) == (404, 404), url
        assert foreign.content == missing.content
    assert Revision.objects.count() == 1


def test_nobody_gets_in_without_a_name(scene: Scene) -> None:
    object_id = scene.created(scene.client("bob"))

    for method, url, body in endpoints(scene, object_id):
        answer = getattr(APIClient(), method)(url, body)
        assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_deleted_image_is_absent_for_everybody(scene: Scene, bob: Any) -> None:
    from django.utils import timezone

    object_id = scene.created(bob)
    Image.objects.update(deleted_at=timezone.now())

    for name in ("alice", "bob"):
        for method, url, body in endpoints(scene, object_id):
            answer = getattr(scene.client(name), method)(url, body, headers={"If-Match": '"1"'})
            assert answer.status_code == 404


def test_an_unknown_object_is_absent(scene: Scene, bob: Any) -> None:
    url = scene.object_url(uuid.uuid4())

    assert bob.get(url).status_code == 404
    assert bob.delete(url, headers=condition(1)).status_code == 404
    assert bob.get(f"{url}history/").status_code == 404
    assert bob.post(f"{url}restore/", {"revision": 1}).status_code == 404


def test_an_object_is_not_reached_through_another_image(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    other = make_image(scene.project)
    url = f"/api/v1/images/{other.pk}/annotations/{object_id}/"

    assert bob.get(url).status_code == 404
    assert bob.get(f"{url}history/").status_code == 404
    assert bob.delete(url, headers=condition(1)).status_code == 404


def test_wrong_methods_are_405(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)
    url = scene.object_url(object_id)

    for method, target in [
        ("post", f"{scene.url}annotations/"),
        ("post", url),
        ("patch", url),
        ("put", f"{url}history/"),
        ("get", f"{url}restore/"),
        ("get", f"{scene.url}changes/"),
        ("delete", f"{scene.url}history/"),
        ("trace", url),
    ]:
        answer = bob.generic(method.upper(), target)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "path", ["not-a-uuid/", "../", "%2e%2e/", "0/", "11111111111111111111111111111111/"]
)
def test_an_id_of_another_form_leads_nowhere(scene: Scene, bob: Any, path: str) -> None:
    assert bob.get(f"{scene.url}annotations/{path}").status_code == 404


def test_a_method_override_has_no_effect(scene: Scene, bob: Any) -> None:
    object_id = scene.created(bob)

    bob.get(
        scene.object_url(object_id),
        headers={"X-HTTP-Method-Override": "DELETE", "If-Match": '"1"'},
    )

    assert Annotation.objects.get().state == AnnotationState.CONFIRMED
