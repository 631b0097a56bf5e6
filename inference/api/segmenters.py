"""Segmenters over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.api.shapes import SegmenterList
from inference.services.segmenters import described


class Segmenters(APIView):
    """What can segment here."""

    @extend_schema(responses=SegmenterList)
    def get(self, _request: Request) -> Response:
        """List every segmenter that is known, installed or not."""
        facts = {"results": described(), "next": None, "previous": None}
        return Response(SegmenterList(facts).data)
