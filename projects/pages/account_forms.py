"""Forms of accounts, as people fill them in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext, gettext_lazy

from projects.models import Token


class LoginForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=1000,
        help_text=gettext_lazy(
            "At least 8 characters; a sentence is easier to keep in mind than a riddle."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same again"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Refuse a second entry that differs."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(gettext("The two entries differ."))
        return again


class NewAccountForm(NewPasswordForm):
    """A name and a password, twice."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy("Letters, digits and @ . + - _"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    field_order = ("username", "password", "again")


class ChangePasswordForm(NewPasswordForm):
    """The old password, if there is one, then a new one, twice."""

    old = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "password", "again")

    def __init__(self, *args: object, has_one: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["password"].widget.attrs.pop("autofocus")
        if not has_one:
            del self.fields["old"]


class TokenForm(forms.Form):
    """What a new token should be."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("training script")}),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Scope"),
        choices=[
            (Token.Scope.READ, gettext_lazy("read")),
            (Token.Scope.WRITE, gettext_lazy("read and write")),
        ],
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ends"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            (30, gettext_lazy("in 30 days")),
            (90, gettext_lazy("in 90 days")),
            (365, gettext_lazy("in a year")),
            ("", gettext_lazy("never")),
        ],
        initial=90,
    )
