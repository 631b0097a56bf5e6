"""Real worker processes on a data folder of their own, with the file broker and with Redis."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.workers.world import (
    LOST_SECONDS,
    PATIENCE_SECONDS,
    OwnRedis,
    World,
    migrated,
    wait_for,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("migrated"))


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
    made = World(folder, url, empty_database)
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


def test_worker_of_a_cancelled_job_is_free_for_the_next(world: World) -> None:
    """Cancelled in the middle of an item that would go on for minutes."""
    job = world.make("endless", images=2)
    worker = world.worker()
    wait_for(lambda: world.count(job, "running") == 1)

    world.call("cancel", str(job))
    after = world.make("slow", images=1)
    wait_for(lambda: world.state(after) == "done")

    assert world.state(job) == "cancelled"
    assert world.count(job, "cancelled") == 2
    assert worker.poll() is None
    assert world.ask("SELECT count(DISTINCT pid) FROM projects_worker") == 1


def test_worker_is_on_the_list_with_its_pulse_while_it_lives(world: World) -> None:
    worker = world.worker()
    wait_for(lambda: world.workers() == 1)

    assert world.ask("SELECT pid FROM projects_worker") == worker.pid
    assert "segmenter:classic" in world.ask("SELECT abilities FROM projects_worker")
    assert world.ask("SELECT memory_bytes FROM projects_worker") > 10 * 2**20
    assert (world.folder / "maskwright-worker-pulse").exists()
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE_SECONDS) == 0
    assert world.workers() == 0


def test_worker_lets_go_of_a_model_that_nobody_uses(world: World) -> None:
    worker = world.worker(MODEL_IDLE_SECONDS="1")

    job = world.make("loads", images=1)
    wait_for(lambda: world.state(job) == "done")
    wait_for(lambda: world.ask("SELECT loaded FROM projects_worker") == "[]")

    held = world.ask("SELECT name FROM projects_project WHERE name LIKE 'mark %'")
    assert held == "mark sam_nano"
    assert worker.poll() is None


def test_two_workers_share_one_job(world: World) -> None:
    for _ in range(2):
        world.worker(SLOW_SECONDS="1")  # while one is at it, the other hears of the job
    wait_for(lambda: world.workers() == 2)

    job = world.make("slow", images=12)
    wait_for(lambda: world.state(job) == "done")

    assert world.ask("SELECT count(DISTINCT worker) FROM projects_jobitem") == 2
    assert world.marks() == (12, 12)


def test_small_project_is_done_while_a_large_one_runs(world: World) -> None:
    large = world.make("slow", images=400)  # for longer than anybody waits
    world.worker()
    wait_for(lambda: world.count(large, "done") >= 1)

    small = world.make("slow", images=3)
    wait_for(lambda: world.state(small) == "done")

    assert world.state(large) == "running"
    assert world.count(large, "queued") > 10


def test_opened_image_waits_for_one_item_of_each_worker_at_most(world: World) -> None:
    bulk = world.make("slow", images=40)
    for _ in range(2):
        world.worker(SLOW_SECONDS="1")  # much longer than a job takes to be made
    wait_for(lambda: world.count(bulk, "done") >= 2)

    quick = world.make("quick", images=1)
    made = world.ask("SELECT created_at FROM projects_job WHERE id = ?", quick)
    wait_for(lambda: world.state(quick) == "done")

    begun = world.ask("SELECT started_at FROM projects_job WHERE id = ?", quick)
    question = (
        "SELECT count(*) FROM projects_project WHERE name LIKE 'mark slow %' "
        "AND created_at > ? AND created_at < ?"
    )
    assert world.ask(question, made, begun) <= 2  # what each had in hand


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
    wait_for(lambda: world.state(quick) == world.state(bulk) == "done")

    first = "SELECT name FROM projects_project WHERE name LIKE 'mark %' ORDER BY id LIMIT 1"
    assert world.ask(first).startswith("mark quick")


@pytest.fixture
def broken_world(tmp_path: Path, empty_database: Path) -> Iterator[tuple[World, OwnRedis]]:
    """A world with a Redis of its own, for a test to harm."""
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server here")
    server = OwnRedis(tmp_path)
    folder = tmp_path / "world"
    folder.mkdir()
    world = World(folder, server.url, empty_database)
    yield world, server
    world.end()
    server.kill()


@pytest.mark.services
def test_jobs_survive_a_broker_that_dies_and_comes_back_empty(
    broken_world: tuple[World, OwnRedis],
) -> None:
    world, server = broken_world
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


@pytest.mark.services
def test_hundred_jobs_whose_messages_are_wiped_are_all_done(
    broken_world: tuple[World, OwnRedis],
) -> None:
    world, server = broken_world
    world.call("many", "instant", "100")
    client = redis.Redis.from_url(server.url)
    assert client.llen(f"{world.prefix}bulk") == 100

    client.flushall()
    worker = world.worker()
    wait_for(lambda: world.workers() == 1)
    world.call("reconcile")
    done = "SELECT count(*) FROM projects_job WHERE state = 'done'"
    wait_for(lambda: world.ask(done) == 100)

    assert world.ask("SELECT max(attempt) FROM projects_jobitem") == 1
    assert worker.poll() is None


def test_item_that_kills_workers_takes_nobody_along(world: World) -> None:
    poison, others = world.make("poison", images=1), world.make("slow", images=4)
    for _ in range(3):
        world.worker()  # one after the other meets its end, each counts as an attempt
        wait_for(lambda: world.last_worker().poll() is not None or world.state(others) == "done")
        time.sleep(LOST_SECONDS + 0.2)
        world.call("reconcile")
    world.worker()
    wait_for(lambda: world.state(others) == "done")
    wait_for(lambda: world.call("reconcile") == "" and world.state(poison) == "failed")

    assert world.error(poison).startswith("1 of 1 images failed. 1.png: worker died 3 times")
    assert world.marks() == (4, 4)


def test_worker_that_runs_out_of_memory_says_so_and_goes_on(world: World) -> None:
    hungry, others = world.make("hungry", images=1), world.make("slow", images=1)

    worker = world.worker(ADDRESS_MB="3000")
    wait_for(lambda: (world.state(hungry), world.state(others)) == ("failed", "done"))

    assert "There was not enough memory: the worker held" in world.error(hungry)
    assert worker.poll() is None
