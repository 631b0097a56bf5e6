"""Every address x method x subject against one table, made from the resolver.

permissions.csv has a row for each route and method and a column for each subject; a cell says
``in`` (the request got past authorisation, whatever came of its body), ``login`` (sent to the
log-in page) or the status that refused it. A route without a row fails, and so does a row without
a route. Where authorisation is asked after the body is read, BODIES has a whole one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from PIL import Image as Picture

from projects.models import Export, Image, Invitation, Job, Label, Membership, Project, Token, User
from projects.storage import blob_key
from tests.factories import (
    add_member,
    make_annotation,
    make_comment,
    make_image,
    make_label,
    make_project,
    make_tag,
    make_user,
)

TABLE = Path(__file__).with_name("permissions.csv")
SUBJECTS = ("anonymous", "stranger", "annotator", "reviewer", "lead")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSALS = {401, 403, 404, 405}
PROJECT = "api/v1/projects/<int:project_id>/"
BODIES: dict[str, dict[str, Any]] = {
    f"{PROJECT}labels/": {"name": "bus"},
    f"{PROJECT}tags/": {"name": "blurry"},
    f"{PROJECT}members/": {"username": "stranger", "role": "annotator"},
    f"{PROJECT}invitations/": {"role": "annotator"},
    f"{PROJECT}exports/": {"format": "coco_instances"},
    "api/v1/members/<int:membership_id>/": {"role": "reviewer"},
}
FORMS: dict[str, dict[str, str]] = {
    "projects/<int:project_id>/people/": {"do": "invite", "invite-role": "annotator"},
    "projects/<int:project_id>/schema/": {
        "do": "add",
        "new-name": "bus",
        "new-kind": "thing",
        "new-color": "#112233",
    },
    "projects/<int:project_id>/jobs/": {"do": "cancel", "job": "{job}"},
    "projects/<int:project_id>/images/": {"do": "delete", "image": "{image}"},
    "projects/<int:project_id>/prelabel/": {"segmenter": "classic", "images": "all"},
    "projects/<int:project_id>/settings/": {"name": "Other", "segmenter": "classic"},
}


def routes() -> Iterator[tuple[str, URLPattern]]:
    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            text = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, text)
            else:
                yield text, pattern

    yield from walk(get_resolver().url_patterns, "")


def methods_of(pattern: URLPattern) -> list[str]:
    view = pattern.callback
    actions = getattr(view, "actions", None)
    if actions:
        return [method for method in METHODS if method.lower() in actions]
    shape = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if shape is not None:
        return [method for method in METHODS if hasattr(shape, method.lower())]
    return ["GET", "POST"]


class World:
    """A project with one of everything, and somebody in each role."""

    def __init__(self) -> None:
        self.people = {name: make_user(name) for name in SUBJECTS[1:]}
        self.project = make_project(lead=self.people["lead"])
        add_member(self.project, self.people["annotator"], "annotator")
        add_member(self.project, self.people["reviewer"], "reviewer")
        self.label = make_label(self.project, "person")
        picture = io.BytesIO()
        Picture.new("RGB", (8, 6)).save(picture, "PNG")
        digest = hashlib.sha256(picture.getvalue()).hexdigest()
        default_storage.save(blob_key(digest), ContentFile(picture.getvalue()))
        self.image = make_image(self.project, sha256=digest)
        self.annotation = make_annotation(self.image, label=self.label)
        self.tag = make_tag(self.project, "night")
        self.comment = make_comment(self.image, author=self.people["lead"])
        self.job = Job.objects.create(project=self.project, kind="prelabel", state="done")
        self.export = Export.objects.create(
            project=self.project,
            job=self.job,
            format="coco_instances",
            file_key=default_storage.save("exports/none.zip", ContentFile(b"PK")),
            file_name="none.zip",
            size_bytes=1,
            sha256="0" * 64,
        )
        self.member = Membership.objects.get(project=self.project, user=self.people["annotator"])
        later = self.job.created_at.replace(year=2100)
        self.invitation = Invitation.objects.create(
            project=self.project, role="annotator", digest="1" * 64, expires_at=later
        )
        self.token = Token.objects.create(user=self.people["lead"], name="ci", digest="2" * 64)

    def path(self, route: str) -> str:
        """The route with ids of this world in place of its parameters."""

        def fill(match: re.Match[str]) -> str:
            name = match.group(2)
            around = route[: match.start()]
            return str(self._value(name, around))

        return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, route).replace("\\Z", "").lstrip("^/")

    def filled(self, form: dict[str, str]) -> dict[str, str]:
        """A form with this world's ids."""
        ids = {"job": self.job.pk, "image": self.image.pk}
        return {name: word.format(**ids) for name, word in form.items()}

    def _value(self, name: str, before: str) -> object:
        if name == "language":
            return "de"
        if name in {"secret", "token", "link", "version"}:
            return "nobody-made-this-one"
        if name in {"uuid", "annotation_uuid"}:
            return self.annotation.uuid
        if name in {"level", "row", "column"}:
            return 0
        if name in {"name", "segmenter"}:
            return "classic"
        named: dict[str, Any] = {
            "projects": self.project,
            "images": self.image,
            "labels": self.label,
            "members": self.member,
            "jobs": self.job,
            "exports": self.export,
            "tags": self.tag,
            "revisions": self.annotation.current,
            "comments": self.comment,
            "tokens": self.token,
            "invitations": self.invitation,
        }
        word = before.rstrip("/").rsplit("/", 1)[-1]
        stem = name.removesuffix("_id").removesuffix("_pk")
        row = named.get(f"{stem}s") or named.get(word)
        assert row is not None, f"the matrix knows no value for <{name}> after {before!r}"
        return row.pk


