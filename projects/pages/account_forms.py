"""Forms of accounts, as people fill them in."""

from __future__ import annotations

from django import forms

from projects.models import Token


class LoginForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=1000,
        help_text="At least 8 characters; a sentence is easier to keep in mind than a riddle.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    again = forms.CharField(
        label="The same again",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Refuse a second entry that differs."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError("The two entries differ.")
        return again


class NewAccountForm(NewPasswordForm):
    """A name and a password, twice."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        help_text="Letters, digits and @ . + - _",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    field_order = ("username", "password", "again")


class ChangePasswordForm(NewPasswordForm):
    """The old password, if there is one, then a new one, twice."""

    old = forms.CharField(
        label="Present password",
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
        max_length=100, widget=forms.TextInput(attrs={"placeholder": "training script"})
    )
    scope = forms.ChoiceField(
        choices=[(Token.Scope.READ, "read"), (Token.Scope.WRITE, "read and write")]
    )
    days = forms.TypedChoiceField(
        label="Ends",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[(30, "in 30 days"), (90, "in 90 days"), (365, "in a year"), ("", "never")],
        initial=90,
    )
