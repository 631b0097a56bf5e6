from __future__ import annotations

import _thread
import os
import subprocess
import sys
from threading import Event, get_ident

import pytest
from django.db import connection

from projects.services import companion
from projects.services.companion import NoCompanion, accompanied
from projects.services.item_runs import EXIT_STARVED, run_slice
from tests.processes import ROOT
from tests.projects.services.told_jobs import make_job


def test_it_runs_beside_the_work_and_is_waited_for_at_its_end() -> None:
    seen: list[object] = []

    def beside(ended: Event) -> None:
        seen.append(get_ident())
        ended.wait()
        seen.append("ended")
        connection.close()

    with accompanied(beside):
        assert "ended" not in seen

    assert seen[-1] == "ended"
    assert seen[0] != get_ident()


def test_it_is_waited_for_when_the_work_fails() -> None:
    left = Event()

    def beside(ended: Event) -> None:
        ended.wait()
        left.set()

    with pytest.raises(ValueError, match="the work"), accompanied(beside):
        raise ValueError("the work")

    assert left.is_set()


@pytest.mark.parametrize("fault", [None, RuntimeError("can't start new thread")])
def test_without_it_no_work_begins(
    monkeypatch: pytest.MonkeyPatch, fault: Exception | None
) -> None:
    """A thread may die before its first line, silently, or be refused."""

    def start(*_: object) -> int:
        if fault:
            raise fault
        return 0

    monkeypatch.setattr(_thread, "start_new_thread", start)
    monkeypatch.setattr(companion, "BEGIN_SECONDS", 0.05)
    worked = []

    with pytest.raises(NoCompanion), accompanied(Event.wait):
        worked.append(1)

    assert worked == []


@pytest.mark.django_db
@pytest.mark.usefixtures("told_kinds")
def test_a_worker_whose_heart_does_not_begin_puts_its_item_back_and_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = make_job(images=1)
    monkeypatch.setattr(_thread, "start_new_thread", lambda *_: 0)
    monkeypatch.setattr(companion, "BEGIN_SECONDS", 0.05)
    monkeypatch.setattr(os, "_exit", sys.exit)

    with pytest.raises(SystemExit) as ended:
        run_slice(job_id=job.pk, is_stopping=lambda: False)

    assert ended.value.code == EXIT_STARVED
    (item,) = job.items.all()
    assert item.state == "queued"
    assert "There was not enough memory" in item.error


STARVED = """
import resource, threading
from projects.services import companion
companion.BEGIN_SECONDS = 3
used = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmData"))
for room in range(0, 24, 4):
    limit = (used << 10) + (room << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.RLIM_INFINITY))
    try:
        with companion.accompanied(lambda ended: ended.wait()):
            print("begun")
    except MemoryError:
        print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits data so")
def test_a_process_without_memory_says_so_and_does_not_hang() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARVED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert set(done.stdout.split()) == {"refused", "begun"}, done.stderr
