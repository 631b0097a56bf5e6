"""A user's profile settings: one JSON object whose every key has a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from projects.errors import InvalidInput, sentence
from projects.models import User

MAX_KEYS = 200  # remapped keys
MAX_HINTS = 100
LEAST, MOST = 0.2, 4  # of a factor that the picture is shown with
MAX_WORD = 64  # characters of an action, key or hint


def _choice(*words: str) -> tuple[Callable[[Any], bool], str]:
    listed = ", ".join(words)
    return (lambda value: isinstance(value, str) and value in words), sentence(f"one of {listed}")


def _word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_WORD and value.isprintable()


def _key_map(value: object) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= MAX_KEYS
        and all(_word(action) and _word(key) for action, key in value.items())
    )


def _words(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MAX_HINTS and all(map(_word, value))


def _share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _factor(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and LEAST <= value <= MOST


PICTURE: Mapping[str, Callable[[Any], bool]] = {
    "brightness": _factor,
    "contrast": _factor,
    "gamma": _factor,
    "channel": lambda value: value in ("all", "red", "green", "blue"),
    "invert": _flag,
}


def _picture(value: object) -> bool:
    return isinstance(value, dict) and all(
        key in PICTURE and PICTURE[key](part) for key, part in value.items()
    )


TRUE_OR_FALSE = (_flag, sentence("true or false"))
RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "theme": _choice("auto", "light", "dark"),
    "wheel": _choice("auto", "zoom", "pan"),
    "keymap": _choice("default", "cvat", "label_studio", "labelimg"),
    "keys": (_key_map, sentence(f"an object of at most {MAX_KEYS} pairs action: key")),
    "hints_seen": (_words, sentence(f"a list of at most {MAX_HINTS} words")),
    "mask_opacity": (_share, sentence("a number from 0 to 1")),
    "outline_only": TRUE_OR_FALSE,
    "pixel_grid": TRUE_OR_FALSE,
    "minimap": TRUE_OR_FALSE,
    "rulers": TRUE_OR_FALSE,
    "heat_signal": _choice("score", "stability", "disagreement", "boundary_entropy"),
    "patterns": TRUE_OR_FALSE,
    "picture": (
        _picture,
        sentence(f"an object of brightness, contrast, gamma ({LEAST} to {MOST}), channel, invert"),
    ),
}


@transaction.atomic
def edit_preferences(*, user: User, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Set some of the user's preferences; null takes one back to its default.

    Raises:
        InvalidInput: If a key is unknown or a value breaks its rule.
    """
    for key, value in changes.items():
        _check(key, value)
    # The row lock keeps two tabs from undoing each other's change.
    stored = User.objects.select_for_update().get(pk=user.pk).preferences
    merged = {
        key: value
        for key, value in {**stored, **changes}.items()
        if key in RULES and value is not None
    }
    User.objects.filter(pk=user.pk).update(preferences=merged)
    user.preferences = merged
    return merged


def _check(key: str, value: object) -> None:
    if key not in RULES:
        raise InvalidInput(
            f"There is no preference {key[:40]!r}; expected one of {', '.join(RULES)}.",
            "preference_unknown",
        )
    fits, expected = RULES[key]
    if value is not None and not fits(value):
        raise InvalidInput(f"The preference {key} must be {expected}.", "preference_value")
