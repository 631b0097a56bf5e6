"""Writes of label schemas. A label in use is archived, never deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from projects.errors import Conflict, InvalidInput, sentence
from projects.models import Label, Project, User
from projects.policy import Action, require
from projects.services.label_attributes import clean_attributes
from projects.services.names import clean_name
from projects.services.numbers import reserve_numbers
from projects.services.palette import next_color
from projects.services.unused import delete_if_unused

MAX_LABELS = 2000  # LVIS, the largest vocabulary in common use, has 1203
HOTKEYS = "1234567890"
_HEX_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDraft:
    """What a new label should be; what is None is chosen (next colour, next free digit)."""

    name: str
    color: str | None = None
    is_thing: bool = True
    supercategory: str | None = ""
    hotkey: str | None = None
    attributes: Sequence[Any] = ()


def add_label(*, user: User, project: Project, draft: LabelDraft) -> Label:
    """Add one label at the end of the schema.

    Raises:
        Forbidden: If the user's role does not allow it.
        Conflict: If the name or the hotkey is taken.
        InvalidInput: If a field breaks its rule.
    """
    require(user=user, project=project, action=Action.MANAGE_LABELS)
    return write_labels(project=project, drafts=[draft])[0]


@transaction.atomic
def write_labels(*, project: Project, drafts: Sequence[LabelDraft]) -> list[Label]:
    """Add labels in the given order; all or none. Asks for no permission: its callers do."""
    if not drafts:
        return []
    # Taking the numbers first holds the project's row: what is read after it stays true.
    number = reserve_numbers(project_id=project.pk, counter="next_label_number", count=len(drafts))
    present = list(Label.objects.filter(project=project))
    if len(present) + len(drafts) > MAX_LABELS:
        raise InvalidInput(
            f"A project holds at most {MAX_LABELS} labels.", "too_many_labels", limit=MAX_LABELS
        )
    order = max((label.order for label in present), default=-1)
    made: list[Label] = []
    for offset, draft in enumerate(drafts):
        label = _drafted(draft, project, [*present, *made])
        label.number = number + offset
        label.order = order + 1 + offset
        made.append(label)
    return Label.objects.bulk_create(made)


@transaction.atomic
def edit_label(*, user: User, label: Label, changes: Mapping[str, Any]) -> Label:
    """Change any of name, color, is_thing, supercategory, hotkey, order, archived, attributes.

    Raises:
        Forbidden: If the user's role does not allow it.
        Conflict: If the name or the hotkey is taken.
        InvalidInput: If a field breaks its rule.
    """
    require(user=user, project=label.project, action=Action.MANAGE_LABELS)
    # The row lock keeps two edits from taking one name or hotkey between look and write.
    Project.objects.select_for_update().get(pk=label.project_id)
    others = list(Label.objects.filter(project=label.project_id).exclude(pk=label.pk))
    for field, value in changes.items():
        setattr(label, field, _CLEANED[field](value))
    if label.archived:
        label.hotkey = ""
    _refuse_clash(label, others)
    label.save(update_fields=[*changes, "hotkey"])
    return label


def delete_label(*, user: User, label: Label) -> Label | None:
    """Delete a label that nothing ever used; archive one that something did.

    Returns:
        The archived label, or None if it is gone.

    Raises:
        Forbidden: If the user's role does not allow it.
    """
    require(user=user, project=label.project, action=Action.MANAGE_LABELS)
    if delete_if_unused(label):
        return None
    return edit_label(user=user, label=label, changes={"archived": True})


@transaction.atomic
def move_label(*, user: User, label: Label, step: int) -> None:
    """Move a label up (-1) or down (+1) among those that are not archived.

    Raises:
        Forbidden: If the user's role does not allow it.
    """
    require(user=user, project=label.project, action=Action.MANAGE_LABELS)
    shown = list(Label.objects.filter(project=label.project_id, archived=False))
    places = [other.pk for other in shown]
    if label.pk not in places:
        raise Conflict(f"{label.name} is archived and has no place.", "label_archived")
    here = places.index(label.pk)
    there = min(max(here + step, 0), len(shown) - 1)
    shown.insert(there, shown.pop(here))
    for order, other in enumerate(shown):
        other.order = order
    Label.objects.bulk_update(shown, ["order"])


def _drafted(draft: LabelDraft, project: Project, present: Sequence[Label]) -> Label:
    hotkey = _free_hotkey(present) if draft.hotkey is None else draft.hotkey
    color = draft.color or next_color({label.color for label in present})
    label = Label(
        project=project,
        name=_clean_label_name(draft.name),
        color=_clean_color(color),
        is_thing=draft.is_thing,
        supercategory=_clean_supercategory(draft.supercategory),
        hotkey=_clean_hotkey(hotkey),
        attributes=clean_attributes(list(draft.attributes)),
    )
    _refuse_clash(label, present)
    return label


def _free_hotkey(present: Iterable[Label]) -> str:
    taken = {label.hotkey for label in present if not label.archived}
    return next((key for key in HOTKEYS if key not in taken), "")


def _refuse_clash(label: Label, others: Sequence[Label]) -> None:
    for other in others:
        # casefold in both databases alike: SQLite's LOWER knows ASCII only
        if other.name.casefold() == label.name.casefold():
            note = sentence(" (archived)") if other.archived else ""
            raise Conflict(
                f"There is a label {other.name}{note} already.", "label_name_taken", label=other.pk
            )
        if label.hotkey and other.hotkey == label.hotkey and not other.archived:
            raise Conflict(
                f"The key {label.hotkey} belongs to {other.name}.",
                "label_hotkey_taken",
                label=other.pk,
            )


def _clean_label_name(value: str) -> str:
    return clean_name(value, what="The label's name")


def _clean_supercategory(value: str | None) -> str:
    return clean_name(value, what="The supercategory") if value and value.strip() else ""


def _clean_color(value: str) -> str:
    color = value.strip().lower()
    if not _HEX_COLOR.fullmatch(color):
        raise InvalidInput(f"The colour is {value[:20]!r}; expected #rrggbb.", "label_color")
    return color


def _clean_hotkey(value: str) -> str:
    if value and (len(value) != 1 or value not in HOTKEYS):
        raise InvalidInput(
            f"The key is {value[:20]!r}; expected one of 1 to 9, 0, or nothing.", "label_hotkey"
        )
    return value


_CLEANED: Mapping[str, Callable[[Any], object]] = {
    "name": _clean_label_name,
    "color": _clean_color,
    "supercategory": _clean_supercategory,
    "hotkey": _clean_hotkey,
    "is_thing": bool,
    "order": int,
    "archived": bool,
    "attributes": clean_attributes,
}
