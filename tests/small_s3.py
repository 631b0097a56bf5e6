"""As much of S3 as Django's storage of it asks for: a server of this process, files in memory."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

BUCKET = "pictures"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files: dict[str, bytes]
    written: dict[str, float]  # when, in seconds since 1970

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}").lstrip("/")

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            body = _unchunked(body)
        self.files[self._key()] = body
        self.written[self._key()] = time.time()
        self._answer(200, ETag=_etag(body))

    def do_DELETE(self) -> None:
        self.files.pop(self._key(), None)
        self._answer(204)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if not self._key():
            self._answer(200, self._listed(), Content_Type="application/xml")
            return
        body = self.files.get(self._key())
        if body is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        written = formatdate(self.written[self._key()], usegmt=True)
        self._answer(200, body, ETag=_etag(body), Last_Modified=written)

    def _listed(self) -> bytes:
        asked = parse_qs(urlsplit(self.path).query)
        prefix = asked.get("prefix", [""])[0]
        rest = {key: key.removeprefix(prefix) for key in self.files if key.startswith(prefix)}
        folders = sorted({name.split("/")[0] for name in rest.values() if "/" in name})
        keys = sorted(key for key, name in rest.items() if "/" not in name)
        return (
            "<ListBucketResult><IsTruncated>false</IsTruncated>"
            + "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys)
            + "".join(
                f"<CommonPrefixes><Prefix>{escape(prefix + folder)}/</Prefix></CommonPrefixes>"
                for folder in folders
            )
            + "</ListBucketResult>"
        ).encode()


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if not length:
            break
        whole, body = whole + body[:length], body[length + 2 :]
    return whole


@contextmanager
def small_s3() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Its address, and its files by key."""
    files: dict[str, bytes] = {}
    handler = type("Handler", (_Handler,), {"files": files, "written": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", files
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def stored_in_s3(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files lie there, through the storage that the product takes for S3."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
    with small_s3() as (address, _):
        options = {"bucket_name": BUCKET, "endpoint_url": address, "region_name": "here"}
        chosen = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": chosen}
        yield
