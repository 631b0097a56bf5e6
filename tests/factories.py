"""Rows for tests: alice leads, bob annotates, rita reviews, charlie is a stranger."""

from __future__ import annotations

import hashlib
import uuid
from itertools import count
from typing import Any

from django.db.models import F

from projects.models import (
    Annotation,
    Comment,
    Image,
    Label,
    Membership,
    Project,
    Revision,
    Role,
    Tag,
    User,
)

_serial = count(1)


def make_user(name: str = "", **fields: Any) -> User:
    return User.objects.create_user(
        username=name or f"user{next(_serial)}", password="a long enough word", **fields
    )


def make_project(*, lead: User | None = None, name: str = "Street", **fields: Any) -> Project:
    project = Project.objects.create(name=name, **fields)
    if lead is not None:
        add_member(project, lead, Role.LEAD)
    return project


def add_member(project: Project, user: User, role: str) -> Membership:
    return Membership.objects.create(project=project, user=user, role=role)


def _number(project: Project, column: str) -> int:
    Project.objects.filter(pk=project.pk).update(**{column: F(column) + 1})
    project.refresh_from_db()
    return int(getattr(project, column)) - 1


def make_label(project: Project, name: str = "", **fields: Any) -> Label:
    return Label.objects.create(
        project=project,
        number=_number(project, "next_label_number"),
        name=name or f"label{next(_serial)}",
        **{"color": "#0072b2", **fields},
    )


def make_tag(project: Project, name: str = "") -> Tag:
    return Tag.objects.create(project=project, name=name or f"tag{next(_serial)}")


def make_comment(image: Image, *, author: User | None = None, **fields: Any) -> Comment:
    """A pin at (1, 1), or an answer if a parent is given."""
    place = {} if "parent" in fields else {"x": 1.0, "y": 1.0}
    words = {"text": "Is this one a car?", **place, **fields}
    return Comment.objects.create(image=image, uuid=uuid.uuid4(), author=author, **words)


def make_image(project: Project, *, width: int = 8, height: int = 6, **fields: Any) -> Image:
    """A row without a stored file."""
    digest = hashlib.sha256(f"{next(_serial)}".encode()).hexdigest()
    return Image.objects.create(
        project=project,
        number=_number(project, "next_image_number"),
        width=width,
        height=height,
        **{
            "name": f"{digest[:6]}.png",
            "upload_sha256": digest,
            "sha256": digest,
            "mime": "image/png",
            "size_bytes": 1,
            **fields,
        },
    )


def make_annotation(image: Image, *, label: Label | None = None, **fields: Any) -> Annotation:
    """An annotation of one 2x2 square at (1, 1) and its first revision, unless told otherwise."""
    from projects.masks.rle import area, bbox_xywh, from_bitmap

    mask = fields.pop("mask", None)
    if mask is None:
        import numpy as np

        mask = np.zeros(image.size_hw, dtype=bool)
        mask[1:3, 1:3] = True
    rle = from_bitmap(mask)
    x, y, w, h = bbox_xywh(rle)
    shared = {
        "label": label,
        "state": fields.pop("state", "confirmed" if label else "suggested"),
        "source": fields.pop("source", "manual" if label else "model"),
        "score": fields.pop("score", None),
        "area": area(rle),
        "bbox_x": x,
        "bbox_y": y,
        "bbox_w": w,
        "bbox_h": h,
    }
    annotation = Annotation.objects.create(
        image=image,
        uuid=fields.pop("uuid", None) or uuid.uuid4(),
        number=_number(image.project, "next_annotation_number"),
        **shared,
    )
    annotation.current = Revision.objects.create(
        annotation=annotation, number=1, counts=rle.counts, cause="edit", **shared, **fields
    )
    annotation.save(update_fields=["current"])
    return annotation
