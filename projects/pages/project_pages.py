"""A project's overview and settings."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from projects.pages.project_forms import ProjectForm
from projects.pages.project_frame import Frame, frame
from projects.policy import Action, require
from projects.selectors.people import members_of
from projects.selectors.projects import first_images
from projects.sentences import translated
from projects.services.projects import KEPT_DAYS, delete_project, edit_project
from projects.services.segmenter_names import segmenter_titles
from projects.visitors import page

PICTURES = 8  # on the overview


class SettingsForm(ProjectForm):
    """A project's settings."""

    segmenter = forms.ChoiceField(
        label=gettext_lazy("Default segmenter"),
        choices=lambda: [(name, translated(title)) for name, title in segmenter_titles().items()],
        help_text=gettext_lazy("Answers clicks and pre-labels unless another one is chosen there."),
    )


@require_safe
@page
def overview(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show how far the project is and what to do next."""
    shown = frame(request, project_id)
    context = shown.context(
        "overview",
        pictures=first_images(project_ids=[project_id], each=PICTURES)[project_id],
        members=list(members_of(user=shown.user, project=shown.project)[:12]),
    )
    return render(request, "projects/overview.html", context)


@require_http_methods(["GET", "POST"])
@page
def settings(request: HttpRequest, project_id: int) -> HttpResponse:
    """Change name, description and segmenter, or delete the project."""
    shown = frame(request, project_id)
    require(user=shown.user, project=shown.project, action=Action.EDIT_PROJECT)
    if request.method == "POST" and request.POST.get("do") == "delete":
        return _delete(request, shown)
    project = shown.project
    form = SettingsForm(
        request.POST or None,
        initial={
            "name": project.name,
            "description": project.description,
            "panoptic": project.panoptic,
            "segmenter": project.segmenter,
        },
    )
    if request.method == "POST" and form.is_valid():
        edit_project(user=shown.user, project=project, changes=form.cleaned_data)
        messages.success(request, gettext("The settings are saved."))
        return redirect("project-settings", project_id)
    return render(
        request, "projects/settings.html", shown.context("settings", form=form, days=KEPT_DAYS)
    )


def _delete(request: HttpRequest, shown: Frame) -> HttpResponse:
    delete_project(user=shown.user, project=shown.project)
    messages.success(
        request,
        gettext("%(name)s is deleted; you can restore it for %(days)s days.")
        % {"name": shown.project.name, "days": KEPT_DAYS},
    )
    return redirect("home")
