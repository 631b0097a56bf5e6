"""Segmenters over HTTP."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.api.shapes import SegmenterList
from inference.services.decoders import decoder_file, version_of
from inference.services.segmenters import described, info_of
from projects.errors import NotFound, Unavailable


class Segmenters(APIView):
    """What can segment here."""

    @extend_schema(responses=SegmenterList)
    def get(self, _request: Request) -> Response:
        """List every segmenter that is known, installed or not."""
        facts = {"results": described(), "next": None, "previous": None}
        return Response(SegmenterList(facts).data)


class SegmenterDecoder(APIView):
    """A segmenter's decoder for browsers."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 304: None})
    def get(self, request: Request, name: str) -> HttpResponseBase:
        """Give the ONNX file; 503 until a worker has loaded the segmenter."""
        info = info_of(name=name)
        path = decoder_file(name=name) if info.browser_decoder else None
        if not info.browser_decoder:
            raise NotFound(f"{name} has no decoder for browsers.", "no_decoder")
        if path is None:
            raise Unavailable(
                info.why_not or f"The decoder of {name} is written when a worker loads it.",
                "decoder_missing",
            )
        etag = f'"{name}-{version_of(name=name)}"'
        headers = {"ETag": etag, "Cache-Control": "private, max-age=86400"}
        if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
            return HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return FileResponse(
            path.open("rb"), content_type="application/octet-stream", headers=headers
        )
