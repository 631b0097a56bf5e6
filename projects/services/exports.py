"""Exports: checked before they start, written and proved by a job, kept as files."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.text import slugify

from projects.errors import InvalidInput
from projects.formats import registry, verify
from projects.models import Export, Job, Project, User
from projects.policy import Action, require
from projects.services.claims import finish_item, report_progress
from projects.services.export_records import (
    ExportCounts,
    ExportFilter,
    Manifest,
    count_export,
    records_of,
    take_manifest,
)
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job
from projects.storage import check_room

KIND = "export"
IMAGES_PER_REPORT = 20  # progress and cancel are looked at this often
PASSES = 2  # the images are gone through to write, and to read back
NAMED_FINDINGS = 100
MAX_SLUG = 60


def check_export(
    *, user: User, project: Project, format_name: str, options: Mapping[str, object]
) -> None:
    """Refuse what the caller may not do or what could only fail later.

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If the format or an option of it is unknown.
    """
    require(user=user, project=project, action=Action.EXPORT)
    registry.load(format_name).Options.of(options)


def start_export(
    *,
    user: User,
    project: Project,
    format_name: str,
    options: Mapping[str, object],
    wanted: ExportFilter,
) -> Job:
    """A job that exports the project, to ring for after the commit.

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If format, options or filter are not valid, or no image passes the filter.
        InsufficientStorage: If the archive would touch the disk's reserve.
        TooManyRequests: If too many exports are open.
    """
    check_export(user=user, project=project, format_name=format_name, options=options)
    counts = count_for(project=project, format_name=format_name, options=options, wanted=wanted)
    if not counts.images:
        raise InvalidInput("There is nothing to export: no image passes the filters.", "no_images")
    check_room(estimated_bytes(counts, options))
    params = {"format": format_name, "options": dict(options), "filters": asdict(wanted)}
    return create_job(project=project, kind=KIND, params=params, user=user)


def count_for(
    *, project: Project, format_name: str, options: Mapping[str, object], wanted: ExportFilter
) -> ExportCounts:
    """What an export in this format would hold.

    Raises:
        InvalidInput: If the format is unknown or the filter holds unknown words.
    """
    holds_stuff = registry.info(format_name).holds_stuff(options)
    return count_export(project=project, wanted=wanted, holds_stuff=holds_stuff)


def estimated_bytes(counts: ExportCounts, options: Mapping[str, object]) -> int:
    """About how much disk the export takes; image files go in unless the options say no."""
    return counts.estimated_bytes(with_images=options.get("with_images") is not False)


class _Progress:
    """Counts images, and ends the export when its claim is lost."""

    def __init__(self, claim: Claim, images: int) -> None:
        self._claim = claim
        self._total = max(1, images * PASSES)
        self._done = 0

    def __call__(self) -> None:
        if self._done % IMAGES_PER_REPORT == 0:
            self.say()
        self._done += 1

    def say(self) -> None:
        done = min(self._done, self._total)
        report_progress(claim=self._claim, done=done, total=self._total)


def run_export(*, claim: Claim) -> None:
    """Write and prove the archive, keep it, and finish; a lost claim leaves nothing behind."""
    job = Job.objects.select_related("project").get(pk=claim.job_id)
    wanted = ExportFilter(**job.params["filters"])
    counts = count_for(
        project=job.project,
        format_name=job.params["format"],
        options=job.params["options"],
        wanted=wanted,
    )
    check_room(estimated_bytes(counts, job.params["options"]))
    manifest = take_manifest(project=job.project, wanted=wanted)
    workplace = _workplace(claim)
    try:
        archive = workplace / "export.zip"
        made = _write(job, manifest, claim, archive)
        _keep(job, claim, archive, _report(counts, wanted, made))
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _workplace(claim: Claim) -> Path:
    """A folder of this claim's own; those of dead workers' claims on the job are removed."""
    for old in Path(settings.TEMP_DIR).glob(f"export-{claim.job_id}-*"):
        shutil.rmtree(old, ignore_errors=True)
    folder = Path(settings.TEMP_DIR) / f"export-{claim.job_id}-{claim.token}"
    folder.mkdir()
    return folder


def _write(job: Job, manifest: Manifest, claim: Claim, path: Path) -> verify.Export:
    progress = _Progress(claim, len(manifest.images))
    dataset = records_of(project=job.project, manifest=manifest, each_image=progress)
    made = verify.export(
        dataset, path, format_name=job.params["format"], options=job.params["options"]
    )
    progress.say()
    return made


def _report(counts: ExportCounts, wanted: ExportFilter, made: verify.Export) -> dict[str, Any]:
    report = made.report
    proof = {key: value for key, value in made.verification.items() if key != "files"}
    return {
        "counts": {
            "images": report.images,
            "annotations": report.annotations,
            "categories": report.categories,
            "images_without_objects": counts.images_without_objects,
            "suggestions_left_out": counts.confirmed
            + counts.suggested
            - counts.objects
            - counts.stuff_left_out,
            "stuff_left_out": counts.stuff_left_out,
        },
        "filters": asdict(wanted),
        "splits": dict(report.splits),
        "findings_by_code": dict(report.findings.counts),
        "findings": [asdict(finding) for finding in report.findings.kept[:NAMED_FINDINGS]],
        "verification": proof,
    }


def _keep(job: Job, claim: Claim, archive: Path, report: dict[str, Any]) -> None:
    digest, size = _sha256(archive), archive.stat().st_size
    with archive.open("rb") as file:
        key = default_storage.save(f"exports/{digest[:2]}/{digest}-{job.pk}.zip", File(file))
    name = slugify(job.project.name)[:MAX_SLUG] or f"project-{job.project_id}"
    try:
        with transaction.atomic():
            export = Export.objects.create(
                project=job.project,
                job=job,
                format=job.params["format"],
                options=job.params["options"],
                file_key=key,
                file_name=f"{name}-{job.params['format']}.zip",
                size_bytes=size,
                sha256=digest,
                report=report,
                created_by=job.created_by,
            )
            finish_item(claim=claim, result={"export": export.pk, "counts": report["counts"]})
    except BaseException:
        default_storage.delete(key)
        raise


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
