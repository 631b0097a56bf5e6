"""`manage.py start` as a newcomer runs it: one folder, two processes, one link."""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.processes import Running, free_port, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def start(data: Path, *words: str) -> Running:
    return Running(["start", "--data", str(data), "--port", str(free_port()), *words])


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(task) for task in tasks]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        return ""


def child_running(process: Running, word: str, *, other_than: int = 0, seconds: float = 60) -> int:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for pid in children(process.process.pid):
            if word in command_of(pid) and pid != other_than:
                return pid
        time.sleep(0.1)
    raise AssertionError(f"no child runs {word}")


def browser() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
    )


def status_and_text(opener: urllib.request.OpenerDirector, url: str) -> tuple[int, str]:
    try:
        with opener.open(url, timeout=300) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_link_logs_in_once_and_shows_the_demo(tmp_path: Path) -> None:
    words = ("start", "--data", str(tmp_path / "fresh"), "--port", str(free_port()))
    with running(*words, "--no-worker") as process:
        link = process.login_link()

        first = status_and_text(browser(), link)
        second = status_and_text(browser(), link)

    assert first[0] == 200
    assert "Demo" in first[1]
    assert "Demo" not in second[1]


def test_the_secret_key_is_private_and_stays(begun: Path, data: Path) -> None:
    with running("start", "--data", str(data), "--port", str(free_port()), "--no-worker") as second:
        second.login_link()

    assert stat.S_IMODE((begun / "secret_key").stat().st_mode) == 0o600
    assert (data / "secret_key").read_text() == (begun / "secret_key").read_text()


def test_a_taken_port_gives_the_next_free_one_and_says_so(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(
            "start", "--data", str(data), "--port", str(port), "--no-worker", "--no-demo"
        ) as it:
            it.said(rf"Port {port} is taken; using \d+")
            assert f":{port}/" not in it.login_link()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_web_and_worker_end_together(data: Path, number: signal.Signals) -> None:
    process = start(data, "--no-demo")
    process.login_link()
    pids = [child_running(process, "gunicorn"), child_running(process, "celery")]

    status = process.stop(number)

    assert status == 0
    assert not any(command_of(pid) for pid in pids)


def test_a_killed_worker_comes_back_while_the_page_stays_up(data: Path) -> None:
    process = start(data, "--no-demo")
    try:
        address = process.login_link().split("/login/")[0]
        worker = child_running(process, "celery")

        os.kill(worker, signal.SIGKILL)

        process.said("The worker ended")
        child_running(process, "celery", other_than=worker)
        with browser().open(f"{address}/healthz", timeout=300) as page:
            assert page.status == 200
    finally:
        process.stop()


def test_children_do_not_outlive_a_killed_supervisor(data: Path) -> None:
    process = start(data, "--no-demo")
    process.login_link()
    pids = [child_running(process, "gunicorn"), child_running(process, "celery")]

    process.stop(signal.SIGKILL)

    until = time.monotonic() + 60
    while any(command_of(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.2)
    assert not any(command_of(pid) for pid in pids)


def test_an_empty_database_beside_pictures_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "blobs" / "ab").mkdir(parents=True)

    process = start(data, "--no-worker")

    process.said("holds images but its database is empty")
    assert process.process.wait(60) != 0
