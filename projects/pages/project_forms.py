"""Forms of projects and labels. Services hold the rules; here is what people see."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from projects.models import Role
from projects.pages.words import ROLE_WORDS
from projects.services.labels import HOTKEYS
from projects.services.palette import color_at

ROLES = [(role.value, ROLE_WORDS[role]) for role in Role]
KINDS = [("thing", gettext_lazy("thing")), ("stuff", gettext_lazy("stuff"))]
KEYS = [("", gettext_lazy("no key")), *((key, key) for key in HOTKEYS)]


class ProjectForm(forms.Form):
    """What a project is called and how its masks relate."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Street scenes")}),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "placeholder": gettext_lazy("What the pictures show, and what to look out for"),
            }
        ),
    )
    panoptic = forms.BooleanField(
        required=False,
        label=gettext_lazy("Panoptic: every pixel belongs to one object"),
        help_text=gettext_lazy(
            "Painting takes pixels from the objects below. Leave it off where objects may overlap."
        ),
    )


class LabelRow(forms.Form):
    """One label of the schema; a row without a name is left out."""

    color = forms.CharField(
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color", "aria-label": gettext_lazy("Colour")}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"aria-label": gettext_lazy("Name"), "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        choices=KINDS, widget=forms.Select(attrs={"aria-label": gettext_lazy("Kind")})
    )
    supercategory = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"aria-label": gettext_lazy("Supercategory"), "autocomplete": "off"}
        ),
    )
    hotkey = forms.ChoiceField(
        required=False, choices=KEYS, widget=forms.Select(attrs={"aria-label": gettext_lazy("Key")})
    )

    def as_fields(self) -> dict[str, Any]:
        """The row as services call its parts."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "color": data["color"],
            "is_thing": data["kind"] == "thing",
            "supercategory": data["supercategory"],
            "hotkey": data["hotkey"],
        }


def row_defaults(index: int) -> dict[str, str]:
    """What a row begins with: the palette's next colour and the next digit."""
    hotkey = HOTKEYS[index] if index < len(HOTKEYS) else ""
    return {"color": color_at(index), "kind": "thing", "hotkey": hotkey}


class LabelRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows with the palette's colours and the digits in order to start from."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Give each empty row its own colour and key."""
        kwargs = super().get_form_kwargs(index)
        if index is not None:
            kwargs["initial"] = row_defaults(index)
            kwargs["empty_permitted"] = True
        return kwargs


FIRST_ROWS = 6
MAX_ROWS = 96  # longer schemas are sent through the API
LabelFormSet = forms.formset_factory(
    LabelRow, formset=LabelRows, extra=FIRST_ROWS, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


class NewMemberForm(forms.Form):
    """Somebody who has an account, and the role to give them."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)


class RoleForm(forms.Form):
    """A role to give."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)
