"""What was over HTTP: of one annotation, of an image, and of an image at one moment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.annotations import MAX_OBJECTS
from projects.api.annotations_serializers import (
    AnnotationSerializer,
    HistorySerializer,
    ImageHistorySerializer,
    annotation_json,
)
from projects.api.caller import caller
from projects.errors import InvalidInput
from projects.models import Image, Revision
from projects.selectors.annotations import annotations_at, revisions_of, revisions_on
from projects.selectors.images import get_image

_MAX_DIGITS = 9


class AnnotationHistory(GenericAPIView[Revision]):
    """Everything that an annotation ever was."""

    queryset = Revision.objects.none()
    serializer_class = HistorySerializer
    orderings = {"-revision": "-number", "revision": "number"}
    query_parameters = frozenset({"revision"})

    @extend_schema(
        operation_id="annotations_history",
        parameters=[OpenApiParameter("revision", int, description="Only this one.")],
        responses=HistorySerializer(many=True),
    )
    def get(self, request: Request, image_id: int, uuid: UUID) -> Response:
        """List the annotation's revisions, newest first."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        rows = revisions_of(user=user, image=image, uuid=uuid)
        number = _number(request, "revision")
        if number is not None:
            rows = rows.filter(number=number)
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([_history_json(one, image) for one in page])


class ImageHistory(GenericAPIView[Revision]):
    """Everything that was done to the annotations of an image."""

    queryset = Revision.objects.none()
    serializer_class = ImageHistorySerializer
    orderings = {"-id": "-pk", "id": "pk"}
    query_parameters = frozenset({"annotation"})

    @extend_schema(
        operation_id="images_history",
        parameters=[
            OpenApiParameter("annotation", OpenApiTypes.UUID, description="Only this one's.")
        ],
        responses=ImageHistorySerializer(many=True),
    )
    def get(self, request: Request, image_id: int) -> Response:
        """List the revisions of all the image's annotations, newest first, without masks."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        rows = revisions_on(user=user, image=image, annotation=_uuid(request, "annotation"))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(ImageHistorySerializer(page, many=True).data)


class ImageMoment(GenericAPIView[Revision]):
    """What lay on an image at an earlier time."""

    queryset = Revision.objects.none()
    serializer_class = AnnotationSerializer
    orderings = {"id": "pk"}
    max_limit = MAX_OBJECTS

    @extend_schema(operation_id="images_moment", responses=AnnotationSerializer(many=True))
    def get(self, request: Request, image_id: int, revision_id: int) -> Response:
        """List the annotations as they were right after a revision of the image's history.

        Deleted ones are listed as well, in the state ``deleted``.
        """
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        rows = annotations_at(user=user, image=image, revision_id=revision_id)
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(
            [annotation_json(one.annotation, one, image) for one in page]
        )


def _uuid(request: Request, name: str) -> UUID | None:
    came = request.query_params.get(name)
    if not came:
        return None
    try:
        return UUID(came)
    except ValueError:
        raise InvalidInput(f"{name} is {came[:60]!a}; expected a UUID.", f"bad_{name}") from None


def _history_json(revision: Revision, image: Image) -> dict[str, Any]:
    shown = annotation_json(revision.annotation, revision, image)
    return shown | {"cause": revision.cause, "change_id": revision.change_id}


def _number(request: Request, name: str) -> int | None:
    came = request.query_params.get(name)
    if came is None:
        return None
    if not (came.isascii() and came.isdigit()) or len(came) > _MAX_DIGITS:
        raise InvalidInput(f"{name} is {came[:60]!a}; expected a number.", f"bad_{name}")
    return int(came)