def outcome(response: Any) -> str:
    status = int(response.status_code)
    if status in {301, 302} and response.headers.get("Location", "").startswith("/login/"):
        return "login"
    assert status < 500 or status == 503, f"{status}: {response.content[:300]!r}"
    return str(status) if status in REFUSALS else "in"


def ask(subject: str, world: World, method: str, route: str) -> str:
    client = Client()
    if subject != "anonymous":
        client.force_login(world.people[subject])
    path = world.path(route)
    with transaction.atomic():
        if method == "POST" and route in FORMS:
            response = client.post(path, world.filled(FORMS[route]))
        else:
            body = json.dumps(BODIES.get(route, {}))
            response = client.generic(method, path, data=body, content_type="application/json")
        transaction.set_rollback(True)
    return outcome(response)


def table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(newline="") as file:
        return {(row["route"], row["method"]): row for row in csv.DictReader(file)}


def cells() -> list[tuple[str, str]]:
    return [(route, method) for route, pattern in routes() for method in methods_of(pattern)]


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(cells()) == set(table())


@pytest.mark.parametrize(("route", "method"), cells(), ids=str)
def test_each_subject_gets_what_the_table_says(world: World, route: str, method: str) -> None:
    row = table()[(route, method)]

    got = {subject: ask(subject, world, method, route) for subject in SUBJECTS}

    assert got == {subject: row[subject] for subject in SUBJECTS}


@pytest.mark.parametrize(
    "path",
    ["projects/{}/", "images/{}/", "labels/{}/", "jobs/{}/", "exports/{}/", "members/{}/"],
)
def test_what_is_foreign_looks_like_what_is_not_there(world: World, path: str) -> None:
    rows: dict[str, Any] = {
        "projects": Project,
        "images": Image,
        "labels": Label,
        "jobs": Job,
        "exports": Export,
        "members": Membership,
    }
    pk = (
        rows[path.split("/", maxsplit=1)[0]].objects.get().pk
        if path[:8] != "members/"
        else world.member.pk
    )
    client = Client()
    client.force_login(world.people["stranger"])

    foreign = client.get(f"/api/v1/{path.format(pk)}")
    absent = client.get(f"/api/v1/{path.format(987654321)}")

    assert foreign.status_code == absent.status_code
    assert foreign.content == absent.content


def test_a_member_who_is_removed_or_deactivated_is_out_at_once(world: World) -> None:
    client = Client()
    client.force_login(world.people["annotator"])
    url = f"/api/v1/images/{world.image.pk}/"
    assert client.get(url).status_code == 200

    world.member.delete()
    assert client.get(url).status_code == 404

    User.objects.filter(username="reviewer").update(is_active=False)
    client.force_login(world.people["reviewer"])
    assert client.get(url).status_code == 401
