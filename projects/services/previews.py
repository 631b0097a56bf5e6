"""Small copies of pictures for lists, made when first asked for and kept until they are old.

A preview's name holds the hash of what it shows, so that a kept one is never out of date.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from django.db.models import F

from projects.errors import InvalidInput
from projects.masks.rle import runs
from projects.masks.types import Rle
from projects.models import AnnotationState, Image, Revision
from projects.pictures.types import Overlay
from projects.services import decoders
from projects.services.palette import PALETTE
from projects.storage import blob_path, cache_path, check_room

SIZES = (128, 256, 512, 1024, 2048)  # few, so that the cache stays small
ROOM_BYTES = 4 << 20  # more than the largest preview takes
SHOWN = (AnnotationState.CONFIRMED, AnnotationState.SUGGESTED)
KEPT_SECONDS = 30 * 24 * 3600


def preview_path(*, image: Image, size: int, overlay: bool = False) -> Path:
    """A JPEG of the image that fits into ``size`` x ``size``, rounded up to one of ``SIZES``.

    Args:
        image: What to show.
        size: Longest side in pixels.
        overlay: Whether its current masks are painted over it, in the colours of their labels.

    Raises:
        InvalidInput: If the size is not 1..2048.
        NotFound: If the stored picture is missing.
        InsufficientStorage: If the disk has no room beside its reserve.
    """
    side = _side(size)
    revisions = _shown(image) if overlay else []
    target = _cached(image, side, revisions)
    if not target.exists():
        check_room(ROOM_BYTES)
        masks = [_overlay(revision, image.size_hw) for revision in revisions]
        decoders.pool().preview(blob_path(image.sha256), target, side, masks)
    return target


def trim_previews(*, older_than_seconds: float = KEPT_SECONDS) -> int:
    """Removes previews that were made long ago, most of all of masks that changed since.

    Returns:
        How many went.
    """
    limit = time.time() - older_than_seconds
    gone = 0
    for path in cache_path("previews").glob("*/*.jpg"):
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _side(size: int) -> int:
    if size < 1 or size > SIZES[-1]:
        raise InvalidInput(f"The size is {size}; 1 to {SIZES[-1]} is expected.", "size")
    return next(side for side in SIZES if side >= size)


def _shown(image: Image) -> list[Revision]:
    """The masks in the order of painting."""
    rows = Revision.objects.filter(
        annotation__image=image, pk=F("annotation__current_id"), state__in=SHOWN
    )
    return list(rows.select_related("label").order_by("z", "annotation__number"))


def _cached(image: Image, side: int, revisions: list[Revision]) -> Path:
    shown = [(revision.pk, _color(revision)) for revision in revisions]
    masks = f"-{hashlib.sha256(repr(shown).encode()).hexdigest()[:32]}" if shown else ""
    return cache_path("previews", image.sha256[:2], f"{image.sha256}-{side}{masks}.jpg")


def _overlay(revision: Revision, size_hw: tuple[int, int]) -> Overlay:
    """What a person confirmed is filled; a suggestion is an outline and leaves the picture be."""
    lengths = tuple(runs(Rle(size_hw, revision.counts)).tolist())
    return Overlay(lengths, _color(revision), revision.state == AnnotationState.CONFIRMED)


def _color(revision: Revision) -> tuple[int, int, int]:
    """The label's colour, else one of the palette, by the mask, so that neighbours differ."""
    color = revision.label.color if revision.label else PALETTE[_spread(revision) % len(PALETTE)]
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def _spread(revision: Revision) -> int:
    return hashlib.sha256(revision.counts.encode()).digest()[0]
