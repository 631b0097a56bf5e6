"""Images over HTTP: lists, uploads, edits, and what lies beside them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.image_filters import NAMES, PARAMETERS, read_filters
from projects.api.images_serializers import (
    ImageChanges,
    ImageSerializer,
    NeighboursQuery,
    NeighboursSerializer,
    SurroundingsSerializer,
    UploadedSerializer,
    UploadInput,
    image_json,
    images_json,
)
from projects.errors import InvalidInput, TooLarge
from projects.models import Image, User
from projects.policy import Action, require
from projects.selectors.images import (
    ORDERINGS,
    get_image,
    get_image_even_deleted,
    images_around,
    images_of,
    neighbours_of,
)
from projects.selectors.people import members_of
from projects.selectors.projects import get_project
from projects.services.images import delete_image, restore_image, store_image, update_image

_FORM_BYTES = 1 << 20  # what a form needs beside its file


class ImageList(GenericAPIView[Image]):
    """The images of a project."""

    queryset = Image.objects.none()
    serializer_class = ImageSerializer
    parser_classes = [MultiPartParser]
    orderings = ORDERINGS
    query_parameters = NAMES

    @extend_schema(
        operation_id="images_list", parameters=PARAMETERS, responses=ImageSerializer(many=True)
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List the project's images."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        rows = images_of(user=user, project=project, filters=read_filters(request, user))
        return self.get_paginated_response(images_json(self.paginate_queryset(rows) or []))

    @extend_schema(
        operation_id="images_upload",
        request={"multipart/form-data": UploadInput},
        responses={201: UploadedSerializer, 200: UploadedSerializer},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Upload an image; bytes that the project has already answer 200 with the earlier image."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        require(user=user, project=project, action=Action.UPLOAD)  # before a large body is read
        _check_length(request)
        form = UploadInput(data=request.data)
        form.is_valid(raise_exception=True)
        if len(request.FILES.getlist("file")) > 1:
            raise InvalidInput("Send one file a request.", code="one_file")
        data = form.validated_data
        name = data.get("name") or data["file"].name
        image, is_new = store_image(
            project=project, file=data["file"], name=name, split=data["split"], user=user
        )
        body = _shown(user, image) | {"duplicate": not is_new}
        response = Response(body, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
        response["Location"] = request.build_absolute_uri(f"/api/v1/images/{image.pk}/")
        return response


class ImageDetail(APIView):
    """One image."""

    @extend_schema(operation_id="images_retrieve", responses=ImageSerializer)
    def get(self, request: Request, image_id: int) -> Response:
        """Give one image; leads also see deleted ones."""
        return Response(image_json(get_image_even_deleted(user=caller(request), image_id=image_id)))

    @extend_schema(operation_id="images_update", request=ImageChanges, responses=ImageSerializer)
    def patch(self, request: Request, image_id: int) -> Response:
        """Change name, split or assignee; what is left out stays."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        body = ImageChanges(data=request.data)
        body.is_valid(raise_exception=True)
        changes: dict[str, Any] = dict(body.validated_data)
        if changes.get("assignee") is not None:
            changes["assignee"] = _member(user, image, changes["assignee"])
        update_image(user=user, image=image, changes=changes)
        return Response(_shown(user, image))

    @extend_schema(operation_id="images_delete", responses={204: None})
    def delete(self, request: Request, image_id: int) -> Response:
        """Delete the image; it can be restored for 30 days."""
        user = caller(request)
        delete_image(user=user, image=get_image(user=user, image_id=image_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ImageRestore(APIView):
    """The way back of a deleted image."""

    @extend_schema(
        operation_id="images_restore", request=OpenApiTypes.NONE, responses=ImageSerializer
    )
    def post(self, request: Request, image_id: int) -> Response:
        """Restore an image that was deleted less than 30 days ago."""
        user = caller(request)
        image = get_image_even_deleted(user=user, image_id=image_id)
        restore_image(user=user, image=image)
        return Response(_shown(user, image))


class ImageNeighbours(APIView):
    """The images beside one."""

    @extend_schema(
        operation_id="images_neighbours",
        parameters=[
            OpenApiParameter("ordering", enum=list(ORDERINGS)),
            OpenApiParameter("reach", int, description="Images to each side to give whole: 0-20."),
            *PARAMETERS,
        ],
        responses=SurroundingsSerializer,
    )
    def get(self, request: Request, image_id: int) -> Response:
        """Give the ids before and after the image, in the order and among those of the query."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        unknown = sorted(set(request.query_params) - NAMES - {"ordering", "reach"})
        if unknown:
            raise InvalidInput(
                f"There is no parameter {unknown[0][:60]!a} here.", code="unknown_parameter"
            )
        query = NeighboursQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        ordering = request.query_params.get("ordering", "number")
        filters = read_filters(request, user)
        place = neighbours_of(user=user, image=image, ordering=ordering, filters=filters)
        body: dict[str, Any] = dict(NeighboursSerializer(place).data)
        if reach := query.validated_data["reach"]:
            before, after = images_around(
                user=user, image=image, reach=reach, ordering=ordering, filters=filters
            )
            shown = images_json([*before, *after])
            body |= {"before": shown[: len(before)], "after": shown[len(before) :]}
        return Response(body)


def _shown(user: User, image: Image) -> dict[str, Any]:
    return image_json(get_image(user=user, image_id=image.pk))


def _check_length(request: Request) -> None:
    declared = int(request.META.get("CONTENT_LENGTH") or 0)
    limit = settings.MAX_IMAGE_BYTES
    if declared > limit + _FORM_BYTES:
        raise TooLarge(f"The upload has {declared} bytes; an image at most {limit}.", limit=limit)


def _member(user: User, image: Image, username: str) -> User:
    membership = members_of(user=user, project=image.project).filter(user__username=username)
    found = membership.first()
    if found is None:
        raise InvalidInput("The assignee is no member of this project.", code="assignee")
    return found.user
