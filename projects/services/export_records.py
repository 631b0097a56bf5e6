"""A project as records for the formats: a manifest of revisions first, then their stream.

The manifest is one statement; revisions never change, so what is streamed afterwards is the state
of that moment however much people edit meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Q, QuerySet, Sum

from projects.errors import InvalidInput, sentence
from projects.formats.records import (
    AnnotationRecord,
    CategoryRecord,
    Dataset,
    ImageItem,
    ImageRecord,
)
from projects.masks.types import Rle
from projects.models import (
    Annotation,
    AnnotationState,
    Image,
    ImageStatus,
    ImageTag,
    Label,
    Project,
    Revision,
    Split,
)
from projects.storage import open_blob

CONFIRMED = "confirmed"
SUGGESTED = "suggested"
IMAGES_AT_ONCE = 200
REVISIONS_AT_ONCE = 2000
OBJECT_BYTES = 1500  # of JSON, as measured on photographs; the estimate is for the disk only

_COLUMNS = ("image__number", "number", "current_id", "label_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFilter:
    """What goes into an export; empty lists mean all.

    Attributes:
        include: ``confirmed``, or ``suggested`` for labelled suggestions as well.
        statuses: Images in any of these states.
        splits: Images of any of these splits, "" for none.
    """

    include: str = CONFIRMED
    statuses: Sequence[str] = field(default_factory=tuple)
    splits: Sequence[str] = field(default_factory=tuple)

    def check(self) -> None:
        """Refuse words that mean nothing.

        Raises:
            InvalidInput: Naming the word and those that are known.
        """
        for name, came, known in (
            ("include", [self.include], [CONFIRMED, SUGGESTED]),
            ("status", self.statuses, ImageStatus.values),
            ("split", self.splits, Split.values),
        ):
            unknown = sorted(set(came) - set(known))
            if unknown:
                raise InvalidInput(
                    f"{name} is {unknown[0][:40]!r}; known are {', '.join(map(repr, known))}.",
                    f"bad_{name}",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCounts:
    """What an export would hold, and why it may hold nothing."""

    images: int
    images_without_objects: int
    objects: int
    confirmed: int
    suggested: int
    suggested_without_label: int
    stuff_left_out: int
    image_bytes: int

    @property
    def why_nothing(self) -> str:
        """Why there is no object in it; empty if there is one."""
        if self.objects:
            return ""
        if not self.images:
            return sentence("no image passes the filters")
        if self.stuff_left_out:
            return sentence(
                f"{self.stuff_left_out} objects of stuff labels, and this format holds things"
            )
        if self.suggested:
            return sentence(f"{self.suggested} suggestions, none confirmed")
        return sentence(f"{self.images} images, none has an object")

    def estimated_bytes(self, *, with_images: bool) -> int:
        """About how large the archive and its temporary files become together."""
        return 2 * self.objects * OBJECT_BYTES + (self.image_bytes if with_images else 0)


def images_of_export(*, project: Project, wanted: ExportFilter) -> QuerySet[Image]:
    """The images that pass the filter, in the order of their numbers."""
    images = Image.objects.filter(project=project, deleted_at__isnull=True)
    if wanted.statuses:
        images = images.filter(status__in=wanted.statuses)
    if wanted.splits:
        images = images.filter(split__in=wanted.splits)
    return images.order_by("number")


def _objects(images: QuerySet[Image], include: str) -> QuerySet[Annotation]:
    states = [AnnotationState.CONFIRMED]
    if include == SUGGESTED:
        states.append(AnnotationState.SUGGESTED)
    live = Annotation.objects.filter(image__in=images.order_by(), state__in=states)
    return live.filter(label__isnull=False)


def count_export(
    *, project: Project, wanted: ExportFilter, holds_stuff: bool = True
) -> ExportCounts:
    """Counts for a dialog, without writing anything.

    Args:
        project: Whose images and objects.
        wanted: Which of them.
        holds_stuff: Whether objects of stuff labels go in as well.

    Raises:
        InvalidInput: If the filter holds unknown words.
    """
    wanted.check()
    images = images_of_export(project=project, wanted=wanted)
    size = images.order_by().aggregate(count=Count("pk"), size=Sum("size_bytes"))
    suggested = Q(state=AnnotationState.SUGGESTED)
    live = Annotation.objects.filter(image__in=images.order_by()).aggregate(
        confirmed=Count("pk", filter=Q(state=AnnotationState.CONFIRMED)),
        suggested=Count("pk", filter=suggested),
        unlabelled=Count("pk", filter=suggested & Q(label__isnull=True)),
    )
    objects = _objects(images, wanted.include)
    stuff = 0
    if not holds_stuff:
        stuff = objects.filter(label__is_thing=False).count()
        objects = objects.filter(label__is_thing=True)
    with_objects = objects.values("image").distinct().count()
    return ExportCounts(
        images=size["count"],
        images_without_objects=size["count"] - with_objects,
        objects=objects.count(),
        confirmed=live["confirmed"],
        suggested=live["suggested"],
        suggested_without_label=live["unlabelled"],
        stuff_left_out=stuff,
        image_bytes=size["size"] or 0,
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which images and which revisions an export holds.

    Attributes:
        images: In ascending order of number.
        rows: int64, N x 4: the image's number, the annotation's number, revision id, label id;
            ascending by the first two.
        tags: The words that images carry, by the image's id.
    """

    images: list[Image]
    rows: npt.NDArray[np.int64]
    tags: Mapping[int, Sequence[str]] = field(default_factory=dict)


