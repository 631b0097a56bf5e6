"""A client of the API as an ML team would write one: urllib, a token, JSON."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any


class ApiFailure(Exception):
    def __init__(self, status: int, problem: Any) -> None:
        super().__init__(f"{status}: {problem}")
        self.status = status
        self.problem = problem


class Client:
    def __init__(self, address: str, token: str, **headers: str) -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {token}", **headers}
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def raw(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        url = path if path.startswith("http") else self.address + path
        request = urllib.request.Request(
            url,
            data=body,
            method=method,
            headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )
        try:
            with self._opener.open(request, timeout=300) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        body = None if data is None else json.dumps(data).encode()
        status, _, answer = self.raw(method, path, body, Content_Type="application/json", **headers)
        value = json.loads(answer) if answer else None
        if status >= 400:
            raise ApiFailure(status, value)
        return value

    def upload(self, path: str, file: Path, **fields: str) -> Any:
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{file.name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        body = "".join(parts).encode() + head.encode() + file.read_bytes()
        body += f"\r\n--{boundary}--\r\n".encode()
        status, _, answer = self.raw(
            "POST", path, body, Content_Type=f"multipart/form-data; boundary={boundary}"
        )
        if status >= 400:
            raise ApiFailure(status, json.loads(answer))
        return json.loads(answer)

    def finished(self, job_id: int, seconds: float = 120) -> Any:
        """The job once it has ended; fails after ``seconds``."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job = self.call("GET", f"/api/v1/jobs/{job_id}/")
            if job["state"] in {"done", "failed", "cancelled"}:
                return job
            time.sleep(0.2)
        raise AssertionError(f"job {job_id} did not end in {seconds} s: {job}")
