"""Accounts: made by invitation or on the command line, entered by password with a limit."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from projects.errors import Conflict, InvalidInput, sentence
from projects.models import User
from projects.services.limits import forgive, spend
from projects.services.names import clean_name

MAX_PASSWORD = 1000  # characters; hashing more only costs time
_WRONG = sentence("This name and password do not belong together.")


@transaction.atomic
def create_user(*, username: str, password: str, check_strength: bool = True) -> User:
    """Make an account.

    Args:
        username: 1-150 letters, digits and @ . + - _ ; unique whatever the case.
        password: In clear; only its hash is kept.
        check_strength: False where the server's owner sets it on the command line.

    Raises:
        InvalidInput: If the name or the password breaks its rule.
        Conflict: If the name is taken.
    """
    name = clean_name(username, what="The user name", longest=150)
    user = User(username=name)
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), "username") from error
    _check_password(password, user, check_strength=check_strength)
    if User.objects.filter(username__iexact=name).exists():
        raise _taken(name)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise _taken(name) from None
    return user


@transaction.atomic
def set_password(*, user: User, password: str) -> User:
    """Replace the password; every session but one that is renewed on purpose ends.

    Raises:
        InvalidInput: If the password is too weak.
    """
    _check_password(password, user, check_strength=True)
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def change_password(*, user: User, old: str, new: str, address: str) -> User:
    """Replace the password of somebody who knows the old one, or who has none yet.

    Who came by a link and never had a password sets one without an old one: there is none to know.

    Raises:
        InvalidInput: If the old one is wrong or the new one too weak.
        TooManyRequests: If it was guessed too often.
    """
    if user.has_usable_password():
        check_credentials(username=user.get_username(), password=old, address=address)
    return set_password(user=user, password=new)


def check_credentials(*, username: str, password: str, address: str) -> User:
    """The account of that name and password.

    An attempt is counted before the password is looked at, by account and address: guessing from
    one place does not lock the owner out elsewhere.

    Raises:
        InvalidInput: If they do not belong together; the message does not say which is wrong.
        TooManyRequests: If there were too many attempts in this window.
    """
    key = f"login:{username.casefold()}:{address}"
    spend(
        key=key,
        limit=settings.LOGIN_ATTEMPTS,
        window_seconds=settings.LOGIN_WINDOW_SECONDS,
        message="Too many attempts to log in. Wait a quarter of an hour, or ask a lead for a link.",
    )
    if len(password) > MAX_PASSWORD or "\x00" in username:
        raise InvalidInput(_WRONG, "wrong_credentials")
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise InvalidInput(_WRONG, "wrong_credentials")
    forgive(key=key)
    return user


def password_weaknesses(*, password: str, user: User | None = None) -> list[str]:
    """What is wrong with a password, in sentences; nothing if it is good."""
    if len(password) > MAX_PASSWORD:
        return [f"The password has {len(password)} characters; at most {MAX_PASSWORD} are kept."]
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


def _check_password(password: str, user: User, *, check_strength: bool) -> None:
    if not password:
        raise InvalidInput("The password is empty.", "password")
    if check_strength and (weaknesses := password_weaknesses(password=password, user=user)):
        raise InvalidInput(" ".join(weaknesses), "password")


def _taken(name: str) -> Conflict:
    return Conflict(f"The name {name} is taken; choose another.", "username_taken")
