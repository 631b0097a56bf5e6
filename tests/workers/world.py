"""A data folder with a broker and the worker processes on it, for tests and measurements."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import redis

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 240.0  # machines are shared; waiting ends with the fact
LOOK_SECONDS = 0.05
LOST_SECONDS = 2


class World:
    """A data folder, its broker, and the processes that are started on it.

    Args:
        folder: Empty; the database is copied into it.
        redis_url: The broker; empty for the file.
        database: A migrated SQLite file.
        **extra: Added to the environment of every process.
    """

    def __init__(self, folder: Path, redis_url: str, database: Path, **extra: str) -> None:
        self.folder = folder
        self.prefix = f"test-{uuid.uuid4().hex}-"
        shutil.copy(database, folder / "db.sqlite3")
        self._children: list[subprocess.Popen[bytes]] = []
        self._helper: subprocess.Popen[str] | None = None
        self._env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "annotator.settings",
            "PYTHONPATH": str(ROOT),
            "MASKWRIGHT_DATA": str(folder),
            "DATABASE_URL": "",
            "REDIS_URL": redis_url,
            "TEST_KEY_PREFIX": self.prefix,
            "JOB_LOST_SECONDS": str(LOST_SECONDS),
            "OMP_NUM_THREADS": "1",
            "TMPDIR": str(folder),
            **extra,
        }

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.workers.job_world", *words]

    def call(self, *words: str) -> str:
        """What ``job_world.py`` prints to these words, in one process for all calls."""
        helper = self._helper = self._helper or self._served()
        assert helper.stdin
        assert helper.stdout
        helper.stdin.write(json.dumps(words) + "\n")
        helper.stdin.flush()
        line = helper.stdout.readline()
        assert line, (self.folder / "helper.log").read_text(errors="replace")
        answer = json.loads(line)
        assert not answer["failed"], answer["failed"]
        return str(answer["said"]).strip()

    def _served(self) -> subprocess.Popen[str]:
        with (self.folder / "helper.log").open("w") as log:
            return subprocess.Popen(
                self._words("serve"),
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def make(self, kind: str, *, images: int, rings: int = 1) -> int:
        return int(self.call("make", kind, str(images), str(rings)))

    def worker(self, **extra: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"worker{len(self._children)}.log").open("wb")
        child = subprocess.Popen(
            self._words("work"), cwd=ROOT, env=self._env | extra, stdout=log, stderr=log
        )
        self._children.append(child)
        return child

    def last_worker(self) -> subprocess.Popen[bytes]:
        return self._children[-1]

    def ask(self, question: str, *facts: object) -> Any:
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as connection:
            return connection.execute(question, facts).fetchone()[0]

    def state(self, job: int) -> str:
        return str(self.ask("SELECT state FROM projects_job WHERE id = ?", job))

    def error(self, job: int) -> str:
        return str(self.ask("SELECT error FROM projects_job WHERE id = ?", job))

    def ended(self, job: int) -> None:
        """Wait until the job is done."""
        wait_for(lambda: self.state(job) == "done")

    def count(self, job: int, state: str) -> int:
        return int(
            self.ask(
                "SELECT count(*) FROM projects_jobitem WHERE job_id = ? AND state = ?", job, state
            )
        )

    def workers(self) -> int:
        """How many workers are on the list."""
        return int(self.ask("SELECT count(*) FROM projects_worker"))

    def seconds_between(self, job: int, first: str, second: str) -> float:
        """From one moment of the job to another, each the name of its column."""
        before, after = (
            datetime.fromisoformat(self.ask(f"SELECT {column} FROM projects_job WHERE id = ?", job))
            for column in (first, second)
        )
        return (after - before).total_seconds()

    def marks(self) -> tuple[int, int]:
        """How many effects were written, and how many different ones."""
        question = "FROM projects_project WHERE name LIKE 'mark %'"
        return (
            int(self.ask(f"SELECT count(name) {question}")),
            int(self.ask(f"SELECT count(DISTINCT name) {question}")),
        )

    def end(self) -> None:
        """Kill what runs; what the workers said stands in the report of a test that failed."""
        if self._helper:
            self._helper.kill()
            self._helper.communicate()
        for number, child in enumerate(self._children):
            status = child.poll()
            child.kill()
            child.wait()
            said = (self.folder / f"worker{number}.log").read_text(errors="replace")
            sys.stdout.write(f"worker {number} (status {status}):\n{said[-2000:]}\n")


class OwnRedis:
    """A Redis of one's own, that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self.start()

    def start(self) -> None:
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self._process = subprocess.Popen(
            ["redis-server", *words, str(self._folder)], stdout=subprocess.DEVNULL
        )
        client = redis.Redis.from_url(self.url)
        wait_for(lambda: _answers(client))

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def wait_for(fact: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until it holds; a worker takes a second or two to start.

    Looks are counted, not seconds: a machine that stood still has not let anybody try.
    """
    for _ in range(int(seconds / LOOK_SECONDS)):
        if fact():
            return
        time.sleep(LOOK_SECONDS)
    raise AssertionError("waited in vain")


def migrated(folder: Path) -> Path:
    """A fresh SQLite file with every table."""
    env = {**os.environ, "MASKWRIGHT_DATA": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    return folder / "db.sqlite3"
