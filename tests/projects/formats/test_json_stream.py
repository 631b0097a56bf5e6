"""JSON read element by element gives what the json module gives, or a refusal."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.formats.json_stream import END_OF_ARRAY, BadJson, top_level

scalars = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
values = st.recursive(
    scalars, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=12
)


class Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time, across characters and numbers."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data = io.BytesIO(data)
        self._step = step

    def read(self, _count: int = -1) -> bytes:
        return self._data.read(self._step)


def put_together(data: bytes, step: int = 1 << 20) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, place, value in top_level(Trickle(data, step)):
        if place is None:
            document[key] = value
        elif place == END_OF_ARRAY:
            assert len(document.setdefault(key, [])) == value
        else:
            document.setdefault(key, []).append(value)
    return document


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text(), values), st.integers(1, 9), st.booleans())
def test_any_object_comes_back(document: dict[str, Any], step: int, ascii_only: bool) -> None:
    data = json.dumps(document, ensure_ascii=ascii_only, indent=1).encode("utf-8", "surrogatepass")

    try:
        read = put_together(data, step)
    except BadJson:
        assert not ascii_only
        with pytest.raises(UnicodeDecodeError):
            data.decode()
        return

    assert read == json.loads(data)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert put_together(b'\xef\xbb\xbf{"a": 1}', 2) == {"a": 1}


def test_numbers_are_not_cut_where_the_window_ends() -> None:
    assert put_together(b'{"a":[123456,7],"b":1234567}', 1) == {"a": [123456, 7], "b": 1234567}


BAD = {
    "nothing": b"",
    "space": b"  \n",
    "no object": b"[1, 2]",
    "text": b"hello",
    "cut off in an array": b'{"a": [1, 2',
    "cut off in an element": b'{"a": [{"b": 1}, {"c"',
    "cut off after a key": b'{"a"',
    "cut off in a character": '{"a": "\u00e9'.encode()[:-1],
    "no colon": b'{"a" 1}',
    "no comma": b'{"a": [1 2]}',
    "comma at the end": b'{"a": [1,]}',
    "key is no text": b"{1: 2}",
    "more after the end": b'{"a": 1} {"b": 2}',
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "nested deeply": b'{"a": ' + b"[" * 100_000,
    "nested deeply in an element": b'{"a": [' + b"[" * 100_000,
    "objects nested deeply": b'{"a": ' + b'{"a":' * 100_000,
    "a number of 5000 digits": b'{"a": [' + b"9" * 5000 + b"]}",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_bad_json_is_refused(data: bytes) -> None:
    with pytest.raises(BadJson) as refusal:
        list(top_level(io.BytesIO(data)))

    assert refusal.value.message
