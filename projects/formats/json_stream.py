"""JSON objects of long arrays, read element by element, so that a gigabyte needs a few megabytes.

Only the outermost object is taken apart; what is below it is parsed whole by the json module.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO

from projects.errors import InvalidInput

END_OF_ARRAY = -1
_CHUNK = 1 << 20
MAX_ELEMENT_CHARS = 16 << 20  # one element of an array; a mask's counts take a few kilobytes
_NOT_SPACE = re.compile(r"[^ \t\n\r]")
_NUMBER_REST = re.compile(r"[-+.0-9eE]*")
_DECODER = json.JSONDecoder()


class BadJson(InvalidInput):
    """The text is not JSON, or not of the outer form that is read here."""

    default_code = "not_json"


def top_level(stream: IO[bytes]) -> Iterator[tuple[str, int | None, object]]:
    """Walk through the outermost object.

    Args:
        stream: UTF-8, with or without byte order mark.

    Yields:
        Key, place and value of each element of an array, or key, None and value of anything else.
        An array also gives key, -1 and its length at its end, so that an empty one is seen.

    Raises:
        BadJson: Not an object, malformed, cut off, too deeply nested, or an element is too long.
    """
    text = _Text(stream)
    text.expect("{")
    if text.peek() == "}":
        text.skip()
    else:
        yield from _members(text)
    if text.peek():
        raise BadJson("there is more text after the end of the object")


def _members(text: _Text) -> Iterator[tuple[str, int | None, object]]:
    while True:
        key = text.value()
        if not isinstance(key, str):
            raise BadJson(f"an object's key is {str(key)[:40]}, expected text")
        text.expect(":")
        if text.peek() == "[":
            yield from _elements(text, key)
        else:
            yield key, None, text.value()
        if text.next_or_end("}"):
            return


def _elements(text: _Text, key: str) -> Iterator[tuple[str, int | None, object]]:
    text.skip()
    place = 0
    if text.peek() == "]":
        text.skip()
    else:
        while True:
            yield key, place, text.value()
            place += 1
            if text.next_or_end("]"):
                break
    yield key, END_OF_ARRAY, place


class _Text:
    """A window on the text: read on demand, dropped once parsed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._window = ""
        self._at = 0
        self._is_finished = False

    def peek(self) -> str:
        """Give the next character that is not space, or nothing at the end."""
        while True:
            found = _NOT_SPACE.search(self._window, self._at)
            if found:
                self._at = found.start()
                return found.group()
            self._at = len(self._window)
            if not self._read_more(_CHUNK):
                return ""

    def skip(self) -> None:
        """Pass the character that ``peek`` gave."""
        self._at += 1

    def expect(self, character: str) -> None:
        """Pass this character.

        Raises:
            BadJson: Another one came.
        """
        came = self.peek()
        if came != character:
            raise BadJson(f"expected {character!r}, came {came or 'the end of the file'!r}")
        self.skip()

    def next_or_end(self, closing: str) -> bool:
        """Pass a comma, or the closing bracket; say whether it was that one."""
        if self.peek() == closing:
            self.skip()
            return True
        self.expect(",")
        return False

    def value(self) -> object:
        """Parse a whole value.

        Raises:
            BadJson: Malformed, cut off, too deeply nested or too long.
        """
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._window, self._at)
            except RecursionError:
                raise BadJson("the JSON is nested too deeply") from None
            except json.JSONDecodeError as error:
                self._go_on(error)
                continue
            except ValueError as error:
                raise BadJson(f"a number is too long: {error}") from error
            # A number may go on behind the window: what is read of "1.5" may be "1" or "1.".
            if _NUMBER_REST.fullmatch(self._window, end) and self._read_more(_CHUNK):
                continue
            self._at = end
            return value

    def _go_on(self, error: json.JSONDecodeError) -> None:
        length = len(self._window) - self._at
        if length > MAX_ELEMENT_CHARS:
            raise BadJson(f"an element is longer than {MAX_ELEMENT_CHARS} characters") from error
        if not self._read_more(max(_CHUNK, length)):
            raise BadJson(f"malformed or cut off: {error}") from error

    def _read_more(self, count: int) -> bool:
        if self._is_finished:
            return False
        raw = self._stream.read(count)
        self._is_finished = not raw
        try:
            text = self._decoder.decode(raw, final=self._is_finished)
        except UnicodeDecodeError as error:
            raise BadJson(f"not UTF-8: {error.reason}") from error
        self._window = self._window[self._at :] + text
        self._at = 0
        return not self._is_finished
