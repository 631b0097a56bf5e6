"""The page of the models: what is installed, loads, how fast it is here, and who uses it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from inference.segmenters import registry
from inference.services.model_checks import (
    KIND,
    ModelFacts,
    facts_of_models,
    start_checking,
)
from inference.services.segmenters import info_of
from inference.tasks import ring_after_commit
from projects.errors import InvalidInput
from projects.models import Job, Project, User
from projects.models.states import OPEN_JOB_STATES
from projects.policy import Action
from projects.selectors.jobs import jobs_of
from projects.selectors.projects import get_project, projects_where
from projects.sentences import translated
from projects.services.projects import edit_project
from projects.visitors import page, signed_in

_KIND_WORDS = {
    "points": gettext_lazy("clicks"),
    "box": gettext_lazy("boxes"),
    "mask": gettext_lazy("refining a mask"),
    "text": gettext_lazy("finding what words say"),
    "exemplars": gettext_lazy("finding more of the same"),
    "everything": gettext_lazy("outlining everything"),
    "classes": gettext_lazy("naming what it knows"),
}


@require_http_methods(["GET", "POST"])
@page
def models(request: HttpRequest) -> HttpResponse:
    """Show every model that this server knows; a POST measures one or makes it a default."""
    user = signed_in(request)
    if request.method == "POST":
        _write(request, user)
        return redirect("models")
    facts, jobs = facts_of_models(user=user), _open_jobs(user)
    context = {
        "nav": "models",
        "rows": [_row(one, jobs.get(one.info.name)) for one in facts],
        "device": next((one.check.device for one in facts if one.check), ""),
        "led": projects_where(user=user, action=Action.RUN_JOBS),
        "malformed": registry.malformed(settings.MODELS_DIR),
        "folder": settings.MODELS_DIR,
    }
    return render(request, "models.html", context)


def _row(one: ModelFacts, job: Job | None) -> dict[str, object]:
    return {
        "info": one.info,
        "job": job,
        "check": one.check,
        "is_outdated": one.is_outdated,
        "default_of": one.default_of,
        "kinds": [str(word) for kind, word in _KIND_WORDS.items() if kind in one.info.kinds],
        "is_default": one.info.name == settings.DEFAULT_SEGMENTER,
    }


def _open_jobs(user: User) -> dict[str, Job]:
    """The measuring jobs that have not ended, by model."""
    jobs = jobs_of(user=user, kinds=[KIND], states=OPEN_JOB_STATES)
    return {str(job.params["segmenter"]): job for job in jobs}


def _write(request: HttpRequest, user: User) -> None:
    do, name = request.POST.get("do", ""), request.POST.get("segmenter", "")
    if do == "rescan":
        _rescan(request, user)
    elif do == "measure":
        job = start_checking(user=user, project=_project(request, user), segmenter=name)
        ring_after_commit(job.pk)
        messages.success(
            request,
            gettext("%(name)s is being measured; the figures appear here.") % {"name": name},
        )
    elif do == "use":
        project, info = _project(request, user), info_of(name=name)
        edit_project(user=user, project=project, changes={"segmenter": info.name})
        messages.success(
            request,
            gettext("%(name)s now uses %(title)s.")
            % {"name": project.name, "title": translated(info.title)},
        )
    else:
        raise InvalidInput(
            gettext("There is nothing called “%(do)s” to do with a model.") % {"do": do[:40]}
        )


def _rescan(request: HttpRequest, user: User) -> None:
    """Say what the folder holds; the list itself is read anew with every look at it."""
    facts = facts_of_models(user=user)
    installed = sum(one.info.installed for one in facts)
    unknown = sum(one.info.installed and one.check is None for one in facts)
    words = (
        gettext(
            "%(installed)s of %(count)s models are installed; %(unknown)s of them were never "
            "measured."
        )
        if unknown
        else gettext("%(installed)s of %(count)s models are installed.")
    )
    figures = {"installed": installed, "count": len(facts), "unknown": unknown}
    messages.success(request, words % figures)


def _project(request: HttpRequest, user: User) -> Project:
    came = request.POST.get("project", "")
    if not came.isdecimal():
        raise InvalidInput(gettext("Choose a project: a lead of one may do this."))
    return get_project(user=user, project_id=int(came))
