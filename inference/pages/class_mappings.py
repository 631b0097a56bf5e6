"""The page on which a lead says which label each class of a model is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from inference.services.class_mappings import ClassChoices, Unmapped, mapping_of, save_mapping
from inference.services.prelabel_modes import labels_in_use
from inference.services.segmenters import info_of
from projects.errors import InvalidInput, NotFound
from projects.models import Project
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
    if request.method == "POST":
        save_mapping(
            user=user,
            project=project,
            segmenter=name,
            labels=_sent(request, project, mapping),
            unmapped=request.POST.get("unmapped", ""),
        )
        messages.success(request, gettext("The labels of its classes are saved."))
        return redirect(f"/projects/{project.pk}/prelabel/")
    labels = labels_in_use(project)
    names = {label.pk: label.name for label in labels}
    context = {
        "nav": "projects",
        "project": project,
        "mapping": mapping,
        "rows": [(one, names.get(one.label or 0, "")) for one in mapping.choices],
        "are_typed": len(labels) * len(mapping.choices) > MOST_OPTIONS,
        "labels": labels,
        "unmapped": [(value.value, words) for value, words in UNMAPPED_WORDS.items()],
        "field": FIELD,
        "name_field": NAME_FIELD,
        "mapped": len(mapping.labels),
    }
    return render(request, "class_mapping.html", context)


def _sent(request: HttpRequest, project: Project, mapping: ClassChoices) -> dict[str, int | None]:
    """The label of each class: chosen by its id, or typed by its name."""
    ids = {label.name: label.pk for label in labels_in_use(project)}
    chosen: dict[str, int | None] = {}
    for place, one in enumerate(mapping.choices):
        came = request.POST.get(f"{FIELD}{place}", "")
        typed = request.POST.get(f"{NAME_FIELD}{place}", "").strip()
        if (came and not came.isdecimal()) or (typed and typed not in ids):
            raise InvalidInput(
                gettext("“%(came)s” is no label of %(name)s.")
                % {"came": (came or typed)[:40], "name": one.known.name},
                "unknown_label",
            )
        chosen[one.known.name] = int(came) if came else ids.get(typed)
    return chosen
