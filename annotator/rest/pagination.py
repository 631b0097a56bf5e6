"""Lists by keyset: the next page begins after a row, not after a count of rows.

A view says what it can be ordered and filtered by:

    orderings = {"number": "number", "-priority": "-priority"}   # ?ordering= -> a NOT NULL column
    default_ordering = "number"
    query_parameters = frozenset({"status"})                     # what it reads itself
    max_limit = 5000                                             # where rows are small

Anything else in the query is refused, so that a misspelt filter never lists everything.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.errors import InvalidInput

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_MAX_CURSOR = 2000
_OWN_PARAMETERS = frozenset({"cursor", "limit", "ordering", "with_count", "format"})
_BY_ID = {"id": "pk"}


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place between two rows: beside the row of this value and id, looking on or back."""

    ordering: str
    back: bool
    value: Any
    pk: int

    def text(self) -> str:
        value = self.value if isinstance(self.value, (int, float, str)) else str(self.value)
        body = json.dumps([self.ordering, int(self.back), value, self.pk]).encode()
        return base64.urlsafe_b64encode(body).decode().rstrip("=")


class KeysetPagination(BasePagination):
    """``{"results", "next", "previous"}``, and the total with ``?with_count=1``."""

    def paginate_queryset(
        self,
        queryset: QuerySet[Any] | Sequence[Any],
        request: Request,
        view: APIView | None = None,
    ) -> list[Any]:
        """Give the page that the query asks for.

        Raises:
            InvalidInput: An unknown parameter, ordering, limit or cursor.
            TypeError: Not a queryset; a list held in memory needs no pages.
        """
        if not isinstance(queryset, QuerySet):
            raise TypeError(f"{type(queryset).__name__} has no keys to page by")
        self._request = request
        _check_known(request, view)
        orderings: Mapping[str, str] = getattr(view, "orderings", _BY_ID)
        default = getattr(view, "default_ordering", next(iter(orderings)))
        self._ordering = _one_of(request, "ordering", orderings, default)
        self._column = orderings[self._ordering]
        self._total = queryset.count() if _flag(request, "with_count") else None
        limit = _limit(request, *_limits(view))
        cursor = self._cursor(queryset.model)
        rows = list(self._after(queryset, cursor)[: limit + 1])
        more = len(rows) > limit
        rows = rows[:limit]
        back = cursor is not None and cursor.back
        if back:
            rows.reverse()
        self._next = self._link(rows[-1], back=False) if rows and (more or back) else None
        has_previous = more if back else cursor is not None
        self._previous = self._link(rows[0], back=True) if rows and has_previous else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap the page."""
        body = {"results": data, "next": self._next, "previous": self._previous}
        if self._total is not None:
            body["count"] = self._total
        return Response(body)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Give the page's OpenAPI schema."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": link,
                "previous": link,
                "count": {"type": "integer"},
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Give the page's query parameters."""
        orderings = list(getattr(view, "orderings", _BY_ID))
        _, most = _limits(view)
        return [
            _parameter("cursor", {"type": "string"}, "Opaque; taken from next or previous."),
            _parameter("limit", {"type": "integer", "minimum": 1}, f"Above {most} means {most}."),
            _parameter("ordering", {"type": "string", "enum": orderings}, "A minus turns it."),
            _parameter("with_count", {"type": "string", "enum": ["0", "1"]}, "Adds the total."),
        ]

    def _cursor(self, model: type[Model]) -> _Cursor | None:
        text = self._request.query_params.get("cursor")
        if text is None:
            return None
        return _read_cursor(text, self._ordering, self._column, model)

    def _after(self, queryset: QuerySet[Any], cursor: _Cursor | None) -> QuerySet[Any]:
        name = self._column.lstrip("-")
        back = cursor is not None and cursor.back
        sign, side = ("-", "lt") if self._column.startswith("-") != back else ("", "gt")
        tie_sign, tie_side = ("-", "lt") if back else ("", "gt")
        ordered = queryset.order_by(f"{sign}{name}", f"{tie_sign}pk")
        if cursor is None:
            return ordered
        # The first condition lets an index find the place; the second breaks ties by id, which
        # rises whichever way the column goes.
        return ordered.filter(
            Q(**{f"{name}__{side}e": cursor.value})
            & (Q(**{f"{name}__{side}": cursor.value}) | Q(**{f"pk__{tie_side}": cursor.pk}))
        )

    def _link(self, row: Model, *, back: bool) -> str:
        value = getattr(row, self._column.lstrip("-"))
        query = self._request.query_params.dict()
        query["cursor"] = _Cursor(self._ordering, back, value, row.pk).text()
        return self._request.build_absolute_uri(f"{self._request.path}?{urlencode(query)}")


def _check_known(request: Request, view: APIView | None) -> None:
    known = _OWN_PARAMETERS | getattr(view, "query_parameters", frozenset())
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise InvalidInput(
            f"There is no parameter {unknown[0][:60]!a} here; known: {', '.join(sorted(known))}.",
            code="unknown_parameter",
        )


def _one_of(request: Request, name: str, known: Mapping[str, str], default: str) -> str:
    came = request.query_params.get(name, default)
    if came not in known:
        raise InvalidInput(
            f"{name} is {came[:60]!a}; known are {', '.join(known)}.", code=f"bad_{name}"
        )
    return came


def _flag(request: Request, name: str) -> bool:
    return _one_of(request, name, {"0": "", "1": ""}, "0") == "1"


def _limits(view: APIView | None) -> tuple[int, int]:
    """How many rows a page holds unless told otherwise, and at most."""
    most: int | None = getattr(view, "max_limit", None)
    return (most, most) if most else (DEFAULT_LIMIT, MAX_LIMIT)


def _limit(request: Request, default: int, most: int) -> int:
    came = request.query_params.get("limit", str(default))
    if not (came.isascii() and came.isdigit()) or int(came[:10]) == 0:
        raise InvalidInput(
            f"limit is {came[:60]!a}; expected a number from 1 to {most}.", code="bad_limit"
        )
    return min(int(came[:10]), most)


def _read_cursor(text: str, ordering: str, column: str, model: type[Model]) -> _Cursor:
    refused = InvalidInput(
        "The cursor is not one that this list gave for this ordering.", code="bad_cursor"
    )
    if len(text) > _MAX_CURSOR:
        raise refused
    name = column.lstrip("-")
    fields = model._meta  # noqa: SLF001 - Django's public name for it
    field = fields.pk if name == "pk" else fields.get_field(name)
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        came, back, value, pk = json.loads(base64.b64decode(padded, b"-_", validate=True))
        value = field.clean(value, None)  # type: ignore[union-attr]
    except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError):
        raise refused from None
    plausible = type(pk) is int and 0 < pk < 2**63 and back in {0, 1}
    if came != ordering or not plausible or value is None:
        raise refused
    return _Cursor(ordering, bool(back), value, pk)


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}
