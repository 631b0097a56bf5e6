"""The workers that are alive: what each can do, what it has in hand, and how much memory it holds.

A worker tells of itself by a row that it renews.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from projects.errors import sentence
from projects.models import Worker
from projects.services import memory
from projects.services.job_kinds import QUEUES
from projects.services.skills import abilities, skills

MIB = 2**20
REMEMBERED = timedelta(days=1)  # how long a row outlives its worker, for who asks why it died


@dataclass(frozen=True, slots=True)
class ThisWorker:
    """This process as a worker.

    Attributes:
        name: Of its row.
        queues: What it serves, the first served first.
    """

    name: str
    queues: tuple[str, ...]


_this: ThisWorker | None = None
_in_hand: int | None = None


def this_worker() -> ThisWorker | None:
    """This process as a worker; None if it is none."""
    return _this


def name_of_this_worker() -> str:
    """The name of its row; empty if this process is no worker."""
    return _this.name if _this else ""


def is_busy() -> bool:
    """Whether this process works on a job at this moment."""
    return _in_hand is not None


def enlist(*, queues: Sequence[str] = QUEUES) -> ThisWorker:
    """Make this process a worker in the eyes of all others."""
    global _this  # noqa: PLW0603 - a process is one worker
    host = socket.gethostname()[:80]
    _this = ThisWorker(f"{host}:{os.getpid()}:{uuid4().hex[:8]}", tuple(queues))
    Worker.objects.create(
        name=_this.name,
        host=host,
        pid=os.getpid(),
        queues=list(queues),
        heartbeat_at=Now(),
        **_state(),
    )
    return _this


def beat(worker: ThisWorker) -> None:
    """Say that the worker lives, and what it holds."""
    Worker.objects.filter(name=worker.name).update(heartbeat_at=Now(), **_state())


def retire(worker: ThisWorker) -> None:
    """Take the worker off the list: it ends in good order."""
    global _this  # noqa: PLW0603 - as above
    Worker.objects.filter(name=worker.name).delete()
    _this = None


def note_busy(*, job_id: int | None) -> None:
    """Note which job this worker has in hand; None for none."""
    global _in_hand  # noqa: PLW0603 - as above
    _in_hand = job_id
    if _this is not None:
        Worker.objects.filter(name=_this.name).update(busy_with=job_id, heartbeat_at=Now())


def alive() -> QuerySet[Worker]:
    """The workers whose heart beats."""
    silence = timedelta(seconds=settings.JOB_LOST_SECONDS)
    return Worker.objects.filter(heartbeat_at__gte=Now() - silence)


def forget_the_dead() -> int:
    """Remove the rows of workers that died a day ago; the number of rows."""
    return Worker.objects.filter(heartbeat_at__lt=Now() - REMEMBERED).delete()[0]


def cause_of_death(name: str) -> str:
    """What a worker that fell silent most likely died of, to follow other words; "" if unknown.

    Its machine counts the processes that it ended for want of memory. Whoever of that machine is
    alive tells whether there was one since the dead worker's last heartbeat.
    """
    dead = Worker.objects.filter(name=name).first()
    if dead is None:
        return ""
    later = [worker.oom_kills for worker in alive().filter(host=dead.host)]
    if dead.host == socket.gethostname()[:80]:
        later.append(memory.oom_kills(memory.VMSTAT))
    if not later or max(later) <= dead.oom_kills:
        return ""
    return sentence(
        f", most likely for want of memory: the last one held {dead.memory_bytes / MIB:,.0f} MB "
        f"of the {dead.memory_most_bytes / MIB:,.0f} MB that it may use. Use a smaller model or a "
        "larger machine."
    )


def can_do(needs: Sequence[str], able: Sequence[str]) -> bool:
    """Whether who is able to do ``able`` can do what is needed."""
    return set(needs) <= set(able)


def idle_in(queue: str) -> list[Worker]:
    """The live workers that serve the queue and have nothing in hand."""
    return [worker for worker in alive().filter(busy_with__isnull=True) if queue in worker.queues]


def _state() -> dict[str, object]:
    return {
        "abilities": abilities(),
        "loaded": [list(pair) for skill in skills() for pair in skill.loaded().items()],
        "memory_bytes": memory.used_bytes(),
        "memory_most_bytes": memory.most_bytes(),
        "oom_kills": memory.oom_kills(memory.VMSTAT),
    }
