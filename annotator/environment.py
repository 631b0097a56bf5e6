"""Reads settings from the environment and says, by the variable's name, what is wrong with one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

WEAK_SECRETS = frozenset(
    {"", "secret", "changeme", "change-me", "insecure", "password", "postgres"}
)
MIN_SECRET_LENGTH = 50  # characters, as `check --deploy` asks
MIN_TOKEN_LENGTH = 16  # characters of a token that guards a page of figures
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding blanks, or ``default``."""
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """The variable as a truth value.

    Raises:
        ImproperlyConfigured: If it is neither a true nor a false word.
    """
    word = os.environ.get(name)
    if word is None:
        return default
    if word.strip().lower() in TRUE_WORDS:
        return True
    if word.strip().lower() in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {word!r}; expected 1 or 0.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """The variable as a whole number of at least ``least``.

    Raises:
        ImproperlyConfigured: If it is not such a number.
    """
    word = os.environ.get(name, "").strip()
    if not word:
        return default
    if not word.isdigit() or int(word) < least:
        raise ImproperlyConfigured(f"{name} is {word!r}; expected a whole number >= {least}.")
    return int(word)


def choice(name: str, default: str, known: tuple[str, ...]) -> str:
    """The variable as one of some words.

    Raises:
        ImproperlyConfigured: If it is none of them.
    """
    word = text(name) or default
    if word not in known:
        raise ImproperlyConfigured(f"{name} is {word!r}; expected one of {', '.join(known)}.")
    return word


def names(name: str, default: str = "") -> list[str]:
    """The variable as a list of comma-separated words."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def data_folder(base: Path) -> Path:
    """Where database, blobs and models live: MASKWRIGHT_DATA, else ``./data``."""
    return Path(text("MASKWRIGHT_DATA") or base / "data").expanduser().resolve()


def secret_key(folder: Path, *, production: bool) -> str:
    """SECRET_KEY from the environment, else from ``folder/secret_key``, made once with mode 0600.

    Raises:
        ImproperlyConfigured: If production has no key of its own or a weak one.
    """
    given = text("SECRET_KEY")
    if production:
        return _strong(given)
    if given:
        return given
    path = folder / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(64))
    return path.read_text().strip()


def _strong(key: str) -> str:
    if key.lower() in WEAK_SECRETS or len(key) < MIN_SECRET_LENGTH:
        raise ImproperlyConfigured(
            f"SECRET_KEY has {len(key)} characters; production needs a random one of at least "
            f"{MIN_SECRET_LENGTH}. Make one with: python -c 'import secrets; "
            "print(secrets.token_urlsafe(64))'"
        )
    return key


def _write_once(path: Path, key: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process of ours was first; its key is the key
    with os.fdopen(handle, "w") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
