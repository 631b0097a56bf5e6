"""The page of a project's labels, what is asked of their objects, and its tags."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from projects.errors import InvalidInput, NotFound
from projects.models import Annotation, AnnotationState, ImageTag, Label
from projects.pages.label_attributes import read_rows, rows_of
from projects.pages.project_forms import LabelRow, row_defaults
from projects.pages.project_frame import Frame, frame
from projects.pages.sent import sent_id
from projects.policy import Action, require
from projects.selectors.projects import get_label
from projects.selectors.tags import get_tag
from projects.services.labels import (
    HOTKEYS,
    LabelDraft,
    add_label,
    delete_label,
    edit_label,
    move_label,
)
from projects.services.palette import next_color
from projects.services.tags import add_tag, delete_tag, edit_tag
from projects.visitors import page


@require_http_methods(["GET", "POST"])
@page
def schema(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show the labels; a lead adds, changes, orders, archives and restores them."""
    shown = frame(request, project_id)
    if request.method == "POST":
        return _write(request, shown)
    labels = shown.facts.labels
    uses = _uses(project_id)
    rows = [
        {
            "label": label,
            "form": _row(label),
            "uses": uses.get(label.pk, 0),
            "attributes": rows_of(label),
        }
        for label in labels
        if not label.archived
    ]
    fresh = {**row_defaults(len(labels)), "color": next_color({label.color for label in labels})}
    fresh["hotkey"] = next((key for key in HOTKEYS if _is_free(key, labels)), "")
    context = shown.context(
        "schema",
        rows=rows,
        archived=[label for label in labels if label.archived],
        fresh=LabelRow(initial=fresh, prefix="new"),
        tags=_tags(shown),
    )
    return render(request, "projects/schema.html", context)


def _write(request: HttpRequest, shown: Frame) -> HttpResponse:
    require(user=shown.user, project=shown.project, action=Action.MANAGE_LABELS)
    page_address = reverse("project-schema", args=[shown.project.pk])
    do = request.POST.get("do", "")
    if do == "add":
        draft = LabelDraft(**_sent(request, "new"))
        label = add_label(user=shown.user, project=shown.project, draft=draft)
        messages.success(request, gettext("%(name)s is added.") % {"name": label.name})
        return redirect(f"{page_address}#new")
    if do.endswith("-tag"):
        _change_tag(request, shown, do)
        return redirect(f"{page_address}#tags")
    label = _label(request, shown)
    _change(request, shown, label, do)
    return redirect(f"{page_address}#label-{label.pk}")


def _change(request: HttpRequest, shown: Frame, label: Label, do: str) -> None:
    if do == "save":
        edit_label(user=shown.user, label=label, changes=_sent(request, f"label{label.pk}"))
        messages.success(request, gettext("%(name)s is saved.") % {"name": label.name})
    elif do == "attributes":
        changes = {"attributes": read_rows(request.POST)}
        edit_label(user=shown.user, label=label, changes=changes)
        messages.success(
            request, gettext("The attributes of %(name)s are saved.") % {"name": label.name}
        )
    elif do in {"up", "down"}:
        move_label(user=shown.user, label=label, step=-1 if do == "up" else 1)
    elif do == "restore":
        edit_label(user=shown.user, label=label, changes={"archived": False})
    elif do == "remove":
        archived = delete_label(user=shown.user, label=label)
        words = _removal_words(archived=archived is not None)
        messages.success(request, words % {"name": label.name})
    else:
        raise InvalidInput(
            gettext("There is nothing called “%(do)s” to do with a label.") % {"do": do[:40]}
        )


def _change_tag(request: HttpRequest, shown: Frame, do: str) -> None:
    name = request.POST.get("tag-name", "")
    if do == "add-tag":
        tag = add_tag(user=shown.user, project=shown.project, name=name)
        messages.success(request, gettext("%(name)s is added.") % {"name": tag.name})
        return
    tag = get_tag(user=shown.user, tag_id=sent_id(request, "tag"))
    if tag.project_id != shown.project.pk:
        raise NotFound(gettext("There is no such tag."))
    if do == "save-tag":
        edit_tag(user=shown.user, tag=tag, changes={"name": name})
    elif do == "restore-tag":
        edit_tag(user=shown.user, tag=tag, changes={"archived": False})
    elif do == "remove-tag":
        archived = delete_tag(user=shown.user, tag=tag)
        words = _removal_words(archived=archived is not None)
        messages.success(request, words % {"name": tag.name})
    else:
        raise InvalidInput(
            gettext("There is nothing called “%(do)s” to do with a tag.") % {"do": do[:40]}
        )


def _removal_words(*, archived: bool) -> str:
    if archived:
        return gettext("%(name)s is in use, so it is archived.")
    return gettext("%(name)s is deleted.")


def _tags(shown: Frame) -> list[dict[str, Any]]:
    rows = ImageTag.objects.filter(tag__project=shown.project, image__deleted_at=None)
    counts = dict(rows.order_by().values_list("tag_id").annotate(count=Count("pk")))
    return [{"tag": tag, "uses": counts.get(tag.pk, 0)} for tag in shown.facts.tags]


def _sent(request: HttpRequest, prefix: str) -> dict[str, Any]:
    row = LabelRow(request.POST, prefix=prefix)
    if not row.is_valid():
        reasons = [f"{name}: {said[0]}" for name, said in row.errors.items()]
        raise InvalidInput(" ".join(reasons))
    return row.as_fields()


def _label(request: HttpRequest, shown: Frame) -> Label:
    label = get_label(user=shown.user, label_id=sent_id(request, "label"))
    if label.project_id != shown.project.pk:
        raise NotFound(gettext("There is no such label."))
    return label


def _row(label: Label) -> LabelRow:
    initial = {
        "color": label.color,
        "name": label.name,
        "kind": "thing" if label.is_thing else "stuff",
        "supercategory": label.supercategory,
        "hotkey": label.hotkey,
    }
    row = LabelRow(initial=initial, prefix=f"label{label.pk}")
    for field in row.fields.values():
        field.widget.attrs["form"] = f"label-form-{label.pk}"
    return row


def _is_free(key: str, labels: list[Label]) -> bool:
    return all(label.hotkey != key or label.archived for label in labels)


def _uses(project_id: int) -> dict[int, int]:
    live = Q(state__in=[AnnotationState.CONFIRMED, AnnotationState.SUGGESTED])
    rows = Annotation.objects.filter(live, label__project=project_id, image__deleted_at=None)
    counts = rows.order_by().values_list("label_id").annotate(count=Count("pk"))
    return {label: count for label, count in counts if label is not None}
