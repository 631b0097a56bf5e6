"""The decoding children that the processes of this application share, one pool a process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from projects.pictures.pool import DecodePool
from projects.pictures.types import MOST_PIXELS, Limits

CHILDREN = 2
SECONDS = 10.0  # a picture; a photograph of 100 megapixels takes about 4 s
SECONDS_PER_MEGAPIXEL = 0.25  # where the setting allows more than that
# Measured at 100 megapixels: 8 bytes a pixel while a picture is turned, 4 else; decoders of
# progressive JPEG and WebP add up to 8. Beside that the upload, its clean copy, and Python.
BYTES_PER_PIXEL = 16
BYTES_BESIDE = 256 << 20


def limits() -> Limits:
    """How large an upload may be, by the settings."""
    return Limits(
        max_bytes=settings.MAX_IMAGE_BYTES,
        max_pixels=min(settings.MAX_IMAGE_PIXELS, MOST_PIXELS),
    )


@cache
def pool() -> DecodePool:
    """This process's pool; its children start with the first picture."""
    largest = limits()
    memory = BYTES_PER_PIXEL * largest.max_pixels + 3 * largest.max_bytes + BYTES_BESIDE
    seconds = max(SECONDS, SECONDS_PER_MEGAPIXEL * largest.max_pixels / 10**6)
    return DecodePool(size=CHILDREN, memory_bytes=memory, seconds=seconds)
