"""Pages of jobs: those of one project, and all that the user may know of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from projects.errors import InvalidInput, NotFound
from projects.models import Job, JobState, Membership, User
from projects.models.states import OPEN_JOB_STATES
from projects.pages.project_frame import frame
from projects.pages.sent import sent_id
from projects.policy import actions_of
from projects.selectors.jobs import get_job, jobs_of
from projects.sentences import translated
from projects.services.job_kinds import kind_named, listed_names
from projects.services.jobs import cancel_job, retry_job
from projects.services.waiting import waiting_reasons
from projects.tasks import ring
from projects.visitors import page, signed_in

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as a line of a table."""

    row: Job
    done: int
    total: int
    failed: int
    can_act: bool
    waiting: str  # why nobody works on it, or empty

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.row.state in OPEN_JOB_STATES

    @property
    def value(self) -> int:
        """How far the bar is."""
        return self.maximum if self.row.state == JobState.DONE else self.done + self.failed

    @property
    def maximum(self) -> int:
        """How long the bar is."""
        return max(self.total, 1)

    @property
    def words(self) -> str:
        """How far it is, in words."""
        queued = gettext("Waiting for a worker") if self.row.state == JobState.QUEUED else ""
        parts = [words] if (words := translated(self.waiting) or queued) else []
        if self.total:
            parts.append(
                gettext("%(done)s of %(total)s") % {"done": self.done, "total": self.total}
            )
        if self.failed:
            parts.append(gettext("%(count)s failed") % {"count": self.failed})
        return " · ".join(parts)


@require_safe
@page
def all_jobs(request: HttpRequest) -> HttpResponse:
    """Show the jobs of all of the user's projects, newest first."""
    user = signed_in(request)
    jobs = jobs_of(user=user, kinds=listed_names()).select_related("project", "created_by")
    return render(request, "jobs.html", {"nav": "jobs", **_page(request, user, jobs)})


@require_http_methods(["GET", "POST"])
@page
def project_jobs(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show a project's jobs; cancel one, or try one again."""
    shown = frame(request, project_id)
    if request.method == "POST":
        _write(request, project_id)
        return redirect("project-jobs", project_id)
    jobs = jobs_of(user=shown.user, kinds=listed_names(), project=shown.project)
    context = shown.context("jobs", **_page(request, shown.user, jobs))
    return render(request, "projects/jobs.html", context)


def _page(request: HttpRequest, user: User, jobs: QuerySet[Job]) -> dict[str, object]:
    page_of = Paginator(jobs.order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    return {"page_of": page_of, "jobs": job_rows(user=user, jobs=page_of)}


def job_rows(*, user: User, jobs: Iterable[Job]) -> list[JobRow]:
    """Lines of a table for jobs with their progress, and whether the user may cancel them."""
    rows = list(jobs)
    memberships = Membership.objects.filter(user=user, project__in={job.project_id for job in rows})
    roles = dict(memberships.values_list("project_id", "role"))
    waiting = waiting_reasons(jobs=rows)
    return [
        JobRow(
            row=job,
            **{name: vars(job)[name] for name in ("done", "total", "failed")},
            can_act=kind_named(job.kind).action in actions_of(roles[job.project_id]),
            waiting=waiting.get(job.pk, ""),
        )
        for job in rows
    ]


def _write(request: HttpRequest, project_id: int) -> None:
    user = signed_in(request)
    job = _job(request, project_id)
    do = request.POST.get("do", "")
    if do == "cancel":
        cancel_job(user=user, job=job)
        messages.success(request, gettext("The job is cancelled."))
    elif do == "retry":
        retry_job(user=user, job=job)
        transaction.on_commit(lambda: ring(job.pk))
        messages.success(request, gettext("The job waits for a worker again."))
    else:
        raise InvalidInput(
            gettext("There is nothing called “%(do)s” to do with a job.") % {"do": do[:40]}
        )


def _job(request: HttpRequest, project_id: int) -> Job:
    job = get_job(user=signed_in(request), job_id=sent_id(request, "job"))
    if job.project_id != project_id:
        raise NotFound(gettext("There is no such job."))
    return job
