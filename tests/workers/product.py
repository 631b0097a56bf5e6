"""The whole product on a data folder of its own: `manage.py start`, a project and a client."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from PIL import Image as Picture

from tests.client import ApiFailure, Client
from tests.pictures import scene
from tests.processes import Running, free_port
from tests.workers.ledger import HEIGHT, WIDTH, Saver
from tests.workers.world import wait_for

LOST_SECONDS = "5"  # less than the product's 30; more than a write waits while all are saving
ENDED = {"done", "failed", "cancelled"}


class Product:
    """Web process, worker and upkeep, with a lead's token.

    Args:
        folder: The data folder; it need not exist.
        **extra: Added to the environment.
    """

    def __init__(self, folder: Path, **extra: str) -> None:
        extra = {"JOB_LOST_SECONDS": LOST_SECONDS, "OMP_NUM_THREADS": "1", **extra}
        words = ["start", "--no-demo", "--data", str(folder), "--port", str(free_port())]
        self.folder = folder
        self._running = Running(words, **extra)
        self.client = _logged_in(self._running.login_link())
        self.project = self.client.call("POST", "/api/v1/projects/", {"name": "Yard"})["id"]

    def upload(self, seed: int, width: int = WIDTH, height: int = HEIGHT) -> Any:
        """A picture of its own for each seed."""
        picture = Picture.fromarray(scene(width, height, seed))
        return self.upload_file(self._saved(picture, f"{seed}.png"))

    def upload_flat(self, seed: int, width: int, height: int) -> Any:
        """A picture of one colour but for one shape; quickly made."""
        return self.upload_file(self.flat(seed, width, height))

    def flat(self, seed: int, width: int, height: int) -> Path:
        """The file of such a picture."""
        picture = Picture.new("RGB", (width, height), (seed, 40, 50))
        picture.paste((220, 60, 40), (width // 8, height // 6, width // 3, height // 2))
        return self._saved(picture, f"flat{seed}.png")

    def _saved(self, picture: Picture.Image, name: str) -> Path:
        file = self.folder / "tmp" / name
        picture.save(file, compress_level=1)
        return file

    def upload_file(self, file: Path) -> Any:
        """What is stored of it."""
        return self.client.upload(f"/api/v1/projects/{self.project}/images/", file)

    def bytes_at(self, path: str) -> int:
        """How many bytes are there.

        Raises:
            ApiFailure: If there are none.
        """
        status, _, body = self.client.raw("GET", path)
        if status >= 400:
            raise ApiFailure(status, json.loads(body))
        return len(body)

    def savers(self, count: int, seed: int = 0) -> list[Saver]:
        """People at work, each on an image of the same name."""
        made = [
            Saver(self.client, self.upload(1000 + seed + number)["id"], seed + number)
            for number in range(count)
        ]
        for saver in made:
            saver.start()
        return made

    def start_job(self, path: str, body: Any) -> int:
        answer = self.client.call("POST", f"/api/v1/projects/{self.project}/{path}", body)
        return int(answer["job"])

    def start_import(self, document: Any) -> int:
        file = self.folder / "tmp" / f"{uuid.uuid4().hex}.json"
        file.write_text(json.dumps(document))
        path = f"/api/v1/projects/{self.project}/imports/"
        answer = self.client.upload(path, file, format="coco_instances", **{"as": "annotations"})
        return int(answer["job"])

    def job(self, job: int) -> Any:
        """Its facts, asked for until there is an answer."""
        told: list[Any] = []

        def is_told() -> bool:
            try:
                told.append(self.client.call("GET", f"/api/v1/jobs/{job}/"))
            except (OSError, HTTPException):
                return False
            return True

        wait_for(is_told)
        return told[0]

    def until_ended(self, jobs: list[int]) -> list[Any]:
        """Their facts once all have ended."""
        wait_for(lambda: all(self.job(job)["state"] in ENDED for job in jobs), 240)
        return [self.job(job) for job in jobs]

    def web_pids(self) -> list[int]:
        """Gunicorn's parent, then its child."""
        return _until_some(lambda: _children(self._pid("gunicorn")))

    def worker_pid(self) -> int:
        return self._pid("celery")

    def _pid(self, word: str) -> int:
        mine = self._running.process.pid
        return _until_some(lambda: [p for p in _children(mine)[1:] if word in _command(p)])[-1]

    def kill(self, *pids: int) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def seconds_until_healthy(self) -> float:
        """How long until the page answers."""
        began = time.monotonic()
        wait_for(self._is_healthy)
        return time.monotonic() - began

    def _is_healthy(self) -> bool:
        try:
            return self.client.raw("GET", "/healthz")[0] == 200
        except (OSError, HTTPException):
            return False

    def stop(self) -> None:
        """At once: nobody waits for its goodbyes."""
        family = _children(self._running.process.pid)
        self._running.stop(signal.SIGKILL)
        for pid in [grandchild for child in family[1:] for grandchild in _children(child)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _logged_in(link: str) -> Client:
    """A client with a token of its own, made in the session of the link."""
    jar = CookieJar()
    cookies = urllib.request.HTTPCookieProcessor(jar)
    urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies).open(link).close()
    client = Client(link.split("/login/", maxsplit=1)[0], "")
    client.headers = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in jar)}
    csrf = next(one.value for one in jar if one.name.endswith("csrftoken"))
    made = client.call(
        "POST", "/api/v1/tokens/", {"name": "test", "scope": "write"}, X_CSRFToken=str(csrf)
    )
    return Client(client.address, made["token"])


def _until_some(look: Callable[[], list[int]]) -> list[int]:
    found: list[int] = []

    def is_there() -> bool:
        found[:] = look()
        return len(found) > 0

    wait_for(is_there)
    return found


def _children(pid: int) -> list[int]:
    """The process itself, then its children; nothing if it is gone."""
    try:
        words = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *map(int, words)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
