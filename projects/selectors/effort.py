"""Reads of what annotations cost: medians and totals for each person and each label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import add
from statistics import median

from django.db.models import Sum

from projects.models import AnnotationState, EffortEvent, Label, Project, User
from projects.policy import Action, require
from projects.selectors.projects import labels_by_project

COUNTED = ("clicks", "strokes", "undos", "redos", "prompts")
FIGURES = ("seconds", *COUNTED)

Sums = tuple[float, ...]  # of one object, in the order of FIGURES


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one kind of effort, over objects."""

    median: float
    total: float


@dataclass(frozen=True, slots=True)
class EffortFacts:
    """What some objects cost.

    Attributes:
        name: Of the person or the label; empty for an account that is gone.
        label_id: Of a label; None for a person.
        objects: How many there are.
        figures: By the names of FIGURES.
    """

    name: str
    label_id: int | None
    objects: int
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class EffortReport:
    """What the confirmed objects of a project cost: all, by person and by label."""

    whole: EffortFacts
    users: list[EffortFacts]
    labels: list[EffortFacts]


def effort_of(*, user: User, project: Project) -> EffortReport:
    """What the project's confirmed objects cost, as far as an editor has said so.

    A person's part of an object that several worked on counts as that person's object. Labels come
    in the project's order, people by name.

    Raises:
        NotFound: The user is no member.
        Forbidden: The user's role does not allow it.
    """
    require(user=user, project=project, action=Action.SEE_EFFORT)
    of_objects: dict[int, Sums] = {}
    of_users: dict[str, list[Sums]] = defaultdict(list)
    label_of: dict[int, int] = {}
    for annotation_id, label_id, name, sums in _parts(project):
        known = of_objects.get(annotation_id)
        of_objects[annotation_id] = tuple(map(add, known, sums)) if known else sums
        of_users[name].append(sums)
        label_of[annotation_id] = label_id
    of_labels: dict[int, list[Sums]] = defaultdict(list)
    for annotation_id, sums in of_objects.items():
        of_labels[label_of[annotation_id]].append(sums)
    labels: list[Label] = labels_by_project(project_ids=[project.pk])[project.pk]
    return EffortReport(
        whole=_facts("", of_objects.values()),
        users=[_facts(name, of_users[name]) for name in sorted(of_users)],
        labels=[
            _facts(label.name, of_labels[label.pk], label.pk)
            for label in labels
            if label.pk in of_labels
        ],
    )


def _parts(project: Project) -> Iterator[tuple[int, int, str, Sums]]:
    """Give each person's part of each object: annotation, label, name and sums."""
    events = EffortEvent.objects.filter(
        annotation__image__project=project,
        annotation__image__deleted_at__isnull=True,
        annotation__state=AnnotationState.CONFIRMED,
    )
    # A confirmed annotation has a label; the database holds that.
    keys = ("annotation_id", "annotation__label_id", "user__username")
    rows = events.order_by().values_list(*keys).annotate(Sum("active_ms"), *map(Sum, COUNTED))
    for annotation_id, label_id, name, active_ms, *counts in rows.iterator():
        yield annotation_id, label_id, name or "", (active_ms / 1000, *counts)


def _facts(name: str, objects: Iterable[Sums], label_id: int | None = None) -> EffortFacts:
    rows = list(objects)
    columns = zip(FIGURES, zip(*rows, strict=True), strict=True) if rows else ()
    figures = {
        figure: Figure(round(median(column), 3), round(sum(column), 3))
        for figure, column in columns
    }
    return EffortFacts(name, label_id, len(rows), figures)