def take_manifest(*, project: Project, wanted: ExportFilter) -> Manifest:
    """Note the present state; from then on nobody can change what the export holds."""
    chosen = images_of_export(project=project, wanted=wanted)
    objects = _objects(chosen, wanted.include).order_by("image__number", "number")
    columns = objects.values_list(*_COLUMNS).iterator(chunk_size=REVISIONS_AT_ONCE)
    rows = np.fromiter((value for row in columns for value in row), np.int64)
    rows = rows.reshape(-1, len(_COLUMNS))
    images = list(chosen)
    known = np.array([image.number for image in images], np.int64)
    return Manifest(images, rows[np.isin(rows[:, 0], known)], _tags(chosen))


def _tags(images: QuerySet[Image]) -> dict[int, list[str]]:
    rows = ImageTag.objects.filter(image__in=images.order_by()).order_by("tag__name", "tag_id")
    grouped: dict[int, list[str]] = defaultdict(list)
    for image_id, name in rows.values_list("image_id", "tag__name"):
        grouped[image_id].append(name)
    return grouped


def records_of(*, project: Project, manifest: Manifest, each_image: Callable[[], None]) -> Dataset:
    """The manifest as a dataset whose items stream from immutable revisions.

    Args:
        project: Whose name and labels it has.
        manifest: As ``take_manifest`` gave it.
        each_image: Called before each image; what it raises ends the stream.
    """
    used = {int(pk) for pk in np.unique(manifest.rows[:, 3])}
    labels = Label.objects.filter(project=project).order_by("order", "number")
    listed = [label for label in labels if not label.archived or label.pk in used]
    numbers = {label.pk: label.number for label in listed}
    return Dataset(
        name=project.name,
        categories=tuple(_category(label, place) for place, label in enumerate(listed)),
        items=partial(_items, manifest, numbers, each_image),
    )


def _category(label: Label, order: int) -> CategoryRecord:
    red, green, blue = bytes.fromhex(label.color.removeprefix("#"))
    return CategoryRecord(
        id=label.number,
        name=label.name,
        supercategory=label.supercategory,
        is_thing=label.is_thing,
        color=(red, green, blue),
        order=order,
    )


def _items(
    manifest: Manifest, numbers: dict[int, int], each_image: Callable[[], None]
) -> Iterator[ImageItem]:
    starts = np.searchsorted(manifest.rows[:, 0], [image.number for image in manifest.images])
    ends = [*starts[1:], len(manifest.rows)]
    for image, start, end in zip(manifest.images, starts, ends, strict=True):
        each_image()
        rows = manifest.rows[start:end]
        tags = tuple(manifest.tags.get(image.pk, ()))
        yield ImageItem(_image(image, tags), tuple(_annotations(image, rows, numbers)))


def _image(image: Image, tags: tuple[str, ...]) -> ImageRecord:
    return ImageRecord(
        id=image.number,
        file_name=image.name,
        width=image.width,
        height=image.height,
        status=image.status,
        split=image.split,
        mime=image.mime,
        sha256=image.sha256,
        source=lambda: cast("BinaryIO", open_blob(image.sha256)),
        is_turned=image.turned,
        tags=tags,
    )


def _annotations(
    image: Image, rows: npt.NDArray[np.int64], numbers: dict[int, int]
) -> Iterator[AnnotationRecord]:
    for start in range(0, len(rows), REVISIONS_AT_ONCE):
        part = rows[start : start + REVISIONS_AT_ONCE]
        revisions = Revision.objects.in_bulk([int(pk) for pk in part[:, 2]])
        for _, number, revision_id, label_id in part.tolist():
            revision = revisions[revision_id]
            yield AnnotationRecord(
                id=number,
                image_id=image.number,
                category_id=numbers[label_id],
                rle=Rle(image.size_hw, revision.counts),
                iscrowd=revision.iscrowd,
                z=revision.z,
                attributes=revision.attributes,
                score=revision.score,
            )
