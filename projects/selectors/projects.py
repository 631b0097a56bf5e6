"""Reads of projects, their labels and their counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from projects.errors import NotFound
from projects.models import (
    Annotation,
    AnnotationState,
    Image,
    Label,
    Membership,
    Project,
    Role,
    Tag,
    User,
)
from projects.policy import Action, actions_of, roles_for, within
from projects.selectors.clock import database_now
from projects.selectors.tags import tags_by_project

RESTORABLE_DAYS = 30  # as long as the purge waits
_COUNTED = {
    AnnotationState.CONFIRMED.value: "annotations",
    AnnotationState.SUGGESTED.value: "suggestions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCounts:
    """How much there is in a project; deleted images and what lies on them do not count."""

    new: int = 0
    prelabelled: int = 0
    in_progress: int = 0
    submitted: int = 0
    accepted: int = 0
    sent_back: int = 0
    annotations: int = 0  # confirmed
    suggestions: int = 0

    @property
    def images(self) -> int:
        """All images, whatever their status."""
        return self.to_do + self.in_work + self.submitted + self.accepted

    @property
    def to_do(self) -> int:
        """Images that nobody has worked on."""
        return self.new + self.prelabelled

    @property
    def in_work(self) -> int:
        """Images that somebody works on, or has to again."""
        return self.in_progress + self.sent_back


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project as one of its members sees it."""

    project: Project
    role: Role
    labels: list[Label]
    tags: list[Tag]
    counts: ProjectCounts

    @property
    def can(self) -> list[str]:
        """The names of the actions that the member may do."""
        return [action.value for action in actions_of(self.role)]


def projects_of(*, user: User) -> QuerySet[Project]:
    """The projects that the user is a member of, newest first."""
    return within(Project.objects.all(), user=user, project_path="").order_by("-id")


def projects_where(*, user: User, action: Action) -> list[Project]:
    """The user's projects in which their role allows the action, by name."""
    allowed = Membership.objects.filter(user=user, role__in=roles_for(action))
    mine = projects_of(user=user).filter(pk__in=allowed.values("project_id"))
    return list(mine.order_by("name", "pk"))


def get_project(*, user: User, project_id: int) -> Project:
    """One of the user's projects.

    Raises:
        NotFound: If there is none, or none that the user is a member of.
    """
    project = within(Project.objects.all(), user=user, project_path="").filter(pk=project_id)
    found = project.first()
    if found is None:
        raise NotFound("There is no such project.")
    return found


def deleted_projects_of(*, user: User) -> QuerySet[Project]:
    """The deleted projects that the user leads and can still restore, last deleted first."""
    led = Membership.objects.filter(user=user, role=Role.LEAD).values("project_id")
    since = database_now() - timedelta(days=RESTORABLE_DAYS)
    return Project.objects.filter(pk__in=led, deleted_at__gte=since).order_by("-deleted_at")


def get_project_even_deleted(*, user: User, project_id: int) -> Project:
    """One of the user's projects, deleted or not.

    Raises:
        NotFound: If there is none that the user is a member of.
    """
    mine = Membership.objects.filter(user=user, user__is_active=True).values("project_id")
    project = Project.objects.filter(pk__in=mine, pk=project_id).first()
    if project is None:
        raise NotFound("There is no such project.")
    return project


def describe_projects(*, user: User, projects: Iterable[Project]) -> list[ProjectFacts]:
    """The projects as the user sees them, in four statements for any number.

    Projects that the user is no member of are left out.
    """
    rows = list(projects)
    ids = [project.pk for project in rows]
    memberships = Membership.objects.filter(user=user, project_id__in=ids)
    roles = dict(memberships.values_list("project_id", "role"))
    labels = labels_by_project(project_ids=ids)
    tags = tags_by_project(project_ids=ids)
    counts = counts_by_project(project_ids=ids)
    return [
        ProjectFacts(
            project,
            Role(roles[project.pk]),
            labels[project.pk],
            tags[project.pk],
            counts[project.pk],
        )
        for project in rows
        if project.pk in roles
    ]


def labels_of(*, user: User, project: Project) -> QuerySet[Label]:
    """The project's labels in their order, archived ones too."""
    return within(Label.objects.filter(project=project), user=user).order_by("order", "number")


def get_label(*, user: User, label_id: int) -> Label:
    """One label of the user's projects.

    Raises:
        NotFound: If there is none that the user may know of.
    """
    labels = within(Label.objects.select_related("project"), user=user)
    label = labels.filter(pk=label_id).first()
    if label is None:
        raise NotFound("There is no such label.")
    return label


def labels_by_project(*, project_ids: Iterable[int]) -> dict[int, list[Label]]:
    """The labels of projects that the caller has checked, in their order."""
    grouped: dict[int, list[Label]] = defaultdict(list)
    for label in Label.objects.filter(project_id__in=[*project_ids]).order_by("order", "number"):
        grouped[label.project_id].append(label)
    return grouped


def counts_by_project(*, project_ids: Iterable[int]) -> dict[int, ProjectCounts]:
    """Counts of projects that the caller has checked, all in one statement."""
    ids = [*project_ids]
    images = (
        Image.objects.filter(project_id__in=ids, deleted_at__isnull=True)
        .order_by()
        .values_list("project_id", "status")
        .annotate(count=Count("pk"))
    )
    annotations = (
        Annotation.objects.filter(
            image__project_id__in=ids,
            image__deleted_at__isnull=True,
            state__in=[AnnotationState.CONFIRMED, AnnotationState.SUGGESTED],
        )
        .order_by()
        .values_list("image__project_id", "state")
        .annotate(count=Count("pk"))
    )
    # No status of an image is also a state of an annotation, so one list of words serves both.
    words: dict[int, dict[str, int]] = {project: {} for project in ids}
    for project, word, count in images.union(annotations, all=True):
        words[project][_COUNTED.get(word, word)] = count
    return {project: ProjectCounts(**found) for project, found in words.items()}


def first_images(*, project_ids: Iterable[int], each: int = 4) -> dict[int, list[Image]]:
    """The first images of projects that the caller has checked, for their cards."""
    ranked = Image.objects.filter(project_id__in=[*project_ids], deleted_at__isnull=True).annotate(
        place=Window(RowNumber(), partition_by=F("project_id"), order_by=F("number").asc())
    )
    grouped: dict[int, list[Image]] = defaultdict(list)
    for image in ranked.filter(place__lte=each).order_by("project_id", "number"):
        grouped[image.project_id].append(image)
    return grouped
