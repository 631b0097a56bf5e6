"""Writes of images: take an upload in, edit, delete for 30 days, restore.

The file comes before the row: a crash in between leaves an orphan that is collected later, never
a row without its picture.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from projects.errors import Conflict, InvalidInput, NotFound, TooLarge
from projects.models import Image, Membership, Project, Split, User
from projects.pictures.types import BadPicture, Ingested
from projects.policy import Action, require
from projects.selectors.clock import database_now
from projects.services import decoders
from projects.services.image_names import image_name
from projects.services.numbers import reserve_numbers
from projects.services.projects import KEPT_DAYS
from projects.signals import image_stored
from projects.storage import check_room, put_blob

CHUNK_BYTES = 1 << 20


class Upload(Protocol):
    """Django's uploads and open binary files alike."""

    def read(self, size: int = ..., /) -> bytes:
        """Give the next bytes, none at the end."""

    def seek(self, offset: int, /) -> int:
        """Go to a place."""


def store_image(
    *, project: Project, file: Upload, name: str, split: str = "", user: User
) -> tuple[Image, bool]:
    """Take an upload in; the same bytes twice in a project are one image.

    Args:
        project: Where it goes.
        file: The upload; only its bytes count.
        name: What people will read; see ``image_names``.
        split: train, val, test, or "" for none.
        user: Who uploads.

    Returns:
        The image, and whether it is new; if not, the earlier one with its own name and split.

    Raises:
        Forbidden: If the user's role does not allow it.
        BadPicture: If it is no whole picture; the message begins with the name.
        TooManyPixels: If it is larger than allowed.
        TooLarge: If the file is larger than allowed, or the project is full.
        InsufficientStorage: If the disk has no room beside its reserve.
    """
    require(user=user, project=project, action=Action.UPLOAD)
    columns: dict[str, Any] = {"name": image_name(name), "split": _clean_split(split)}
    with _on_disk(file) as path, _naming(columns["name"]):
        check_room(path.stat().st_size)
        earlier = _same_bytes(project, _sha256(path))
        if earlier:
            return earlier, False
        _check_count(project)  # early, so that nobody waits for a decoder to hear it
        stored = decoders.pool().ingest(path, Path(settings.TEMP_DIR), decoders.limits())
    try:
        put_blob(stored.stored_path, stored.sha256)
    except BaseException:
        stored.stored_path.unlink(missing_ok=True)
        raise
    return _create_image(project=project, stored=stored, columns=columns | {"created_by": user})


@transaction.atomic
def update_image(*, user: User, image: Image, changes: Mapping[str, Any]) -> Image:
    """Change any of name, split and assignee (a user or None).

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If a field breaks its rule, or the assignee is no member.
    """
    require(user=user, project=image.project, action=Action.EDIT_IMAGES)
    for field, value in changes.items():
        setattr(image, field, _CLEANED[field](image, value))
    if changes:
        image.save(update_fields=[*changes])
    return image


@transaction.atomic
def delete_image(*, user: User, image: Image) -> None:
    """Take the image out of sight; leads can restore it for 30 days.

    Raises:
        Forbidden: If the user's role does not allow it.
    """
    require(user=user, project=image.project, action=Action.DELETE_IMAGES)
    Image.objects.filter(pk=image.pk, deleted_at__isnull=True).update(deleted_at=Now())


@transaction.atomic
def restore_image(*, user: User, image: Image) -> Image:
    """Bring a deleted image back with all its annotations; one that is not deleted stays.

    Raises:
        Forbidden: If the user's role does not allow it.
        NotFound: If its 30 days are over.
        Conflict: If the same bytes were uploaded again since.
        TooLarge: If the project is full.
    """
    require(user=user, project=image.project, action=Action.DELETE_IMAGES)
    if image.deleted_at is None:
        return image
    if image.deleted_at < database_now() - timedelta(days=KEPT_DAYS):
        raise NotFound("There is no such image.")
    _check_count(_locked(image.project_id))
    try:
        with transaction.atomic():
            Image.objects.filter(pk=image.pk).update(deleted_at=None)
    except IntegrityError as error:
        raise Conflict(
            f"{image.name} was uploaded again after it was deleted; delete that one first.",
            "image_exists",
        ) from error
    image.refresh_from_db()
    return image


@transaction.atomic
def _create_image(
    *, project: Project, stored: Ingested, columns: Mapping[str, Any]
) -> tuple[Image, bool]:
    locked = _locked(project.pk)
    earlier = _same_bytes(locked, stored.upload_sha256)
    if earlier:
        return earlier, False
    _check_count(locked)
    image = Image.objects.create(
        project=project,
        number=reserve_numbers(project_id=project.pk, counter="next_image_number"),
        upload_sha256=stored.upload_sha256,
        sha256=stored.sha256,
        mime=stored.mime,
        size_bytes=stored.size_bytes,
        width=stored.size_hw[1],
        height=stored.size_hw[0],
        orientation=stored.orientation,
        turned=stored.turned,
        **columns,
    )
    tell = partial(image_stored.send, sender=Image, image_id=image.pk)
    transaction.on_commit(tell, robust=True)  # the image is stored, whoever stumbles over the news
    return image, True


def _locked(project_id: int) -> Project:
    """The project's row, held until the transaction ends, so that counts and twins are exact."""
    rows = Project.objects.select_for_update().filter(pk=project_id, deleted_at__isnull=True)
    project = rows.first()
    if project is None:
        raise NotFound("There is no such project.")
    return project


def _same_bytes(project: Project, upload_sha256: str) -> Image | None:
    rows = Image.objects.filter(
        project=project, upload_sha256=upload_sha256, deleted_at__isnull=True
    )
    return rows.first()


def _check_count(project: Project) -> None:
    most = settings.MAX_IMAGES_PER_PROJECT
    count = Image.objects.filter(project=project, deleted_at__isnull=True).count()
    if count >= most:
        raise TooLarge(
            f"The project has {count:,} images; {most:,} are the most it may have.",
            "too_many_images",
            limit=most,
        )


@contextmanager
def _on_disk(file: Upload) -> Iterator[Path]:
    """The upload as a file for a decoding child; what comes in memory is copied for as long."""
    if isinstance(file, TemporaryUploadedFile):
        yield Path(file.temporary_file_path())
        return
    most = settings.MAX_IMAGE_BYTES
    with tempfile.NamedTemporaryFile(dir=settings.TEMP_DIR, prefix="upload-") as copy:
        file.seek(0)
        while copy.tell() <= most and (chunk := file.read(CHUNK_BYTES)):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Puts the file's name before what is wrong with the file."""
    try:
        yield
    except (BadPicture, TooLarge) as error:
        raise type(error)(f"{name}: {error.message}", error.code, **error.facts) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _clean_split(value: object) -> str:
    if value not in Split.values:
        raise InvalidInput(
            f"The split is {value!r}; train, val, test or nothing is expected.", "split"
        )
    return str(value)


def _clean_assignee(image: Image, value: User | None) -> User | None:
    if value is None or Membership.objects.filter(project=image.project_id, user=value).exists():
        return value
    raise InvalidInput("The assignee is no member of this project.", "assignee")


_CLEANED: dict[str, Callable[[Image, Any], Any]] = {
    "name": lambda _, value: image_name(str(value)),
    "split": lambda _, value: _clean_split(value),
    "assignee": _clean_assignee,
}
