"""Which models load on this machine and how fast they are: measured, kept, and told.

Measuring happens in a process of its own, so that a model that does not fit takes nothing along.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from inference.models import ModelCheck
from inference.segmenters.measuring import Measurement
from inference.segmenters.registry import SegmenterInfo
from inference.services import segmenters
from projects.errors import Unavailable
from projects.models import Job, Project, User
from projects.policy import Action, require, within
from projects.services.claims import finish_item, heartbeat
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job

KIND = "measure_model"
MODULE = "inference.segmenters.measuring"
PATIENCE_SECONDS = 14 * 60.0  # less than a job's item may take
LOOK_SECONDS = 1.0
THREADS_OF = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A segmenter with what was found of it on this machine.

    Attributes:
        info: What the registry tells.
        check: The last check's findings, or None.
        default_of: The projects that use it unless told otherwise.
    """

    info: SegmenterInfo
    check: ModelCheck | None
    default_of: list[Project]

    @property
    def is_outdated(self) -> bool:
        """Whether its weights were written after the last check."""
        return bool(self.check and self.check.checked_at.timestamp() < self.info.changed_at)


def check_model(
    *, name: str, load_only: bool = False, beat: Callable[[], None] | None = None
) -> ModelCheck:
    """Load the segmenter in a process of its own, let it work, and keep what was found.

    Args:
        name: Of an installed segmenter.
        load_only: Whether only loading is tried; what was measured before stays.
        beat: Called about once a second; what it raises ends the measuring.

    Raises:
        UnknownSegmenter: If there is none of that name.
        Unavailable: If it is not installed; the message says what to do.
    """
    segmenters.require_present(name=name)
    found = _measured(name, load_only=load_only, beat=beat or (lambda: None))
    return _keep(name, found, load_only=load_only)


@transaction.atomic
def start_checking(*, user: User, project: Project, segmenter: str) -> Job:
    """A job that measures the segmenter on the worker's machine, to ring for after the commit.

    Args:
        user: Who asks; a lead of the project.
        project: Where the job is listed.
        segmenter: By name.

    Raises:
        Forbidden: If the user's role does not allow it.
        TooManyRequests: If such a job is still open.
        ApplicationError: As ``check_model``.
    """
    require(user=user, project=project, action=Action.RUN_JOBS)
    segmenters.require_present(name=segmenter)
    return create_job(project=project, kind=KIND, params={"segmenter": segmenter}, user=user)


def run(*, claim: Claim) -> None:
    """Measure the claimed segmenter; a cancelled job ends the measuring.

    Raises:
        Unavailable: If it cannot be loaded or run; that is kept too.
    """
    name = str(claim.params["segmenter"])
    check = check_model(name=name, beat=lambda: heartbeat(claim=claim))
    if check.problem:
        raise Unavailable(f"{name} does not work here: {check.problem}", "model_broken")
    finish_item(claim=claim, result={"segmenter": name, "version": check.version})


def facts_of_models(*, user: User | None = None) -> list[ModelFacts]:
    """Every segmenter that is known here, with what was found of it.

    Args:
        user: Whose projects are named as using one by default; None for every project.
    """
    checks = {check.segmenter: check for check in ModelCheck.objects.all()}
    live = Project.objects.filter(deleted_at__isnull=True)
    mine = live if user is None else within(live, user=user, project_path="")
    users: dict[str, list[Project]] = {}
    for project in mine.order_by("name", "pk"):
        users.setdefault(project.segmenter, []).append(project)
    return [
        ModelFacts(info, checks.get(info.name), users.get(info.name, []))
        for info in segmenters.described()
    ]


def _measured(name: str, *, load_only: bool, beat: Callable[[], None]) -> Measurement:
    threads = settings.INFERENCE_THREADS
    command = [sys.executable, "-m", MODULE, name, str(settings.MODELS_DIR)]
    options = json.dumps(segmenters.options_of(name=name))
    command += ["--threads", str(threads), "--options", options]
    command += ["--load-only"] if load_only else []
    with TemporaryFile() as said, TemporaryFile() as complained:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
            cwd=Path(settings.BASE_DIR),
            env={**os.environ, **dict.fromkeys(THREADS_OF, str(threads))},
        )
        try:
            code = _wait(child, beat)
        finally:
            child.kill()
            child.wait()
        said.seek(0)
        complained.seek(0)
        return _read(code, said.read(), complained.read())


def _wait(child: subprocess.Popen[bytes], beat: Callable[[], None]) -> int | None:
    """The exit status; None if patience ended first."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            return child.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            beat()
    return None


def _read(code: int | None, said: bytes, complained: bytes) -> Measurement:
    if code is None:
        return Measurement(problem=f"took longer than {PATIENCE_SECONDS / 60:.0f} minutes")
    if code == -signal.SIGKILL:
        return Measurement(problem="was killed while it loaded or ran; memory may be too small")
    lines = said.decode("utf-8", "replace").splitlines()
    if code or not lines:
        last = complained.decode("utf-8", "replace").strip().splitlines()[-1:]
        words = last[0] if last else "nothing was said"
        return Measurement(problem=f"ended with status {code}: {words}")
    return Measurement(**json.loads(lines[-1]))


def _keep(name: str, found: Measurement, *, load_only: bool) -> ModelCheck:
    facts = asdict(found)
    if load_only and not found.problem:
        facts = {word: facts[word] for word in ("problem", "version", "load_seconds", "device")}
        known = ModelCheck.objects.filter(segmenter=name, version=found.version).exists()
        facts |= {} if known else {"peak_bytes": found.peak_bytes, **_NOT_MEASURED}
    row, _ = ModelCheck.objects.update_or_create(
        segmenter=name, defaults={**facts, "checked_at": Now()}
    )
    row.refresh_from_db()
    return row


_NOT_MEASURED = dict.fromkeys(("embed_seconds", "prompt_seconds", "everything_seconds"))
