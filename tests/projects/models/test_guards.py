"""What the database itself refuses, whoever writes to it: tried with plain SQL."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from projects.models import Annotation, Image, Label, Revision
from projects.models.purge import purging
from tests.factories import make_annotation, make_image, make_label, make_project

pytestmark = pytest.mark.django_db


class Rows:
    """One legal row of each kind; a test spoils one column of a copy."""

    def __init__(self) -> None:
        self.project = make_project()
        self.image = make_image(self.project)
        self.label = make_label(self.project)
        self.annotation = make_annotation(self.image, label=self.label)
        self.other = make_annotation(self.image, label=self.label)
        self.foreign_label = make_label(make_project(name="Elsewhere"))
        self.legal = {
            model: model.objects.filter(pk=row.pk).values().get()
            for model, row in (
                (Annotation, self.annotation),
                (Revision, self.annotation.current),
                (Image, self.image),
                (Label, self.label),
            )
        }

    def insert(self, model: Any, **spoiled: Any) -> None:
        fresh = {
            Annotation: {"uuid": uuid.uuid4(), "number": 77, "current_id": None},
            Revision: {"number": 77, "change_id": uuid.uuid4()},
            Image: {"number": 77, "upload_sha256": "f" * 64},
            Label: {"number": 77, "name": "fresh", "hotkey": ""},
        }[model]
        values = {**self.legal[model], **fresh, **spoiled}
        del values["id"]
        fields = {field.attname: field for field in model._meta.concrete_fields}
        columns = ", ".join(f'"{fields[name].column}"' for name in values)
        marks = ", ".join(["%s"] * len(values))
        stored = [
            fields[name].get_db_prep_save(value, connection) for name, value in values.items()
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})', stored
            )
            cursor.execute("SELECT 1")


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.mark.parametrize("model", [Annotation, Revision, Image, Label])
def test_a_legal_row_is_taken(rows: Rows, model: Any) -> None:
    before = model.objects.count()

    rows.insert(model)

    assert model.objects.count() == before + 1


ILLEGAL: list[tuple[Any, dict[str, Any]]] = [
    (Annotation, {"area": -1}),
    (Annotation, {"area": 5}),
    (Annotation, {"bbox_x": -1}),
    (Annotation, {"bbox_x": 7}),
    (Annotation, {"bbox_y": 5}),
    (Annotation, {"bbox_w": 9}),
    (Annotation, {"bbox_h": 1000}),
    (Annotation, {"state": "accepted"}),
    (Annotation, {"state": ""}),
    (Annotation, {"source": "magic"}),
    (Annotation, {"label_id": None}),
    (Annotation, {"label_id": "foreign"}),
    (Annotation, {"number": 0}),
    (Annotation, {"number": 1}),
    (Annotation, {"uuid": "taken"}),
    (Annotation, {"current_id": "taken"}),
    (Annotation, {"current_id": "other's"}),
    (Revision, {"area": -1}),
    (Revision, {"area": 5}),
    (Revision, {"bbox_w": 9}),
    (Revision, {"bbox_y": -1}),
    (Revision, {"counts": ""}),
    (Revision, {"counts": None}),
    (Revision, {"state": "new"}),
    (Revision, {"source": ""}),
    (Revision, {"label_id": None}),
    (Revision, {"label_id": "foreign"}),
    (Revision, {"number": 0}),
    (Revision, {"number": 1}),
    (Image, {"width": 0}),
    (Image, {"height": -6}),
    (Image, {"status": "done"}),
    (Image, {"split": "all"}),
    (Image, {"priority": 1.5}),
    (Image, {"priority": None}),
    (Image, {"sha256": None}),
    (Image, {"number": 1}),
    (Image, {"upload_sha256": "taken"}),
    (Image, {"turned": True}),
    (Label, {"color": "red"}),
    (Label, {"name": ""}),
    (Label, {"name": "taken"}),
    (Label, {"hotkey": "x"}),
]


@pytest.mark.parametrize(("model", "spoiled"), ILLEGAL)
def test_an_illegal_row_is_refused(rows: Rows, model: Any, spoiled: dict[str, Any]) -> None:
    meant = {
        ("uuid", "taken"): rows.annotation.uuid,
        ("current_id", "taken"): rows.annotation.current_id,
        ("current_id", "other's"): rows.other.current_id,
        ("label_id", "foreign"): rows.foreign_label.pk,
        ("upload_sha256", "taken"): rows.image.upload_sha256,
        ("name", "taken"): rows.label.name.upper(),
    }
    values = {name: meant.get((name, value), value) for name, value in spoiled.items()}

    with pytest.raises(DatabaseError):
        rows.insert(model, **values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE projects_revision SET counts = 'x'",
        "UPDATE projects_revision SET author_id = NULL",
        "UPDATE projects_revision SET number = number + 1",
        "DELETE FROM projects_revision",
    ],
)
def test_revisions_are_final(rows: Rows, statement: str) -> None:
    before = list(Revision.objects.order_by("pk").values())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert list(Revision.objects.order_by("pk").values()) == before


def test_a_pointer_does_not_move_to_another_annotation_s_revision(rows: Rows) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Annotation.objects.filter(pk=rows.annotation.pk).update(current=rows.other.current)


def test_a_label_in_use_is_not_deleted(rows: Rows) -> None:
    def delete_and_check() -> None:
        # The reference is checked when the transaction ends; here we ask for it at once.
        connection.cursor().execute("DELETE FROM projects_label WHERE id = %s", [rows.label.pk])
        connection.check_constraints()

    with pytest.raises(DatabaseError), transaction.atomic():
        delete_and_check()


def test_a_purge_may_delete_but_only_inside_of_itself(rows: Rows) -> None:
    with purging():
        Annotation.objects.update(current=None)
        Revision.objects.all().delete()
    assert Revision.objects.count() == 0

    make_annotation(rows.image, label=rows.label)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("DELETE FROM projects_revision")


def test_a_purge_that_fails_leaves_the_guard_up(rows: Rows) -> None:
    with pytest.raises(RuntimeError), purging():
        raise RuntimeError("in the middle")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Revision.objects.update(z=1)
