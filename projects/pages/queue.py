"""The queue: what to work on next, by order or by uncertainty."""

from __future__ import annotations

import random

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from projects.pages.project_frame import Frame, frame
from projects.policy import Action
from projects.selectors.images import ImageFilters, images_of
from projects.services.work import TO_ANNOTATE, next_task
from projects.visitors import page

SHOWN = 12


@require_http_methods(["GET", "POST"])
@page
def queue(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show what waits; a POST opens the next image in the editor."""
    shown = frame(request, project_id)
    if request.method == "POST":
        return _open_next(request, shown)
    waiting = images_of(
        user=shown.user,
        project=shown.project,
        filters=ImageFilters(statuses=tuple(status.value for status in TO_ANNOTATE)),
    )
    context = shown.context(
        "queue",
        waiting=waiting.order_by("-priority", "id")[:SHOWN],
        waiting_count=shown.counts.to_do + shown.counts.in_work,
        reviews=Action.REOPEN.value in shown.facts.can,
    )
    return render(request, "projects/queue.html", context)


def _open_next(request: HttpRequest, shown: Frame) -> HttpResponse:
    kind = request.POST.get("kind", "annotate")
    order = request.POST.get("order", "uncertainty")
    task = next_task(
        user=shown.user,
        project=shown.project,
        kind=kind,
        order=order,
        pivot=random.random(),  # noqa: S311 - an order of work is no secret
    )
    if task is None:
        words = (
            gettext("Nothing waits for review.")
            if kind == "review"
            else gettext("No image is left to label.")
        )
        messages.info(request, words)
        return redirect("project-queue", shown.project.pk)
    # Next and previous in the editor go on in the order that was chosen here.
    address = reverse("editor", args=[task.image.pk])
    return redirect(f"{address}?ordering=-priority" if order == "uncertainty" else address)
