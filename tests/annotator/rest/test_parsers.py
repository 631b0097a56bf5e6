"""What the JSON parser reads, and what it refuses with which code."""

from __future__ import annotations

import gzip
import io
from typing import Any

import pytest
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.test import APIRequestFactory

from annotator.rest.parsers import MAX_DEPTH, StrictJSONParser, parse_json
from projects.errors import InvalidInput, TooLarge


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b"[]", []),
        (b"null", None),
        (b'{"a": [1, -2.5, true, "x"]}', {"a": [1, -2.5, True, "x"]}),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
        ('"Straße 🚏"'.encode(), "Straße 🚏"),
        (rb'"\ud83d\ude8f"', "🚏"),
        (rb'"\\u0000"', r"\u0000"),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
    ],
)
def test_plain_json_is_read(body: bytes, value: Any) -> None:
    read = parse_json(body)

    if value is not None or body == b"null":
        assert read == value


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b"{'a': 1}", "malformed_json"),
        (b"[1,]", "malformed_json"),
        (b"{} {}", "malformed_json"),
        (b'"\x00"', "malformed_json"),
        (b'"\xff"', "malformed_json"),
        (b'"\xed\xa0\x80"', "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        (b"9" * 5000, "malformed_json"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "json_depth"),
        (b"[" * 100_000, "json_depth"),
        (b'{"a":' * 100_000, "json_depth"),
        (b"[" * 100_000 + b"]" * 100_000, "json_depth"),
        (b"NaN", "json_number"),
        (b'{"a": [Infinity]}', "json_number"),
        (b"-Infinity", "json_number"),
        (b"1e400", "json_number"),
        (b'{"a": {"b": -1e999}}', "json_number"),
        (b"9223372036854775808", "json_number"),
        (b"[-9223372036854775809]", "json_number"),
        (b"9" * 4000, "json_number"),
        (rb'"\u0000"', "json_text"),
        (rb'{"a": ["x\u0000y"]}', "json_text"),
        (rb'{"\u0000": 1}', "json_text"),
        (rb'"\ud800"', "json_text"),
        (rb'"\udfff\ud800"', "json_text"),
        (rb'{"\udc00": 1}', "json_text"),
        (b'{"a": 1, "a": 1}', "json_repeated_key"),
        (rb'{"x": {"a": 1, "\u0061": 2}}', "json_repeated_key"),
    ],
)
def test_what_stores_read_differently_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_json(body)

    assert caught.value.code == code


def parse(body: bytes, media_type: str = "application/json", **headers: str) -> Any:
    request = APIRequestFactory().generic("POST", "/", body, media_type, **headers)
    return StrictJSONParser().parse(io.BytesIO(body), media_type, {"request": request})


def test_a_body_of_the_limit_is_read_and_one_byte_more_is_not(settings: Any) -> None:
    settings.MAX_JSON_BYTES = 100
    body = b'"' + b"x" * 98 + b'"'

    assert parse(body) == "x" * 98
    with pytest.raises(TooLarge) as caught:
        parse(body + b" ")
    assert caught.value.facts["limit"] == 100


def test_compressed_bodies_are_not_unpacked() -> None:
    with pytest.raises(UnsupportedMediaType):
        parse(gzip.compress(b"0" * 10_000), HTTP_CONTENT_ENCODING="gzip")


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", '"utf-7"'])
def test_json_in_another_charset_is_refused(charset: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        parse(b"{}", f"application/json; charset={charset}")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf8"'])
def test_utf_8_may_be_named(charset: str) -> None:
    assert parse(b"{}", f"application/json; charset={charset}") == {}
