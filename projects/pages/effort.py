"""The page of what the objects of a project cost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.pages.project_frame import frame
from projects.selectors.effort import effort_of
from projects.visitors import page


@require_safe
@page
def effort(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show medians by person and by label."""
    shown = frame(request, project_id)
    report = effort_of(user=shown.user, project=shown.project)
    return render(request, "projects/effort.html", shown.context("effort", report=report))
