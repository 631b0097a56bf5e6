"""Options of an export, as they come from a request or a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from projects.errors import InvalidInput


class InvalidOption(InvalidInput):
    """An option is unknown, or has a value that it does not know."""

    default_code = "invalid_option"


def refuse_unknown(values: Mapping[str, object], known: Iterable[str]) -> None:
    """Refuse options that the format does not have: a typing error must not pass as a default.

    Raises:
        InvalidOption: Naming the unknown and the known ones.
    """
    names = sorted(known)
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise InvalidOption(f"unknown option {', '.join(unknown)}; there are {', '.join(names)}")


def choice(values: Mapping[str, object], name: str, choices: Iterable[str], default: str) -> str:
    """Read one of several words.

    Raises:
        InvalidOption: Another word came.
    """
    value = values.get(name, default)
    allowed = list(choices)
    if not isinstance(value, str) or value not in allowed:
        raise InvalidOption(f"{name} is {value!r}, expected one of {', '.join(allowed)}")
    return value


def flag(values: Mapping[str, object], name: str, *, default: bool) -> bool:
    """Read a yes or no.

    Raises:
        InvalidOption: Neither true nor false came.
    """
    value = values.get(name, default)
    if not isinstance(value, bool):
        raise InvalidOption(f"{name} is {value!r}, expected true or false")
    return value
