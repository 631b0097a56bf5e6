"""A worker with kinds of its own, on a data folder of its own; run as a script by test_workers.py.

job_world.py make KIND IMAGES [RINGS]     makes a job, rings for it, prints its id
job_world.py many KIND JOBS                makes and rings for jobs of one image, each of a project
job_world.py cancel JOB                   cancels it, as its lead would
job_world.py reconcile                    one pass of the scheduler
job_world.py work                         a worker, until it is ended
job_world.py serve                        do what each line says, a list of words as JSON
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
import time
import traceback
from contextlib import redirect_stdout
from datetime import UTC, datetime
from itertools import count

import django
import numpy as np
from django.conf import settings
from django.db import transaction

if __name__ == "__main__":
    django.setup()
    settings.JOB_HEARTBEAT_SECONDS = 0.3
    settings.WORK_SLICE_SECONDS = float(os.environ.get("SLICE_SECONDS", "1"))

from annotator.celery import app
from annotator.commands import worker_command
from inference.segmenters import bundled
from inference.services import segmenters
from projects.models import Image, Job, Membership, Project, Role, User, Worker
from projects.services import workers
from projects.services.claims import finish_item
from projects.services.job_kinds import BULK, INTERACTIVE, Claim, JobKind, register
from projects.services.jobs import cancel_job, create_job
from projects.services.reconciler import reconcile
from projects.tasks import ring

SLOW_SECONDS = float(os.environ.get("SLOW_SECONDS", "0.25"))


def slow(*, claim: Claim) -> None:
    """Work a little, then leave a mark in the transaction that finishes the item."""
    time.sleep(SLOW_SECONDS)
    with transaction.atomic():
        Project.objects.create(name=f"mark {claim.kind} {claim.image_id}")
        finish_item(claim=claim)


def poison(*, claim: Claim) -> None:
    """Die as from a lack of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def endless(*, claim: Claim) -> None:
    """Work for longer than anybody waits."""
    time.sleep(600)


def instant(*, claim: Claim) -> None:
    """Take no time."""
    finish_item(claim=claim)


def hungry(*, claim: Claim) -> None:
    """Ask for more memory than a process may have."""
    np.ones((100_000, 100_000))
    finish_item(claim=claim)


def loads(*, claim: Claim) -> None:
    """Load the bundled model, and tell that at once."""
    segmenters.loaded(name=bundled.NAME)
    worker = workers.this_worker()
    assert worker
    workers.beat(worker)
    with transaction.atomic():
        [told] = Worker.objects.values_list("loaded", flat=True)
        Project.objects.create(name=f"mark {told[0][0]}")
        finish_item(claim=claim)


def _register() -> None:
    here = "tests.workers.job_world"
    register(JobKind(name="slow", queue=BULK, run=f"{here}.slow", open_at_once=9))
    register(JobKind(name="quick", queue=INTERACTIVE, run=f"{here}.slow", open_at_once=9))
    register(JobKind(name="instant", queue=BULK, run=f"{here}.instant"))
    register(JobKind(name="hungry", queue=BULK, run=f"{here}.hungry"))
    register(JobKind(name="loads", queue=BULK, run=f"{here}.loads"))
    register(JobKind(name="poison", queue=BULK, run=f"{here}.poison"))
    register(JobKind(name="endless", queue=BULK, run=f"{here}.endless"))
    register(JobKind(name="stuck", queue=BULK, run=f"{here}.endless", item_seconds=1.0))


_serial = count(1)


def _image(project: Project) -> Image:
    number = next(_serial)
    digest = f"{number:064x}"
    return Image.objects.create(
        project=project,
        number=number,
        name=f"{number}.png",
        upload_sha256=digest,
        sha256=digest,
        mime="image/png",
        size_bytes=1,
        width=4,
        height=4,
    )


def _make(kind: str, images: int, rings: int) -> None:
    project = Project.objects.create(name="work")
    lead, _ = User.objects.get_or_create(username="lead")
    Membership.objects.create(project=project, user=lead, role=Role.LEAD)
    pictures = [_image(project) for _ in range(images)]
    job = create_job(project=project, kind=kind, params={}, images=pictures)
    for _ in range(rings):
        ring(job.pk)
    sys.stdout.write(f"{job.pk}\n")


def main(words: list[str]) -> None:
    """Do what the words say."""
    _register()
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        **({"global_keyprefix": os.environ["TEST_KEY_PREFIX"]} if settings.REDIS_URL else {}),
    }
    if words != ["serve"]:
        _do(words)
        return
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_answer(json.loads(line)))}\n")
        sys.stdout.flush()


def _answer(words: list[str]) -> dict[str, str]:
    """What doing it prints, and why it failed, if it did."""
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            _do(words)
    except Exception:  # noqa: BLE001 whatever it is, who called is told
        return {"said": said.getvalue(), "failed": traceback.format_exc()}
    return {"said": said.getvalue(), "failed": ""}


def _do(words: list[str]) -> None:
    match words:
        case ["make", kind, images, *rings]:
            _make(kind, int(images), int(rings[0]) if rings else 1)
        case ["many", kind, jobs]:
            for _ in range(int(jobs)):
                _make(kind, 1, 1)
        case ["cancel", job]:
            cancel_job(user=User.objects.get(username="lead"), job=Job.objects.get(pk=job))
        case ["reconcile"]:
            # A clock ten times as fast: each call is the first of its span.
            for job_id in reconcile(now=datetime.fromtimestamp(time.time() * 10, tz=UTC)):
                ring(job_id)
        case ["work"]:
            most = int(os.environ.get("ADDRESS_MB", "0")) * 2**20
            if most:
                resource.setrlimit(resource.RLIMIT_AS, (most, most))
            command = worker_command()
            app.worker_main([*command[command.index("worker") :], "--loglevel", "info"])
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
