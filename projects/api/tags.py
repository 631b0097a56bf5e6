"""A project's words for images over HTTP, and which image carries which."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.images_serializers import ImageSerializer, TaggingInput, image_json
from projects.api.projects_serializers import TagChanges, TagInput, TagSerializer
from projects.models import Tag
from projects.selectors.images import get_image
from projects.selectors.projects import get_project
from projects.selectors.tags import get_tag, tags_of
from projects.services.tags import add_tag, delete_tag, edit_tag, tag_image


class TagList(GenericAPIView[Tag]):
    """The tags of a project."""

    queryset = Tag.objects.none()
    serializer_class = TagSerializer
    orderings = {"name": "name"}

    @extend_schema(operation_id="projects_tags_list", responses=TagSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List the tags by name, archived ones too."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        page = self.paginate_queryset(tags_of(user=user, project=project)) or []
        return self.get_paginated_response(TagSerializer(page, many=True).data)

    @extend_schema(request=TagInput, responses={201: TagSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Add a tag."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        body = TagInput(data=request.data)
        body.is_valid(raise_exception=True)
        tag = add_tag(user=user, project=project, name=body.validated_data["name"])
        return Response(TagSerializer(tag).data, status.HTTP_201_CREATED)


class TagDetail(APIView):
    """One tag."""

    @extend_schema(responses=TagSerializer)
    def get(self, request: Request, tag_id: int) -> Response:
        """Give one tag."""
        return Response(TagSerializer(get_tag(user=caller(request), tag_id=tag_id)).data)

    @extend_schema(request=TagChanges, responses=TagSerializer)
    def patch(self, request: Request, tag_id: int) -> Response:
        """Rename, archive or take back into use; what is left out stays."""
        user = caller(request)
        tag = get_tag(user=user, tag_id=tag_id)
        body = TagChanges(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(
            TagSerializer(edit_tag(user=user, tag=tag, changes=body.validated_data)).data
        )

    @extend_schema(responses={200: TagSerializer, 204: None})
    def delete(self, request: Request, tag_id: int) -> Response:
        """Delete a tag that no image carries (204); archive one that some do (200)."""
        user = caller(request)
        archived = delete_tag(user=user, tag=get_tag(user=user, tag_id=tag_id))
        if archived is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(TagSerializer(archived).data)


class ImageTagging(APIView):
    """The tags of an image."""

    @extend_schema(operation_id="images_tag", request=TaggingInput, responses=ImageSerializer)
    def post(self, request: Request, image_id: int) -> Response:
        """Put tags on the image and take others off; what is so already stays so."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        body = TaggingInput(data=request.data)
        body.is_valid(raise_exception=True)
        tag_image(user=user, image=image, **body.validated_data)
        return Response(image_json(get_image(user=user, image_id=image_id)))
