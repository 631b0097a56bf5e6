"""Annotations over HTTP: lists, single objects under If-Match, many changes at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.annotations_serializers import (
    AnnotationSerializer,
    PutInput,
    RestoreInput,
    annotation_json,
    current_json,
)
from projects.api.caller import caller
from projects.api.preconditions import base_revision, change_id, etag, optional_base
from projects.errors import InvalidInput, PreconditionMissing, StaleRevision
from projects.models import Annotation, Image, User
from projects.selectors.annotations import (
    annotations_of,
    get_annotation,
)
from projects.selectors.images import get_image
from projects.services.annotations import Saved, apply_change, restore_annotation
from projects.services.change_requests import Change

MAX_OBJECTS = 5000  # a page; an editor needs all objects of its image at once

_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description='The revision seen: "3".'
)
_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="* to create."
)
_KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.UUID, OpenApiParameter.HEADER, description="The change's id."
)


class AnnotationList(GenericAPIView[Annotation]):
    """The annotations of an image."""

    queryset = Annotation.objects.none()
    serializer_class = AnnotationSerializer
    orderings = {"number": "number"}
    query_parameters = frozenset({"include"})
    max_limit = MAX_OBJECTS

    @extend_schema(
        operation_id="annotations_list",
        parameters=[OpenApiParameter("include", enum=["deleted"])],
        responses=AnnotationSerializer(many=True),
    )
    def get(self, request: Request, image_id: int) -> Response:
        """List the image's annotations as they are now; deleted ones only if asked for."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        include = request.query_params.get("include", "")
        if include not in {"", "deleted"}:
            raise InvalidInput(f"include is {include[:40]!a}; known: deleted.", code="bad_include")
        rows = annotations_of(user=user, image=image, with_deleted=bool(include))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([current_json(one, image) for one in page])


class AnnotationDetail(APIView):
    """One annotation; every write says what it is based on."""

    @extend_schema(operation_id="annotations_retrieve", responses=AnnotationSerializer)
    def get(self, request: Request, image_id: int, uuid: UUID) -> Response:
        """Give the annotation as it is now, deleted or not, with its revision as ETag."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        body = current_json(get_annotation(user=user, image=image, uuid=uuid), image)
        return _tagged(Response(body), body)

    @extend_schema(
        operation_id="annotations_put",
        parameters=[_IF_MATCH, _IF_NONE_MATCH, _KEY],
        request=PutInput,
        responses={200: AnnotationSerializer, 201: AnnotationSerializer},
    )
    def put(self, request: Request, image_id: int, uuid: UUID) -> Response:
        """Create, change or bring back one object; 412 shows both states if it has moved on."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        base = base_revision(request)
        body = PutInput(data=request.data)
        body.is_valid(raise_exception=True)
        sent_id = change_id(request, body.validated_data["change_id"])
        change = Change(uuid=uuid, base_revision=base, wanted=body.wanted(), change_id=sent_id)
        try:
            saved = apply_change(image=image, user=user, change=change)
        except StaleRevision as stale:
            raise with_both_states(stale, user, image, uuid, request.data) from None
        return _saved(saved, image)

    @extend_schema(
        operation_id="annotations_delete",
        parameters=[_IF_MATCH, _KEY],
        responses={200: AnnotationSerializer},
    )
    def delete(self, request: Request, image_id: int, uuid: UUID) -> Response:
        """Delete the object and give the revision that says so; a put on that restores it."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        base = base_revision(request)
        if base is None:
            raise PreconditionMissing('Say If-Match: "<revision>" to delete.')
        change = Change(
            uuid=uuid, base_revision=base, wanted=None, change_id=change_id(request, None)
        )
        try:
            saved = apply_change(image=image, user=user, change=change)
        except StaleRevision as stale:
            raise with_both_states(stale, user, image, uuid, None) from None
        return _saved(saved, image)


class AnnotationRestore(APIView):
    """The way back to an earlier state."""

    @extend_schema(
        operation_id="annotations_restore",
        parameters=[_IF_MATCH, _KEY],
        request=RestoreInput,
        responses=AnnotationSerializer,
    )
    def post(self, request: Request, image_id: int, uuid: UUID) -> Response:
        """Make a revision's state the current one again, as a new revision."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        body = RestoreInput(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            saved = restore_annotation(
                image=image,
                user=user,
                uuid=uuid,
                revision_number=body.validated_data["revision"],
                base_revision=optional_base(request),
                change_id=change_id(request, body.validated_data["change_id"]),
            )
        except StaleRevision as stale:
            raise with_both_states(stale, user, image, uuid, request.data) from None
        return _saved(saved, image)


def with_both_states(
    stale: StaleRevision, user: User, image: Image, uuid: UUID, yours: object
) -> StaleRevision:
    """Give the refusal with what is stored now and what was sent, so that a person can choose."""
    rows = annotations_of(user=user, image=image, with_deleted=True)
    annotation = rows.filter(uuid=uuid).first()
    stale.facts["current"] = current_json(annotation, image) if annotation else None
    stale.facts["yours"] = yours
    return stale


def _saved(saved: Saved, image: Image) -> Response:
    body = annotation_json(saved.annotation, saved.revision, image)
    code = status.HTTP_201_CREATED if saved.is_new else status.HTTP_200_OK
    return _tagged(Response(body, code), body)


def _tagged(response: Response, body: Mapping[str, Any] | None) -> Response:
    if body:
        response["ETag"] = etag(body["revision"])
    return response
