"""The page that starts pre-labelling; a project's overview shows its form as a part."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from inference.pages.access import page, signed_in
from inference.services.prelabel import (
    EVERYTHING,
    KIND,
    ImageFilter,
    images_to_prelabel,
    start_prelabelling,
)
from inference.services.segmenters import described
from inference.tasks import ring_after_commit
from projects.models import ImageStatus
from projects.models.states import OPEN_JOB_STATES
from projects.policy import Action, require
from projects.selectors.jobs import jobs_of
from projects.selectors.projects import get_project

# What the form calls a choice of images, and what it means.
CHOICES = {
    "new": ("{} that no model has looked at", (ImageStatus.NEW.value,)),
    "all": ("all {} that are not submitted", ()),
}


@require_http_methods(["GET", "POST"])
@page
def prelabel(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show which segmenter would run on how many images; a POST starts it."""
    user = signed_in(request)
    project = get_project(user=user, project_id=project_id)
    require(user=user, project=project, action=Action.RUN_JOBS)
    if request.method == "POST":
        _, statuses = CHOICES.get(request.POST.get("images", ""), CHOICES["all"])
        job = start_prelabelling(
            user=user,
            project=project,
            segmenter=request.POST.get("segmenter", ""),
            mode=EVERYTHING,
            wanted=ImageFilter(statuses=statuses),
        )
        ring_after_commit(job.pk)
        messages.success(request, "Pre-labelling has started.")
        return redirect(f"/projects/{project.pk}/")
    open_jobs = jobs_of(user=user, kinds=[KIND], project=project, states=OPEN_JOB_STATES)
    segmenters = [info for info in described() if EVERYTHING in info.kinds]
    usable = [info.name for info in segmenters if info.installed]
    counts = {
        name: images_to_prelabel(project=project, wanted=ImageFilter(statuses=statuses)).count()
        for name, (_, statuses) in CHOICES.items()
    }
    context = {
        "nav": "projects",
        "project": project,
        "job": open_jobs.order_by("id").first(),
        "segmenters": segmenters,
        "chosen": project.segmenter if project.segmenter in usable else usable[0],
        "choices": [
            (name, words.format(counts[name]), counts[name]) for name, (words, _) in CHOICES.items()
        ],
        "chosen_images": "new" if counts["new"] else "all",
        "has_images": counts["all"] > 0,
    }
    return render(request, "prelabel.html", context)
