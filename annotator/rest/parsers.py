"""The one way in for JSON: so plain that every database gives the same answer to it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from projects.errors import InvalidInput, TooLarge

MAX_DEPTH = 64
_INT64 = 2**63
_FIRST_SURROGATE, _LAST_SURROGATE = "\ud800", "\udfff"


class StrictJSONParser(BaseParser):
    """Reads ``application/json`` in UTF-8, and refuses what stores or clients read differently.

    Refused: more than MAX_JSON_BYTES, nesting beyond MAX_DEPTH, NaN and infinities, integers beyond
    64 bits, a key twice in one object, NUL and lone surrogates in any text.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Read the body.

        Raises:
            InvalidInput: It is not JSON, or holds something refused; the code says what.
            TooLarge: It has more than MAX_JSON_BYTES bytes.
            UnsupportedMediaType: It is compressed, or not in UTF-8.
        """
        request = (parser_context or {}).get("request")
        if request is not None:
            _check_coding(request.META, media_type or "")
        limit = settings.MAX_JSON_BYTES
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"The body has more than {limit} bytes.", limit=limit)
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """Read JSON under the rules of StrictJSONParser, but of any size.

    Raises:
        InvalidInput: With the codes ``malformed_json``, ``json_depth``, ``json_number``,
            ``json_repeated_key`` or ``json_text``.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unrepeated
        )
    except RecursionError:
        raise _too_deep() from None
    except UnicodeDecodeError:
        raise InvalidInput("The body is not UTF-8.", code="malformed_json") from None
    except ValueError as error:
        raise InvalidInput(f"The body is not JSON: {error}.", code="malformed_json") from None
    _check(value, depth=1)
    return value


def _check_coding(headers: Mapping[str, str], media_type: str) -> None:
    coding = headers.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise UnsupportedMediaType(
            media_type, detail=f"Bodies in coding {coding[:20]!r} are not read."
        )
    for parameter in media_type.lower().split(";")[1:]:
        name, _, charset = parameter.partition("=")
        if name.strip() == "charset" and charset.strip(' "') not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(media_type, detail="JSON is read in UTF-8 only.")


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInput(f"The body holds {name}, which is not JSON.", code="json_number")


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidInput(f"The key {twice[:40]!a} is there twice.", code="json_repeated_key")
    return found


def _check(value: Any, depth: int) -> None:
    """Look at every value; numbers first, since lists of run lengths hold a million."""
    if isinstance(value, (int, float)):
        if not (-_INT64 <= value < _INT64 if isinstance(value, int) else math.isfinite(value)):
            raise InvalidInput("A number is beyond 64 bits.", code="json_number")
    elif isinstance(value, str):
        _check_text(value)
    elif isinstance(value, (dict, list)):
        if depth > MAX_DEPTH:
            raise _too_deep()
        for key in value if isinstance(value, dict) else ():
            _check_text(key)
        for inner in value.values() if isinstance(value, dict) else value:
            _check(inner, depth + 1)


def _check_text(text: str) -> None:
    if text.isascii() and "\x00" not in text:
        return
    if "\x00" in text or any(_FIRST_SURROGATE <= sign <= _LAST_SURROGATE for sign in text):
        raise InvalidInput("A text holds NUL or half of a surrogate pair.", code="json_text")


def _too_deep() -> InvalidInput:
    return InvalidInput(f"The body is nested deeper than {MAX_DEPTH}.", code="json_depth")
