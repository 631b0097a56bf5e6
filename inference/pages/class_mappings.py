"""The page on which a lead says which label each class of a model is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from inference.services.class_mappings import ClassChoices, Unmapped, mapping_of, save_mapping
from inference.services.prelabel_modes import labels_in_use
from inference.services.segmenters import info_of
from projects.errors import InvalidInput, NotFound
from projects.models import Label, Project
from projects.policy import Action, require
from projects.selectors.projects import get_project
from projects.visitors import page, signed_in

FIELD = "class-"  # and the number of the class: names may hold anything
NAME_FIELD = "label-of-class-"  # where a label is typed
MOST_OPTIONS = 40_000  # of all lists on the page, some 2 MB; with more, labels are typed
UNMAPPED_WORDS = {
    Unmapped.SUGGEST: gettext_lazy("Suggest them without a label"),
    Unmapped.SKIP: gettext_lazy("Skip them"),
}


@require_http_methods(["GET", "POST"])
@page
def class_mapping(request: HttpRequest, project_id: int, name: str) -> HttpResponse:
    """Show each class with its label or the proposed one; a POST keeps what was chosen."""
    user = signed_in(request)
    project = get_project(user=user, project_id=project_id)
    require(user=user, project=project, action=Action.RUN_JOBS)
    if "classes" not in info_of(name=name).kinds:
        raise NotFound(gettext("%(name)s knows no classes.") % {"name": name})
    mapping = mapping_of(user=user, project=project, segmenter=name)
    labels = labels_in_use(project)
    if request.method == "GET":
        names = {label.pk: label.name for label in labels}
        chosen_names = {at: names.get(one.label or 0, "") for at, one in enumerate(mapping.choices)}
        return _shown(request, project, mapping, labels, names=chosen_names)
    typed = _typed(request, mapping)
    ids = {label.name: label.pk for label in labels}
    if wrong := [place for place, word in typed.items() if word and word not in ids]:
        messages.error(request, gettext("Nothing is saved yet: see the names marked below."))
        return _shown(request, project, mapping, labels, names=typed, wrong=wrong)
    chosen = _chosen(request, mapping)
    save_mapping(
        user=user,
        project=project,
        segmenter=name,
        labels=chosen | {mapping.choices[at].known.name: ids.get(typed[at]) for at in typed},
        unmapped=request.POST.get("unmapped", ""),
    )
    messages.success(request, gettext("The labels of its classes are saved."))
    return redirect(f"/projects/{project.pk}/prelabel/")


def _shown(
    request: HttpRequest,
    project: Project,
    mapping: ClassChoices,
    labels: Sequence[Label],
    *,
    names: dict[int, str],
    wrong: Collection[int] = (),
) -> HttpResponse:
    """The page, with the names of the labels by the place of the class; some are no label's."""
    context = {
        "nav": "projects",
        "project": project,
        "mapping": mapping,
        "rows": [
            (one, names.get(place, ""), place in wrong) for place, one in enumerate(mapping.choices)
        ],
        "are_typed": len(labels) * len(mapping.choices) > MOST_OPTIONS,
        "labels": labels,
        "first_wrong": min(wrong, default=None),
        "chosen_unmapped": request.POST.get("unmapped", mapping.unmapped),
        "unmapped": [(value.value, words) for value, words in UNMAPPED_WORDS.items()],
        "field": FIELD,
        "name_field": NAME_FIELD,
        "mapped": len(mapping.labels),
    }
    return render(request, "class_mapping.html", context, status=422 if wrong else 200)


def _typed(request: HttpRequest, mapping: ClassChoices) -> dict[int, str]:
    """What was typed, by the place of the class; empty where labels are chosen from lists."""
    fields = {place: f"{NAME_FIELD}{place}" for place in range(len(mapping.choices))}
    return {
        place: request.POST[field].strip()
        for place, field in fields.items()
        if field in request.POST
    }


def _chosen(request: HttpRequest, mapping: ClassChoices) -> dict[str, int | None]:
    """The label's id for each class, as it was chosen from a list."""
    chosen: dict[str, int | None] = {}
    for place, one in enumerate(mapping.choices):
        came = request.POST.get(f"{FIELD}{place}", "")
        if came and not came.isdecimal():
            raise InvalidInput(
                gettext("“%(came)s” is no label of %(name)s.")
                % {"came": came[:40], "name": one.known.name},
                "unknown_label",
            )
        chosen[one.known.name] = int(came) if came else None
    return chosen
