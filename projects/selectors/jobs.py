"""Reads of jobs and exports: what runs, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from projects.errors import InvalidInput, NotFound
from projects.models import Export, Job, JobItem, JobState, Project, User
from projects.policy import within


def with_progress(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Adds ``done``, ``total`` and ``failed``: images, or steps in a job for the whole."""
    whole = Exists(JobItem.objects.filter(job=OuterRef("pk"), image__isnull=True))
    items = Count("items")
    ended_well = Count("items", filter=Q(items__state=JobState.DONE))
    return jobs.select_related("created_by").annotate(
        is_whole=whole,
        failed=Count("items", filter=Q(items__state=JobState.FAILED)),
        done=Case(When(is_whole=True, then=F("steps_done")), default=ended_well),
        total=Case(When(is_whole=True, then=F("steps_total")), default=items),
    )


def jobs_of(
    *,
    user: User,
    kinds: Sequence[str],
    project: Project | None = None,
    states: Sequence[str] = (),
) -> QuerySet[Job]:
    """The jobs that the user may know of, with their progress.

    Args:
        user: Who asks.
        kinds: Any of these.
        project: Only this one's.
        states: Any of these; all if empty.

    Raises:
        InvalidInput: If there is no such state.
    """
    unknown = sorted(set(states) - set(JobState.values))
    if unknown:
        known = ", ".join(JobState.values)
        raise InvalidInput(f"state is {unknown[0][:40]!r}; known are {known}.", "bad_state")
    jobs = within(Job.objects.filter(kind__in=kinds), user=user)
    if project is not None:
        jobs = jobs.filter(project=project)
    if states:
        jobs = jobs.filter(state__in=states)
    return with_progress(jobs)


def get_job(*, user: User, job_id: int) -> Job:
    """One job with its progress.

    Raises:
        NotFound: If there is none that the user may know of.
    """
    job = with_progress(within(Job.objects.all(), user=user)).filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job.")
    return job


def exports_of(*, user: User, project: Project) -> QuerySet[Export]:
    """The project's finished exports."""
    exports = Export.objects.filter(project=project).select_related("created_by")
    return within(exports, user=user)


def get_export(*, user: User, export_id: int) -> Export:
    """One finished export.

    Raises:
        NotFound: If there is none that the user may know of.
    """
    exports = within(Export.objects.select_related("created_by", "project"), user=user)
    export = exports.filter(pk=export_id).first()
    if export is None:
        raise NotFound("There is no such export.")
    return export
