"""A project with an image and its cast, each behind a client of their own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import numpy as np
from rest_framework.test import APIClient

from projects.masks.rle import from_bitmap, to_wire
from projects.models import Image, Label, Project, User
from tests.factories import add_member, make_image, make_label, make_project, make_user

PROBLEM = "application/problem+json"


@dataclass
class Scene:
    project: Project
    image: Image
    label: Label
    people: dict[str, User]

    def client(self, name: str) -> APIClient:
        client = APIClient()
        client.force_login(self.people[name])
        return client

    @property
    def url(self) -> str:
        return f"/api/v1/images/{self.image.pk}/"

    def object_url(self, object_id: Any) -> str:
        return f"{self.url}annotations/{object_id}/"

    def body(self, side: int = 2, **fields: Any) -> dict[str, Any]:
        return {"label": self.label.pk, "segmentation": square(self.image, side), **fields}

    def put(self, client: APIClient, object_id: Any, base: int | None, **fields: Any) -> Any:
        side = fields.pop("side", 2)
        return client.put(
            self.object_url(object_id), self.body(side, **fields), headers=condition(base)
        )

    def created(self, client: APIClient, **fields: Any) -> str:
        object_id = str(uuid.uuid4())
        answer = self.put(client, object_id, None, **fields)
        assert answer.status_code == 201, answer.json()
        return object_id


def make_scene() -> Scene:
    people = {name: make_user(name) for name in ("alice", "bob", "rita", "charlie")}
    project = make_project(lead=people["alice"])
    add_member(project, people["bob"], "annotator")
    add_member(project, people["rita"], "reviewer")
    make_project(lead=people["charlie"], name="Elsewhere")
    return Scene(project, make_image(project), make_label(project, "car"), people)


def square(image: Image, side: int = 2) -> dict[str, Any]:
    mask = np.zeros(image.size_hw, dtype=bool)
    mask[1 : 1 + side, 1 : 1 + side] = True
    return to_wire(from_bitmap(mask))


def condition(base: int | None) -> dict[str, str]:
    return {"If-None-Match": "*"} if base is None else {"If-Match": f'"{base}"'}
