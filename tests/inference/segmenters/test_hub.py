"""A model of a hub becomes a folder of this machine, without pickles and code."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inference.segmenters import hub, registry
from projects.errors import Conflict, InvalidInput

pytest.importorskip("huggingface_hub", reason="pip install transformers")

COMMIT = "a" * 40
FILES = {
    "config.json": json.dumps({"model_type": "segformer", "id2label": {"0": "bear"}}).encode(),
    "preprocessor_config.json": b"{}",
    "model.safetensors": b"weights",
    "pytorch_model.bin": b"a pickle",
    "modeling.py": b"import os",
}


class Hub(BaseHTTPRequestHandler):
    files = FILES
    asked: list[str] = []

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/api/models/zoo/bears"):
            siblings = [{"rfilename": name, "size": len(data)} for name, data in self.files.items()]
            facts = {"id": "zoo/bears", "sha": COMMIT, "siblings": siblings}
            tree = [
                {"type": "file", "path": name, "size": len(data), "oid": "b" * 40}
                for name, data in self.files.items()
            ]
            self._send(json.dumps(tree if "/tree/" in path else facts).encode(), {})
            return
        name = path.rsplit("/", 1)[-1]
        if not path.startswith("/zoo/bears/resolve/") or name not in self.files:
            self._send(b"{}", {"X-Error-Code": "RepoNotFound"}, 404)
            return
        if self.command == "GET":
            self.asked.append(name)
        etag = hashlib.sha256(self.files[name]).hexdigest()
        self._send(self.files[name], {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT})

    def _send(self, data: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for word, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(word, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Hub, "asked", [])
    running = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


def fetch(address: str, folder: Path, hub_id: str = "zoo/bears") -> subprocess.CompletedProcess:
    """In a process of its own: the library reads its settings when it is imported."""
    script = (
        "import sys; from pathlib import Path; from inference.segmenters import hub; "
        f"print(hub.fetch('bears', {hub_id!r}, Path({str(folder)!r})))"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "HF_ENDPOINT": address, "HF_HUB_DISABLE_XET": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_only_safetensors_and_texts_come(server: str, tmp_path: Path) -> None:
    done = fetch(server, tmp_path)

    assert done.returncode == 0, done.stderr
    names = {path.name for path in (tmp_path / "bears").iterdir()}
    assert names == {"config.json", "preprocessor_config.json", "model.safetensors"}
    assert set(Hub.asked) == names
    [info] = [one for one in registry.describe(tmp_path) if one.name == "bears"]
    assert (info.installed, [one.name for one in info.classes]) == (True, ["bear"])


def test_pickles_alone_and_strangers_are_refused(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pickled = {name: data for name, data in FILES.items() if name != "model.safetensors"}
    monkeypatch.setattr(Hub, "files", pickled)
    assert "holds no .safetensors" in fetch(server, tmp_path).stderr
    assert not (tmp_path / "bears").exists()

    assert "Could not fetch zoo/wolves" in fetch(server, tmp_path, "zoo/wolves").stderr


@pytest.mark.parametrize(
    ("name", "hub_id"),
    [("Bears", "zoo/bears"), ("../bears", "zoo/bears"), ("bears", "bears"), ("bears", "a/../b")],
)
def test_odd_names_are_refused(tmp_path: Path, name: str, hub_id: str) -> None:
    with pytest.raises(InvalidInput):
        hub.fetch(name, hub_id, tmp_path)
    (tmp_path / "mine").mkdir()
    with pytest.raises(Conflict):
        hub.fetch("mine", "zoo/bears", tmp_path)


def test_the_command_fetches_and_says_what_went_wrong(settings) -> None:
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="owner/model"):
        call_command("fetch_model", "bears", "--hub", "bears")
