"""The pixels of images: as stored, small copies of them, and pieces of large ones."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.http import FileResponse, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags, quote_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.errors import InvalidInput
from projects.models import Image
from projects.pictures.tiles import MIME
from projects.selectors.images import get_image_even_deleted
from projects.services.previews import preview_path
from projects.services.tiles import tile_of
from projects.storage import open_blob

SANDBOX = "default-src 'none'; sandbox"
FOR_EVER = "private, max-age=31536000, immutable"
ASK_FIRST = "private, no-cache"  # masks change; the tag tells whether the copy still holds
DEFAULT_PREVIEW = "256"
_MAX_DIGITS = 5


class ImageFile(APIView):
    """The stored picture."""

    @extend_schema(operation_id="images_file", responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, image_id: int) -> HttpResponseBase:
        """Give the pixels as they are stored; what they show never changes."""
        image = get_image_even_deleted(user=caller(request), image_id=image_id)
        tag = quote_etag(image.sha256)
        response = _unchanged(request, tag) or FileResponse(
            open_blob(image.sha256), content_type=image.mime
        )
        return _guarded(response, image=image, tag=tag, mime=image.mime, cache=FOR_EVER)


class ImagePreview(APIView):
    """A small copy."""

    @extend_schema(
        operation_id="images_preview",
        parameters=[
            OpenApiParameter("size", int, description="The longest side in pixels, to 2048."),
            OpenApiParameter("overlay", enum=["0", "1"], description="1: with the masks."),
        ],
        responses={(200, "image/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, image_id: int) -> HttpResponseBase:
        """Give a copy that fits into a square, with or without the masks on it."""
        image = get_image_even_deleted(user=caller(request), image_id=image_id)
        size, overlay = _wanted(request)
        path = preview_path(image=image, size=size, overlay=overlay)
        mime = mimetypes.guess_type(path)[0] or "application/octet-stream"
        tag = quote_etag(path.stem)
        response = _unchanged(request, tag) or _opened(path, mime)
        cache = ASK_FIRST if overlay else FOR_EVER
        return _guarded(response, image=image, tag=tag, mime=mime, cache=cache)


class ImageTile(APIView):
    """A piece of a large image at one of its sizes."""

    @extend_schema(operation_id="images_tile", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(
        self, request: Request, image_id: int, level: int, row: int, column: int
    ) -> HttpResponseBase:
        """Give one tile; 503 with Retry-After while another request makes the image's tiles."""
        image = get_image_even_deleted(user=caller(request), image_id=image_id)
        tag = quote_etag(f"{image.sha256[:32]}-{level}-{row}-{column}")
        response = _unchanged(request, tag) or HttpResponse(
            tile_of(image=image, level=level, row=row, column=column), content_type=MIME
        )
        return _guarded(response, image=image, tag=tag, mime=MIME, cache=FOR_EVER)


def _wanted(request: Request) -> tuple[int, bool]:
    size = request.query_params.get("size", DEFAULT_PREVIEW)
    overlay = request.query_params.get("overlay", "0")
    if not (size.isascii() and size.isdigit()) or len(size) > _MAX_DIGITS:
        raise InvalidInput(f"size is {size[:40]!a}; expected pixels.", code="size")
    if overlay not in {"0", "1"}:
        raise InvalidInput(f"overlay is {overlay[:40]!a}; expected 0 or 1.", code="bad_overlay")
    return int(size), overlay == "1"


def _unchanged(request: Request, tag: str) -> HttpResponse | None:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if tag in {one.removeprefix("W/") for one in known}:
        return HttpResponseNotModified()
    return None


def _opened(path: Path, mime: str) -> FileResponse:
    return FileResponse(path.open("rb"), content_type=mime)


def _guarded(
    response: HttpResponseBase, *, image: Image, tag: str, mime: str, cache: str
) -> HttpResponseBase:
    """Let a browser show the bytes and nothing else with them; the name is ours."""
    ending = mimetypes.guess_extension(mime) or ""
    name = f"image-{image.project_id}-{image.number}{ending}"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = cache
    response["ETag"] = tag
    return response
