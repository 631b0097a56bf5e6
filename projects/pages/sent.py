"""Numbers that forms send: whatever is not one refers to nothing."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext

from projects.errors import NotFound

MAX_DIGITS = 18  # as many as surely fit into 64 bits


def whole_number(text: str) -> int | None:
    """The number that the text is, if it is one that an id could be."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number else None


def sent_id(request: HttpRequest, name: str) -> int:
    """The id in the field of that name.

    Raises:
        NotFound: If there is none.
    """
    number = whole_number(request.POST.get(name, ""))
    if number is None:
        raise NotFound(gettext("There is no such %(name)s.") % {"name": name})
    return number


def sent_ids(request: HttpRequest, name: str) -> list[int]:
    """All ids in the fields of that name."""
    numbers = map(whole_number, request.POST.getlist(name))
    return [number for number in numbers if number is not None]
