"""Filters of image lists, as a query names them."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from projects.errors import InvalidInput
from projects.models import ImageStatus, Split, User
from projects.selectors.images import ImageFilters

NAMES = frozenset({"status", "split", "label", "tag", "assignee", "search", "deleted"})
PARAMETERS = [
    OpenApiParameter("status", description=f"Any of {', '.join(ImageStatus.values)}, by commas."),
    OpenApiParameter("split", enum=["train", "val", "test", "none"]),
    OpenApiParameter("label", int, description="Images with an object of this label."),
    OpenApiParameter("tag", int, description="Images that carry this tag."),
    OpenApiParameter("assignee", description="A user name, me or none."),
    OpenApiParameter("search", description="A part of the name."),
    OpenApiParameter("deleted", enum=["0", "1"], description="1: the deleted ones, for leads."),
]
_LONGEST = 255
_MAX_DIGITS = 18


def read_filters(request: Request, user: User) -> ImageFilters:
    """Give the filters of the query.

    Raises:
        InvalidInput: A value is not one that the filter knows; the code is ``bad_<filter>``.
    """
    return ImageFilters(
        statuses=_statuses(request),
        split=_split(request),
        label_id=_id(request, "label"),
        tag_id=_id(request, "tag"),
        assignee=_assignee(request, user),
        search=_text(request, "search") or "",
        deleted=_one_of(request, "deleted", ["0", "1"]) == "1",
    )


def _statuses(request: Request) -> tuple[str, ...]:
    names = [name for name in (_text(request, "status") or "").split(",") if name]
    for name in names:
        if name not in ImageStatus.values:
            raise _bad("status", name, ", ".join(ImageStatus.values))
    return tuple(names)


def _split(request: Request) -> str | None:
    came = _one_of(request, "split", [*filter(None, Split.values), "none", ""])
    return "" if came == "none" else came or None


def _id(request: Request, name: str) -> int | None:
    came = _text(request, name)
    if not came:
        return None
    if not (came.isascii() and came.isdigit()) or len(came) > _MAX_DIGITS:
        raise _bad(name, came, f"ids of {name}s")
    return int(came)


def _assignee(request: Request, user: User) -> str | None:
    came = _text(request, "assignee")
    return {"": None, "me": user.username, "none": ""}.get(came or "", came)


def _one_of(request: Request, name: str, known: list[str]) -> str | None:
    came = _text(request, name)
    if came is not None and came not in known:
        raise _bad(name, came, ", ".join(filter(None, known)))
    return came


def _text(request: Request, name: str) -> str | None:
    came = request.query_params.get(name)
    if came is not None and ("\x00" in came or len(came) > _LONGEST):
        raise _bad(name, came, f"texts of at most {_LONGEST} characters")
    return came


def _bad(name: str, came: str, known: str) -> InvalidInput:
    return InvalidInput(f"{name} is {came[:60]!a}; known are {known}.", code=f"bad_{name}")
