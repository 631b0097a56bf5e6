"""Downloads against a local server that cuts, ignores ranges, or serves other bytes."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from inference.segmenters import checkpoints
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.download import DownloadFailed
from projects.errors import InsufficientStorage, InvalidInput

CONTENT = bytes(range(256)) * 4000
NAME = "sam_vit_b"


class Server(ThreadingHTTPServer):
    """Serves CONTENT; how it misbehaves is set per test."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.content = CONTENT
        self.cut_after: int | None = None
        self.knows_ranges = True
        self.status: int | None = None
        self.claimed_length: int | None = None
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/models"


class Answer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        if self.server.status:
            self.send_error(self.server.status)
            return
        start = int(asked[6:-1]) if asked and self.server.knows_ranges else 0
        content = self.server.content
        if start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(self.server.claimed_length or len(content) - start))
        self.end_headers()
        body = content[start:]
        self.wfile.write(body if self.server.cut_after is None else body[: self.server.cut_after])

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def promised(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes of CONTENT stand for those of the published file."""
    checkpoint = dataclasses.replace(
        checkpoints.PUBLISHED[NAME], sha256=hashlib.sha256(CONTENT).hexdigest()
    )
    monkeypatch.setitem(checkpoints.PUBLISHED, NAME, checkpoint)


def fetch(server: Server, folder, waits: list[float] | None = None):
    noted = [] if waits is None else waits
    return checkpoints.fetch(NAME, folder, server.url, pause=noted.append)


def test_a_download_arrives_whole_and_leaves_nothing_else(server, tmp_path):
    seen = []

    path = checkpoints.fetch(NAME, tmp_path, server.url, lambda *now: seen.append(now))

    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert not list(tmp_path.glob("*.part"))


def test_a_connection_that_is_cut_goes_on_where_it_was(server, tmp_path):
    server.cut_after = 300_000

    path = fetch(server, tmp_path)

    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", "bytes=600000-", "bytes=900000-"]


def test_a_second_call_goes_on_where_the_first_was_cut(server, tmp_path):
    part = tmp_path / f"{checkpoints.PUBLISHED[NAME].file_name}.part"
    part.write_bytes(CONTENT[:123_456])

    path = fetch(server, tmp_path)

    assert path.read_bytes() == CONTENT
    assert server.ranges == ["bytes=123456-"]


def test_a_part_that_is_whole_already_is_installed(server, tmp_path):
    part = tmp_path / f"{checkpoints.PUBLISHED[NAME].file_name}.part"
    part.write_bytes(CONTENT)

    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_server_that_ignores_ranges_is_read_from_the_beginning(server, tmp_path):
    server.knows_ranges = False
    part = tmp_path / f"{checkpoints.PUBLISHED[NAME].file_name}.part"
    part.write_bytes(b"x" * 1000)

    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_server_that_always_cuts_at_the_same_place_is_given_up(server, tmp_path):
    server.cut_after, server.knows_ranges = 1000, False
    waits: list[float] = []

    with pytest.raises(DownloadFailed, match="cut"):
        fetch(server, tmp_path, waits)

    assert 3 <= len(waits) <= 10
    assert not (tmp_path / checkpoints.PUBLISHED[NAME].file_name).exists()


@pytest.mark.parametrize("part", [b"", CONTENT[:5000]], ids=["at once", "resumed"])
def test_other_bytes_are_refused_and_removed(server, tmp_path, part):
    server.content = bytes(reversed(CONTENT))
    if part:
        (tmp_path / f"{checkpoints.PUBLISHED[NAME].file_name}.part").write_bytes(part)

    with pytest.raises(CheckpointRefused, match="sha256"):
        fetch(server, tmp_path)

    assert list(tmp_path.glob("sam_*")) == []


def test_a_missing_file_is_not_asked_for_again(server, tmp_path):
    server.status = 404

    with pytest.raises(DownloadFailed, match="404"):
        fetch(server, tmp_path)

    assert len(server.ranges) == 1


def test_a_file_that_does_not_fit_on_the_disk_is_refused_first(server, tmp_path):
    server.claimed_length = 10**16

    with pytest.raises(InsufficientStorage):
        fetch(server, tmp_path)


@pytest.mark.parametrize("url", ["file:///etc", "ftp://127.0.0.1/x", "models"])
def test_only_http_is_fetched(tmp_path, url):
    with pytest.raises(InvalidInput):
        checkpoints.fetch(NAME, tmp_path, url)


def test_the_command_installs_and_says_where(server):
    out = io.StringIO()

    call_command("fetch_model", NAME, "--url", server.url, stdout=out)

    path = settings.MODELS_DIR / checkpoints.PUBLISHED[NAME].file_name
    assert path.read_bytes() == CONTENT
    assert str(path) in out.getvalue()
    assert " of 1 MB" in out.getvalue()


def test_the_command_installs_from_a_file(tmp_path):
    source = tmp_path / "weights"
    source.write_bytes(CONTENT)

    call_command("fetch_model", NAME, "--from", str(source), stdout=io.StringIO())

    assert (settings.MODELS_DIR / checkpoints.PUBLISHED[NAME].file_name).read_bytes() == CONTENT


def test_without_a_network_the_command_says_what_to_do(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with Server() as closed:
        url = closed.url

    with pytest.raises(CommandError, match="--from FILE"):
        call_command("fetch_model", NAME, "--url", url, stdout=io.StringIO())


@pytest.mark.parametrize("name", ["classic", "sam_unknown", "../x"])
def test_the_command_knows_only_checkpoints(name):
    with pytest.raises(CommandError, match="sam_vit_b"):
        call_command("fetch_model", name, stdout=io.StringIO())


def test_the_command_imports_no_torch():
    script = (
        "import sys, inference.management.commands.fetch_model as command;"
        "print([name for name in ('torch', 'cv2', 'onnxruntime') if name in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert finished.stdout.strip() == "[]"
