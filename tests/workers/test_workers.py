"""Real worker processes on a data folder of their own, with the file broker and with Redis."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0  # machines are shared; waiting ends with the fact
LOST_SECONDS = 2

pytestmark = pytest.mark.slow


class World:
    """A data folder, its broker, and the processes that a test starts on it."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.folder = folder
        self.prefix = f"test-{uuid.uuid4().hex}-"
        self._children: list[subprocess.Popen[bytes]] = []
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
        }

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.workers.job_world", *words]

    def call(self, *words: str) -> str:
        done = subprocess.run(
            self._words(*words),
            cwd=ROOT,
            env=self._env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def make(self, kind: str, *, images: int, rings: int = 1) -> int:
        return int(self.call("make", kind, str(images), str(rings)))

    def worker(self) -> subprocess.Popen[bytes]:
        log = (self.folder / f"worker{len(self._children)}.log").open("wb")
        child = subprocess.Popen(
            self._words("work"), cwd=ROOT, env=self._env, stdout=log, stderr=log
        )
        self._children.append(child)
        return child

    def ask(self, question: str, *facts: object) -> Any:
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as connection:
            return connection.execute(question, facts).fetchone()[0]

    def state(self, job: int) -> str:
        return str(self.ask("SELECT state FROM projects_job WHERE id = ?", job))

    def count(self, job: int, state: str) -> int:
        return int(
            self.ask(
                "SELECT count(*) FROM projects_jobitem WHERE job_id = ? AND state = ?", job, state
            )
        )

    def marks(self) -> tuple[int, int]:
        """How many effects were written, and how many different ones."""
        question = "FROM projects_project WHERE name LIKE 'mark %'"
        return (
            int(self.ask(f"SELECT count(name) {question}")),
            int(self.ask(f"SELECT count(DISTINCT name) {question}")),
        )

    def end(self) -> None:
        for child in self._children:
            child.kill()
            child.wait()


def wait_for(fact: Callable[[], bool]) -> None:
    """Wait until it holds; a worker takes a second or two to start."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    env = {**os.environ, "MASKWRIGHT_DATA": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    return folder / "db.sqlite3"


def redis_url() -> str:
    url = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/9"
    try:
        redis.Redis.from_url(url, socket_connect_timeout=1).ping()
    except redis.RedisError:
        pytest.skip(f"no Redis answers at {url}")
    return url


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.services)])
def world(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> Iterator[World]:
    url = redis_url() if request.param == "redis" else ""
    folder = tmp_path / "world"
    folder.mkdir()
    shutil.copy(empty_database, folder / "db.sqlite3")
    made = World(folder, url)
    yield made
    made.end()
    if url:
        client = redis.Redis.from_url(url)
        for key in client.scan_iter(match=f"{made.prefix}*", count=1000):
            client.delete(key)


def test_job_of_a_killed_worker_is_finished_by_the_next_and_nothing_twice(world: World) -> None:
    job = world.make("slow", images=10)
    first = world.worker()
    wait_for(lambda: world.count(job, "done") >= 2)

    first.kill()
    first.wait()
    assert world.state(job) == "running"
    world.worker()
    time.sleep(LOST_SECONDS + 0.5)
    world.call("reconcile")
    wait_for(lambda: world.state(job) == "done")

    assert world.marks() == (10, 10)


def test_duplicate_messages_to_two_workers_have_one_effect(world: World) -> None:
    job = world.make("slow", images=8, rings=5)

    world.worker()
    world.worker()
    wait_for(lambda: world.state(job) == "done")

    assert world.marks() == (8, 8)


def test_job_whose_message_never_came_is_rung_by_the_reconciler(world: World) -> None:
    job = world.make("slow", images=2, rings=0)
    world.worker()

    world.call("reconcile")
    wait_for(lambda: world.state(job) == "done")

    assert world.marks() == (2, 2)


def test_poisonous_item_fails_after_three_dead_workers(world: World) -> None:
    job = world.make("poison", images=1)
    for _ in range(3):
        world.worker().wait(PATIENCE_SECONDS)
        time.sleep(LOST_SECONDS + 0.2)
        world.call("reconcile")

    assert world.state(job) == "failed"
    error = world.ask("SELECT error FROM projects_job WHERE id = ?", job)
    assert error == "1 of 1 images failed. 1.png: worker died 3 times"
    assert world.ask("SELECT attempt FROM projects_jobitem WHERE job_id = ?", job) == 3


def test_stopped_worker_gives_its_item_back_and_ends_soon(world: World) -> None:
    job = world.make("endless", images=1)
    worker = world.worker()
    wait_for(lambda: world.count(job, "running") == 1)

    worker.send_signal(signal.SIGTERM)
    status = worker.wait(PATIENCE_SECONDS)

    assert status == 0
    assert world.count(job, "queued") == 1
    assert world.ask("SELECT attempt FROM projects_jobitem WHERE job_id = ?", job) == 0


def test_idle_worker_ends_soon(world: World) -> None:
    job = world.make("slow", images=1)
    worker = world.worker()
    wait_for(lambda: world.state(job) == "done")

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE_SECONDS) == 0


def test_item_that_takes_too_long_fails_with_that_reason(world: World) -> None:
    job = world.make("stuck", images=1)

    status = world.worker().wait(PATIENCE_SECONDS)

    assert status == 70
    error = world.ask("SELECT error FROM projects_jobitem WHERE job_id = ?", job)
    assert error == "took too long: it is ended after 1 s"


def test_who_waits_at_a_screen_is_served_before_bulk_work(world: World) -> None:
    bulk = world.make("slow", images=6)
    quick = world.make("quick", images=1)

    world.worker()
    wait_for(lambda: world.state(quick) == "done")

    assert world.count(bulk, "done") == 0


class OwnRedis:
    """A Redis of this test's own, that keeps nothing."""

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

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.mark.services
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server here")
def test_jobs_survive_a_broker_that_dies_and_comes_back_empty(
    tmp_path: Path, empty_database: Path
) -> None:
    server = OwnRedis(tmp_path)
    folder = tmp_path / "world"
    folder.mkdir()
    shutil.copy(empty_database, folder / "db.sqlite3")
    world = World(folder, server.url)
    try:
        before = world.make("slow", images=12)
        world.worker()
        wait_for(lambda: world.count(before, "done") >= 1)

        server.kill()
        meanwhile = world.make("slow", images=2)
        server.start()
        time.sleep(LOST_SECONDS + 0.5)
        world.call("reconcile")

        wait_for(lambda: world.state(before) == world.state(meanwhile) == "done")
        assert world.marks() == (14, 14)
    finally:
        world.end()
        server.kill()
