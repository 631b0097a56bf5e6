"""The page that starts pre-labelling; a project's overview shows its form as a part."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from inference.segmenters import advised
from inference.segmenters.registry import SegmenterInfo
from inference.segmenters.tidying import Cover, parse
from inference.services.prelabel import (
    KIND,
    ImageFilter,
    images_to_prelabel,
    start_prelabelling,
)
from inference.services.prelabel_modes import (
    BOXES,
    EVERYTHING,
    KIND_OF_MODE,
    MODEL,
    TEXT,
    labels_in_use,
)
from inference.services.segmenters import described
from inference.tasks import ring_after_commit
from projects.errors import InvalidInput
from projects.models import ImageStatus
from projects.models.states import OPEN_JOB_STATES
from projects.policy import Action, require
from projects.selectors.jobs import jobs_of
from projects.selectors.projects import get_project
from projects.services.rectangles import rectangles
from projects.visitors import page, signed_in

MARK = ":"  # between mode and name of a segmenter in the form; outlining everything has none
TEXT_FIELD = "text-"  # and the id of a label
GROUPS = {
    EVERYTHING: gettext_lazy("Outline everything"),
    MODEL: gettext_lazy("Find what the model knows by name"),
    TEXT: gettext_lazy("Find what words say"),
    BOXES: gettext_lazy("Turn imported boxes into masks"),
}
# What a choice says beside the segmenter's name, where the same one can do several things.
DOES = {BOXES: gettext_lazy(": boxes into masks")}
COVERS = {
    "": gettext_lazy("as the model found them"),
    Cover.LEAVE.value: gettext_lazy("no overlaps; gaps stay empty"),
    Cover.FILL.value: gettext_lazy("no overlaps; gaps go to the nearest mask"),
    Cover.NAME.value: gettext_lazy("no overlaps; all gaps become one region"),
}
PERCENT = 100

# What the form calls a choice of images, and what it means.
CHOICES = {
    "new": (gettext_lazy("%(count)s that no model has looked at"), (ImageStatus.NEW.value,)),
    "all": (gettext_lazy("all %(count)s that are not submitted"), ()),
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
        before, mark, after = request.POST.get("segmenter", "").partition(MARK)
        name, mode = (after, before) if mark else (before, EVERYTHING)
        job = start_prelabelling(
            user=user,
            project=project,
            segmenter=name,
            mode=mode,
            texts=_texts(request) if mode == TEXT else None,
            tidying=None if mode == BOXES else _tidying(request),
            wanted=ImageFilter() if mode == BOXES else ImageFilter(statuses=statuses),
        )
        ring_after_commit(job.pk)
        messages.success(request, gettext("Pre-labelling has started."))
        return redirect(f"/projects/{project.pk}/")
    open_jobs = jobs_of(user=user, kinds=[KIND], project=project, states=OPEN_JOB_STATES)
    groups = _groups()
    usable = [info.name for info in groups[0][1] if info.installed]
    counts = {
        name: images_to_prelabel(project=project, wanted=ImageFilter(statuses=statuses)).count()
        for name, (_, statuses) in CHOICES.items()
    }
    boxes = rectangles().filter(image__in=images_to_prelabel(project=project, wanted=ImageFilter()))
    context = {
        "nav": "projects",
        "project": project,
        "job": open_jobs.order_by("id").first(),
        "groups": [
            (words, DOES.get(mode, ""), [(_value(mode, info), info) for info in infos])
            for (mode, words), infos in groups
            if infos and (mode != BOXES or boxes.exists())
        ],
        "boxes": boxes.count(),
        "knowing": [info for info in groups[1][1] if info.installed],
        "reading": [info for info in groups[2][1] if info.installed],
        "labels": labels_in_use(project),
        "field": TEXT_FIELD,
        "covers": COVERS,
        "advised": parse(advised.TIDYING),
        "advised_percent": round(parse(advised.TIDYING).most_alike * PERCENT),
        "chosen": project.segmenter if project.segmenter in usable else usable[0],
        "choices": [
            (name, words % {"count": counts[name]}, counts[name])
            for name, (words, _) in CHOICES.items()
        ],
        "chosen_images": "new" if counts["new"] else "all",
        "has_images": counts["all"] > 0,
    }
    return render(request, "prelabel.html", context)


def _groups() -> list[tuple[tuple[str, str], list[SegmenterInfo]]]:
    """The segmenters by what they can be asked for, in the order of ``GROUPS``."""
    known = described()
    return [
        ((mode, str(words)), [info for info in known if KIND_OF_MODE[mode] in info.kinds])
        for mode, words in GROUPS.items()
    ]


def _value(mode: str, info: SegmenterInfo) -> str:
    return info.name if mode == EVERYTHING else f"{mode}{MARK}{info.name}"


def _tidying(request: HttpRequest) -> dict[str, object]:
    """How masks are tidied, as the form says it; a field that is left empty says nothing.

    Raises:
        InvalidInput: If a number is none.
    """
    said = {
        name: _number(name, text)
        for name in ("least_region", "fill_holes", "most_alike", "rest_label")
        if (text := request.POST.get(name, "").strip())
    }
    found: dict[str, object] = {**said, "cover": request.POST.get("cover", "")}
    if "most_alike" in said:
        found["most_alike"] = said["most_alike"] / PERCENT
    return found


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise InvalidInput(
            gettext("%(name)s is “%(text)s”; expected a whole number.")
            % {"name": name, "text": text[:20]},
            "bad_tidying",
        )
    return int(text)


def _texts(request: HttpRequest) -> dict[int, str]:
    """What to look for, by id of a label, as the form says it."""
    return {
        int(name.removeprefix(TEXT_FIELD)): text
        for name, text in request.POST.items()
        if name.startswith(TEXT_FIELD)
        and name.removeprefix(TEXT_FIELD).isdecimal()
        and isinstance(text, str)
    }
