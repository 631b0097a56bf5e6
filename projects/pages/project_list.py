"""The first page: the user's projects; and the pages that make one and bring one back."""

from __future__ import annotations

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.errors import ApplicationError
from projects.models import User
from projects.pages.project_forms import (
    FIRST_ROWS,
    MAX_ROWS,
    LabelFormSet,
    LabelRow,
    ProjectForm,
    row_defaults,
)
from projects.pages.sent import whole_number
from projects.selectors.projects import (
    deleted_projects_of,
    describe_projects,
    first_images,
    get_project_even_deleted,
    projects_of,
)
from projects.sentences import said
from projects.services.labels import LabelDraft
from projects.services.projects import create_project, restore_project
from projects.visitors import page, signed_in

SHOWN = 200  # cards on one page
PREFIX = "labels"


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    """Show the projects as cards, and below them those that can be restored."""
    user = signed_in(request)
    projects = list(projects_of(user=user)[: SHOWN + 1])
    pictures = first_images(project_ids=[project.pk for project in projects])
    cards = [
        {"facts": facts, "pictures": pictures[facts.project.pk]}
        for facts in describe_projects(user=user, projects=projects[:SHOWN])
    ]
    context = {
        "nav": "projects",
        "cards": cards,
        "is_cut": len(projects) > SHOWN,
        "deleted": list(deleted_projects_of(user=user)),
    }
    return render(request, "projects/home.html", context)


@require_http_methods(["GET", "POST"])
@page
def new_project(request: HttpRequest) -> HttpResponse:
    """Ask for a name and labels, and make the project; works without scripts."""
    form, rows = _forms(request)
    is_sent = request.method == "POST" and "more" not in request.POST
    if is_sent and form.is_valid() and rows.is_valid():
        try:
            return _create(signed_in(request), form, rows)
        except ApplicationError as error:
            form.add_error(None, said(error))
    context = {"nav": "projects", "form": form, "rows": rows}
    return render(request, "projects/new.html", context)


@require_POST
@page
def restore(request: HttpRequest, project_id: int) -> HttpResponse:
    """Bring a deleted project back."""
    user = signed_in(request)
    project = get_project_even_deleted(user=user, project_id=project_id)
    restore_project(user=user, project=project)
    messages.success(request, gettext("%(name)s is back.") % {"name": project.name})
    return redirect("project", project_id)


def _forms(request: HttpRequest) -> tuple[ProjectForm, BaseFormSet[LabelRow]]:
    if request.method != "POST":
        return ProjectForm(), LabelFormSet(prefix=PREFIX)
    if "more" not in request.POST:
        return ProjectForm(request.POST), LabelFormSet(request.POST, prefix=PREFIX)
    # Only more rows are wanted: nothing is sent yet, so nothing is wrong yet.
    return ProjectForm(initial=request.POST.dict()), LabelFormSet(
        _with_more_rows(request.POST), prefix=PREFIX
    )


def _with_more_rows(sent: QueryDict) -> QueryDict:
    total_key = f"{PREFIX}-TOTAL_FORMS"
    present = min(whole_number(sent.get(total_key, "")) or 0, MAX_ROWS)
    wanted = min(present + FIRST_ROWS, MAX_ROWS)
    data = sent.copy()
    data[total_key] = str(wanted)
    for index in range(present, wanted):
        for field, value in row_defaults(index).items():
            data[f"{PREFIX}-{index}-{field}"] = value
    return data


def _create(user: User, form: ProjectForm, rows: BaseFormSet[LabelRow]) -> HttpResponse:
    drafts = [
        LabelDraft(**row.as_fields()) for row in rows if row.cleaned_data.get("name", "").strip()
    ]
    project = create_project(user=user, labels=drafts, **form.cleaned_data)
    return redirect("project", project.pk)
