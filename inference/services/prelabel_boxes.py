"""Pre-labelling by boxes: each is a prompt, and its answer the mask of what it holds.

Boxes come with the job, or are those of imported objects that have no mask yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import Exists, OuterRef, QuerySet

from inference.scoring.uncertainty import shaken_boxes
from inference.segmenters.box_prompts import predict_boxes
from inference.segmenters.closer_look import region_around
from inference.segmenters.prompts import checked_box
from inference.segmenters.protocol import Box, Embedding, ImageRgb, Segmenter
from inference.segmenters.region import box_within, placed
from inference.segmenters.tidying import rle_of
from inference.services.doubts import answers_cheaply, doubts_among
from inference.services.prelabel_modes import BOXES, Settings, labels_in_use
from inference.services.suggested_states import suggested_state
from projects.errors import InvalidInput, Unprocessable
from projects.masks.rle import area, from_bitmap
from projects.models import Annotation, Image, Project
from projects.services.rectangles import rectangles
from projects.services.revisions import ObjectState, current_of

MAX_BOXES = 2000  # in one job
MAX_BOXES_AN_IMAGE = 200


@dataclass(frozen=True, slots=True)
class GivenBox:
    """A box that comes with a job.

    Attributes:
        image: The id of an image.
        box_xyxy: Untrusted: x0, y0, x1, y1 in its pixels.
        label: The id of a label of the project's, or None.
    """

    image: int
    box_xyxy: Sequence[float]
    label: int | None


def with_rectangles(images: QuerySet[Image]) -> QuerySet[Image]:
    """Those of the images that have imported boxes without a mask."""
    return images.filter(Exists(rectangles().filter(image=OuterRef("pk"))))


def kept_boxes(
    *, project: Project, images: QuerySet[Image], came: Sequence[GivenBox]
) -> dict[str, list[list[float | int | None]]]:
    """What a job keeps of boxes that came with it: x0, y0, x1, y1 and label, by id of the image.

    Args:
        project: Whose labels are meant.
        images: Where boxes may lie.
        came: Untrusted in every field.

    Raises:
        Unprocessable: If a box is malformed, lies outside of its image, or has an image or a label
            that is not meant; or if there are none or too many.
    """
    _check_counts(came)
    sizes = {image.pk: image.size_hw for image in images.filter(pk__in={one.image for one in came})}
    labels = {label.pk for label in labels_in_use(project)}
    kept: dict[str, list[list[float | int | None]]] = {}
    for place, one in enumerate(came):
        box = _checked(f"boxes[{place}]", one, sizes, labels)
        kept.setdefault(str(one.image), []).append([*box, one.label])
    return kept


def _check_counts(came: Sequence[GivenBox]) -> None:
    if not came:
        raise Unprocessable(
            "boxes is empty; give at least one, or leave it out for imported boxes.", "no_boxes"
        )
    if len(came) > MAX_BOXES:
        raise Unprocessable(
            f"{len(came)} boxes are too many; a job takes {MAX_BOXES}.",
            "too_many_boxes",
            limit=MAX_BOXES,
        )
    image, most = Counter(one.image for one in came).most_common(1)[0]
    if most > MAX_BOXES_AN_IMAGE:
        raise Unprocessable(
            f"{most} boxes on image {image} are too many; an image takes {MAX_BOXES_AN_IMAGE}.",
            "too_many_boxes",
            limit=MAX_BOXES_AN_IMAGE,
        )


def _checked(
    where: str, one: GivenBox, sizes: Mapping[int, tuple[int, int]], labels: set[int]
) -> Box:
    if one.image not in sizes:
        raise Unprocessable(
            f"{where}: {one.image} is none of the project's images that can be pre-labelled.",
            "unknown_image",
        )
    if one.label is not None and one.label not in labels:
        raise Unprocessable(
            f"{where}: this project has no label {one.label} in use.", "unknown_label"
        )
    numbers = [float(number) for number in one.box_xyxy]
    if len(numbers) != 4:  # noqa: PLR2004 x0, y0, x1, y1
        raise Unprocessable(
            f"{where}: a box is four numbers, x0, y0, x1, y1; got {len(numbers)}.", "box_shape"
        )
    try:
        return checked_box((numbers[0], numbers[1], numbers[2], numbers[3]), sizes[one.image])
    except InvalidInput as error:
        raise Unprocessable(f"{where}: {error.message}", error.code) from error


def given_on(image: Image, params: Mapping[str, object]) -> list[tuple[Box, int | None]]:
    """The boxes that came with a job for an image, and their labels; those gone by now are none."""
    kept = params.get(BOXES)
    known = {label.pk for label in labels_in_use(image.project)}
    return [
        ((x0, y0, x1, y1), label if label in known else None)
        for x0, y0, x1, y1, label in (kept.get(str(image.pk), []) if isinstance(kept, dict) else [])
    ]


def settings_on(image: Image, params: Mapping[str, object]) -> Settings:
    """The job's settings as far as they are about an image: a repeat gives the same ids again."""
    kept = params.get(BOXES)
    if not isinstance(kept, dict):
        return dict(params)
    return {**params, BOXES: kept.get(str(image.pk), [])}


