"""Imports: an upload becomes annotations or pre-labels, all of it or nothing.

The file is read and judged whole before the first row is written. Rows come in short transactions,
each with an id that follows from its content, so that a repeat finds what is there; an import that
is cancelled or fails takes its rows back (``undo_import``).
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from projects.errors import InvalidInput
from projects.formats import registry
from projects.masks.types import Rle
from projects.models import (
    Annotation,
    AnnotationState,
    Image,
    ImageStatus,
    Job,
    Label,
    Project,
    Revision,
    Source,
    User,
)
from projects.models.purge import purging
from projects.models.states import OPEN_JOB_STATES
from projects.policy import Action, require
from projects.services.claims import fail_item, finish_item, heartbeat, report_progress
from projects.services.import_reading import Reading, read_upload
from projects.services.job_kinds import Claim
from projects.services.jobs import create_job
from projects.services.labels import LabelDraft, write_labels
from projects.services.revisions import ObjectState, create_annotations
from projects.storage import check_room

KIND = "import"
ANNOTATIONS = "annotations"
PRELABELS = "prelabels"
CAUSE = "import"
IMPORTED_IDS = UUID(
    "3d0f6b2c-6f0c-4f3e-9c53-0d7d1f6a9b11"
)  # the namespace of imported objects' ids
OBJECTS_PER_BATCH = 200  # a batch is one transaction of a quarter second; others write in between
IDS_PER_STATEMENT = 5000
COPIES_ON_DISK = 3  # the upload, the worker's copy, the objects read from it

_STATES = {ANNOTATIONS: AnnotationState.CONFIRMED, PRELABELS: AnnotationState.SUGGESTED}


def start_import(
    *,
    user: User,
    project: Project,
    file: File[bytes],
    format_name: str,
    as_word: str,
    dry_run: bool,
) -> Job:
    """A job that imports the file, or only reports on it, to ring for after the commit.

    Args:
        user: Who imports.
        project: Whose images the objects belong to.
        file: The upload.
        format_name: One of the registry's that can be read.
        as_word: ``annotations`` (confirmed) or ``prelabels`` (suggestions); an object that has
            only a box is a suggestion either way, since a rectangle is not its mask.
        dry_run: Read and report, write nothing.

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If the format cannot be read or ``as_word`` means nothing.
        InsufficientStorage: If the disk has no room beside its reserve.
        TooManyRequests: If an import of the project is open.
    """
    require(user=user, project=project, action=Action.IMPORT)
    registry.load_reader(format_name)
    if as_word not in _STATES:
        raise InvalidInput(f"as is {as_word[:40]!r}; known are {', '.join(_STATES)}.", "bad_as")
    check_room(file.size * COPIES_ON_DISK)
    _forget_ended(project)
    key = default_storage.save(f"imports/{uuid4().hex}", file)
    params = {"format": format_name, "as": as_word, "dry_run": dry_run, "file": key}
    try:
        return create_job(project=project, kind=KIND, params=params, user=user)
    except BaseException:
        default_storage.delete(key)
        raise


def _forget_ended(project: Project) -> None:
    """Remove the uploads of earlier imports; until now they could be tried again."""
    ended = Job.objects.filter(project=project, kind=KIND).exclude(state__in=OPEN_JOB_STATES)
    for key in ended.filter(params__has_key="file").values_list("params__file", flat=True):
        default_storage.delete(key)


def run_import(*, claim: Claim) -> None:
    """Read, judge, and write the upload; a lost claim ends it."""
    job = Job.objects.select_related("project", "created_by").get(pk=claim.job_id)
    folder = _workplace(claim)
    try:
        path = _fetched(job.params["file"], folder)
        reading = read_upload(
            path=path,
            format_name=job.params["format"],
            project=job.project,
            folder=folder,
            alive=lambda: heartbeat(claim=claim),
        )
        _judge(job, reading, claim)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _judge(job: Job, reading: Reading, claim: Claim) -> None:
    report = _report(job, reading)
    if job.params["dry_run"]:
        finish_item(claim=claim, result={"report": report})
    elif not reading.is_sound:
        problems = reading.facts["errors"]
        reason = f"{problems} problems in the file; nothing was imported"
        fail_item(claim=claim, reason=reason, result={"report": report})
    else:
        labels = _labels(job, reading, claim)
        _write(job, reading, labels, claim)
        report["written"] = _untouched(job).count()
        report["already_there"] = reading.facts["objects"] - report["written"]
        finish_item(claim=claim, result={"report": report})
    if job.params["dry_run"] or reading.is_sound:
        default_storage.delete(job.params["file"])


def _workplace(claim: Claim) -> Path:
    for old in Path(settings.TEMP_DIR).glob(f"import-{claim.job_id}-*"):
        shutil.rmtree(old, ignore_errors=True)
    folder = Path(settings.TEMP_DIR) / f"import-{claim.job_id}-{claim.token}"
    folder.mkdir()
    return folder


def _fetched(key: str, folder: Path) -> Path:
    """The upload as a local file."""
    try:
        source: IO[bytes] = default_storage.open(key)
    except FileNotFoundError as error:
        raise InvalidInput("The uploaded file is gone; upload it again.", "upload_gone") from error
    path = folder / "upload"
    with source, path.open("wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
    return path


def _report(job: Job, reading: Reading) -> dict[str, Any]:
    present = _names_of(job.project)
    names = [category["name"] for category in reading.facts["categories"]]
    return {
        **{name: value for name, value in reading.facts.items() if name != "categories"},
        "format": job.params["format"],
        "as": job.params["as"],
        "dry_run": job.params["dry_run"],
        "labels": {
            "existing": sorted(name for name in names if name.casefold() in present),
            "created": sorted(name for name in names if name.casefold() not in present),
        },
        "written": 0,
        "already_there": 0,
    }


def _names_of(project: Project) -> dict[str, Label]:
    return {label.name.casefold(): label for label in Label.objects.filter(project=project)}


@transaction.atomic
def _labels(job: Job, reading: Reading, claim: Claim) -> dict[str, int]:
    """The label of each category by its name; those that the project lacks are made."""
    heartbeat(claim=claim)
    present = _names_of(job.project)
    drafts = {
        category["name"].casefold(): _draft(category)
        for category in reading.facts["categories"]
        if category["name"].casefold() not in present
    }
    made = write_labels(project=job.project, drafts=list(drafts.values()))
    created = [label.pk for label in made]
    if created:
        Job.objects.filter(pk=job.pk).update(result={"labels_created": created})
    present |= dict(zip(drafts, made, strict=True))
    names = [category["name"] for category in reading.facts["categories"]]
    return {name: present[name.casefold()].pk for name in names}


def _draft(category: Mapping[str, Any]) -> LabelDraft:
    return LabelDraft(
        name=category["name"],
        is_thing=category["is_thing"],
        supercategory=category["supercategory"],
    )


def _write(job: Job, reading: Reading, labels: Mapping[str, int], claim: Claim) -> None:
    total, done = reading.facts["objects"], 0
    for batch in reading.batches(OBJECTS_PER_BATCH):
        with transaction.atomic():
            report_progress(claim=claim, done=done, total=total)
            _write_batch(job, batch, labels)
        done += len(batch)
    report_progress(claim=claim, done=done, total=total)


def _write_batch(job: Job, batch: Sequence[Mapping[str, Any]], labels: Mapping[str, int]) -> None:
    images = _held({entry["image"] for entry in batch})
    by_image: dict[int, list[tuple[UUID, ObjectState]]] = defaultdict(list)
    for entry in batch:
        image = images[entry["image"]]
        state = _state(job, entry, image, labels[entry["category"]])
        by_image[image.pk].append((_object_id(job, entry), state))
    for image_id, entries in sorted(by_image.items()):
        _write_image(job, images[image_id], entries)


def _held(ids: Collection[int]) -> dict[int, Image]:
    """The images with their rows locked, all before the first object takes the project's counter.

    A save holds its image while it waits for the counter: an import that held the counter and then
    asked for that image would wait in a circle with it.
    """
    rows = Image.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {image.pk: image for image in rows}


def _write_image(job: Job, image: Image, entries: Sequence[tuple[UUID, ObjectState]]) -> None:
    ids = [uuid for uuid, _ in entries]
    there = Annotation.objects.filter(image=image, uuid__in=ids).values_list("uuid", flat=True)
    known = set(there)
    fresh = [entry for entry in entries if entry[0] not in known]
    mark = _mark(job)
    create_annotations(
        image=image,
        entries=fresh,
        author=job.created_by,
        cause=CAUSE,
        change_ids={uuid: (mark, "") for uuid, _ in fresh},
    )
    is_work = any(state.state == AnnotationState.CONFIRMED for _, state in entries)
    Image.objects.filter(pk=image.pk, status=ImageStatus.NEW).update(
        status=ImageStatus.IN_PROGRESS if is_work else ImageStatus.PRELABELLED
    )


def _object_id(job: Job, entry: Mapping[str, Any]) -> UUID:
    """The id that the same object of the same picture has in every import of this kind."""
    facts = (
        job.project_id,
        job.params["as"],
        *(entry[name] for name in ("image", "category", "counts", "copy")),
    )
    return uuid5(IMPORTED_IDS, "|".join(map(str, facts)))


def _mark(job: Job) -> UUID:
    """What the revisions of one import carry, so that it can take them back."""
    return uuid5(IMPORTED_IDS, f"job {job.pk}")


def _state(job: Job, entry: Mapping[str, Any], image: Image, label_id: int) -> ObjectState:
    return ObjectState(
        rle=Rle(image.size_hw, entry["counts"]),
        label_id=label_id,
        state=AnnotationState.SUGGESTED if entry["is_box"] else _STATES[job.params["as"]],
        source=Source.IMPORT,
        z=entry["z"],
        iscrowd=entry["iscrowd"],
        attributes=entry["attributes"],
        score=entry["score"],
    )


def _untouched(job: Job) -> QuerySet[Annotation]:
    """What the import has written and nobody has touched since."""
    first_word = Revision.objects.filter(
        pk=OuterRef("current_id"), number=1, change_id=_mark(job), cause=CAUSE
    )
    images = Image.objects.filter(project_id=job.project_id).values("pk")
    rows = Annotation.objects.filter(image__in=images, source=Source.IMPORT)
    return rows.filter(Exists(first_word))


@transaction.atomic
def undo_import(*, job_id: int) -> None:
    """Take back what a cancelled or failed import has written and nobody has touched since."""
    job = Job.objects.get(pk=job_id)
    doomed = _untouched(job)
    seen = set(doomed.values_list("pk", flat=True))
    with purging():
        doomed._raw_delete(using=connection.alias)  # noqa: SLF001 - one statement, no cascade
        for ids in _batched(seen):
            spared = set(Annotation.objects.filter(pk__in=ids).values_list("pk", flat=True))
            orphans = Revision.objects.filter(annotation_id__in=set(ids) - spared)
            orphans._raw_delete(using=connection.alias)  # noqa: SLF001
    _drop_unused_labels(job)


def _batched(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(sorted(ids))
    while part := list(islice(rest, IDS_PER_STATEMENT)):
        yield part


def _drop_unused_labels(job: Job) -> None:
    made = job.result.get("labels_created", [])
    used = Revision.objects.filter(label_id=OuterRef("pk"))
    Label.objects.filter(~Exists(used), pk__in=made, project_id=job.project_id).delete()
