"""The page of a project's imports: check a file first, then take all of it or nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from projects.errors import InvalidInput
from projects.formats.registry import FORMATS
from projects.pages.jobs import JobRow, job_rows
from projects.pages.project_frame import Frame, frame
from projects.policy import Action, require
from projects.selectors.jobs import jobs_of
from projects.services.imports import ANNOTATIONS, KIND, PRELABELS, start_import
from projects.tasks import ring
from projects.visitors import page

SHOWN = 10
FINDINGS_SHOWN = 100


@require_http_methods(["GET", "POST"])
@page
def imports(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show the last imports with their reports; a POST checks a file or imports it."""
    shown = frame(request, project_id)
    require(user=shown.user, project=shown.project, action=Action.IMPORT)
    if request.method == "POST":
        return _start(request, shown)
    jobs = jobs_of(user=shown.user, kinds=[KIND], project=shown.project).order_by("-id")
    rows = job_rows(user=shown.user, jobs=jobs[:SHOWN])
    context = shown.context(
        "imports",
        formats=[info for info in FORMATS.values() if info.reader],
        words=[
            (ANNOTATIONS, gettext("as annotations: confirmed, a person's word")),
            (PRELABELS, gettext("as pre-labels: suggestions to look at")),
        ],
        rows=[_row(row) for row in rows],
        is_busy=any(row.is_open for row in rows),
    )
    return render(request, "projects/imports.html", context)


def _start(request: HttpRequest, shown: Frame) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise InvalidInput(
            gettext("Choose a file first: JSON, or a ZIP archive with JSON files in it.")
        )
    is_check = request.POST.get("do") == "check"
    job = start_import(
        user=shown.user,
        project=shown.project,
        file=file,
        format_name=request.POST.get("format", ""),
        as_word=request.POST.get("as", ""),
        dry_run=is_check,
    )
    transaction.on_commit(lambda: ring(job.pk))
    words = (
        gettext("%(name)s is being checked; nothing is written.")
        if is_check
        else gettext("%(name)s is being imported.")
    )
    messages.success(request, words % {"name": file.name})
    return redirect("project-imports", shown.project.pk)


def _row(row: JobRow) -> dict[str, Any]:
    report: dict[str, Any] = row.row.result.get("report", {})
    return {
        "job": row,
        "is_check": bool(row.row.params.get("dry_run")),
        "report": report,
        "findings": report.get("findings", [])[:FINDINGS_SHOWN],
        "finding_count": sum(report.get("findings_by_code", {}).values()),
    }