def masks_of_rectangles(
    *,
    image: Image,
    segmenter: Segmenter,
    embedding: Embedding,
    pixels: ImageRgb,
    beat: Callable[[], None],
) -> dict[int, ObjectState]:
    """What the image's rectangles become, by id; those that the model sees nothing in are absent.

    Label, attributes, layer and the mark of a crowd stay as they are.
    """
    rows = list(rectangles().filter(image=image).select_related("current"))
    boxes = [_box_of(row) for row in rows]
    found = masks_of(boxes, segmenter=segmenter, embedding=embedding, pixels=pixels, beat=beat)
    return {
        row.pk: replace(
            state,
            label_id=row.label_id,
            attributes=current_of(row).attributes,
            z=current_of(row).z,
            iscrowd=current_of(row).iscrowd,
        )
        for row, state in zip(rows, found, strict=True)
        if state is not None
    }


def _box_of(row: Annotation) -> Box:
    x, y = float(row.bbox_x), float(row.bbox_y)
    return (x, y, x + row.bbox_w, y + row.bbox_h)


def masks_of(
    boxes_xyxy: Sequence[Box],
    *,
    segmenter: Segmenter,
    embedding: Embedding,
    pixels: ImageRgb,
    beat: Callable[[], None],
) -> Iterator[ObjectState | None]:
    """The suggestion that each box gives, None where the model sees nothing.

    Where prompts are cheap, each box is asked with the three that other hands would have drawn, all
    of them together. What is small is looked at closer where the segmenter does that.

    Args:
        boxes_xyxy: On one image, checked.
        segmenter: Loaded.
        embedding: The image's.
        pixels: The image's, uint8, HxWx3.
        beat: Called after each box.
    """
    cheap = answers_cheaply(segmenter)
    asked = [[box, *shaken_boxes(box, embedding.size_hw)] if cheap else [box] for box in boxes_xyxy]
    regions = [region_around(segmenter, box, embedding.size_hw) for box in boxes_xyxy]
    flat = [box for some, region in zip(asked, regions, strict=True) if not region for box in some]
    seen_whole = predict_boxes(segmenter, embedding, flat)
    for some, region in zip(asked, regions, strict=True):
        if region is None:
            candidate, *shaken = islice(seen_whole, len(some))
            rle = rle_of(candidate)
        else:
            part = segmenter.embed(region.crop(pixels))
            within = [box for box in (box_within(box, region) for box in some) if box]
            candidate, *shaken = predict_boxes(segmenter, part, within)
            rle = from_bitmap(placed(candidate.mask, region, embedding.size_hw))
        beat()
        if not area(rle):
            yield None
            continue
        yield suggested_state(
            candidate=candidate,
            rle=rle,
            doubts=doubts_among(candidate, shaken),
            segmenter=segmenter,
            label=None,
        )
