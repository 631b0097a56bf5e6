"""A download over HTTP that goes on where it was cut. Knows nothing of models."""

from __future__ import annotations

import fcntl
import http.client
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from projects.errors import Conflict, InsufficientStorage, InvalidInput, Unavailable

BLOCK_BYTES = 1 << 20
TIMEOUT_S = 30.0
ATTEMPTS = 5  # in a row without a new byte; a slow but living line may take any number
RESERVE_BYTES = 256 << 20  # stays free on the disk, so that the database can still write
RANGE_NOT_SATISFIABLE = 416
PARTIAL_CONTENT = 206
FIRST_SERVER_ERROR = 500

Progress = Callable[[int, int | None], None]


class DownloadFailed(Unavailable):
    """The server cannot be reached, refuses, or keeps cutting the connection."""

    default_code = "download_failed"


def refuse_full_disk(folder: Path, needed_bytes: int) -> None:
    """Refuse to write what would fill the disk.

    Raises:
        InsufficientStorage: if less than the reserve would be left.
    """
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + RESERVE_BYTES:
        raise InsufficientStorage(
            f"{needed_bytes / 1e6:.0f} MB are needed in {folder}, {free / 1e6:.0f} MB are free "
            f"({RESERVE_BYTES / 1e6:.0f} MB are kept in reserve)",
            needed_bytes=needed_bytes,
            free_bytes=free,
        )


def download(
    url: str,
    part: Path,
    progress: Progress | None = None,
    pause: Callable[[float], None] | None = None,
) -> None:
    """Fetch ``url`` into ``part``; bytes already in ``part`` are taken as its beginning.

    Raises:
        DownloadFailed: after ``ATTEMPTS`` attempts that brought nothing new, or at once where the
            server says that there is no such file. ``part`` keeps what came.
        Conflict: if another process is downloading into the same file.
        InsufficientStorage: if the announced size does not fit.
        InvalidInput: if the address is not http or https.
    """
    if not url.startswith(("http://", "https://")):
        raise InvalidInput(f"expected an http or https address, got {url}", code="address")
    with part.open("ab") as target:
        try:
            fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(f"{part.name} is being downloaded by another process") from error
        _download_locked(url, target, part.parent, progress or _ignore, pause or time.sleep)


def _download_locked(
    url: str, target: BinaryIO, folder: Path, progress: Progress, pause: Callable[[float], None]
) -> None:
    furthest, fruitless = target.tell(), 0
    while True:
        try:
            if _attempt(url, target, folder, progress):
                return
            reason = "the connection was cut"
        except urllib.error.HTTPError as error:
            if error.code < FIRST_SERVER_ERROR:
                raise DownloadFailed(f"{url} answered {error.code} {error.reason}") from error
            reason = f"the server answered {error.code}"
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        has_grown = target.tell() > furthest
        furthest, fruitless = max(furthest, target.tell()), 0 if has_grown else fruitless + 1
        if fruitless >= ATTEMPTS:
            raise DownloadFailed(f"Could not download {url}: {reason}")
        pause(min(2.0**fruitless, 30.0))


def _attempt(url: str, target: BinaryIO, folder: Path, progress: Progress) -> bool:
    """Fetch until the end or a cut; return whether the whole file is there."""
    start = target.tell()
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})  # noqa: S310 checked above
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310 checked above
    except urllib.error.HTTPError as error:
        if error.code != RANGE_NOT_SATISFIABLE or not start:
            raise
        return _is_whole_or_reset(target, error.headers.get("Content-Range"))
    with response:
        total = _begin(response, target)
        if total is not None:
            refuse_full_disk(folder, max(total - target.tell(), 0))
        _copy(response, target, total, progress)
    return total is None or target.tell() == total


def _begin(response: http.client.HTTPResponse, target: BinaryIO) -> int | None:
    """Place ``target`` where the answer begins, and return the size of the whole file if known."""
    length = response.headers.get("Content-Length")
    if response.status == PARTIAL_CONTENT:
        stated = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
        if stated and int(stated[1]) == target.tell():
            return int(stated[2])
        _empty(target)
        raise http.client.HTTPException("the server answered another range than was asked for")
    _empty(target)  # the server ignores ranges: from the beginning
    return int(length) if length and length.isdigit() else None


def _copy(
    response: http.client.HTTPResponse, target: BinaryIO, total: int | None, progress: Progress
) -> None:
    progress(target.tell(), total)
    while block := response.read(BLOCK_BYTES):
        target.write(block)
        progress(target.tell(), total)
    target.flush()


def _is_whole_or_reset(target: BinaryIO, content_range: str | None) -> bool:
    """After "range not satisfiable": all bytes are there, or they were another file's."""
    stated = re.fullmatch(r"bytes \*/(\d+)", content_range or "")
    if stated and int(stated[1]) == target.tell():
        return True
    _empty(target)
    return False


def _empty(target: BinaryIO) -> None:
    target.truncate(0)
    target.seek(0)


def _ignore(_done: int, _total: int | None) -> None:
    """Take no notice of the progress."""
