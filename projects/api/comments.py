"""Pins and their threads over HTTP."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.annotations_serializers import UuidField
from projects.api.caller import caller
from projects.errors import InvalidInput
from projects.models import Comment
from projects.selectors.comments import get_comment, replies_to, threads_on
from projects.selectors.images import get_image
from projects.services.comments import add_comment, delete_comment, revise_comment

_RESOLVED = {"": None, "0": False, "1": True}


class PlaceField(serializers.FloatField):
    """A place along one side, in image pixels."""

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, min_value=0)

    def to_internal_value(self, data: Any) -> float:
        """Read the number; text such as "nan" is none."""
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            raise serializers.ValidationError("Expected a number of pixels.")
        return value


class CommentInput(serializers.Serializer[Any]):
    """A pin with x and y, or an answer with the thread; ``uuid`` makes a repeat harmless."""

    uuid = UuidField()
    text = serializers.CharField(max_length=20_000, trim_whitespace=False)
    x = PlaceField()
    y = PlaceField()
    thread = serializers.IntegerField(required=False, allow_null=True, min_value=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse half a place."""
        if (attrs.get("x") is None) != (attrs.get("y") is None):
            raise serializers.ValidationError({"x": ["A place has both x and y."]})
        return attrs


class CommentChanges(serializers.Serializer[Any]):
    """What a client changes of a comment."""

    text = serializers.CharField(required=False, max_length=20_000, trim_whitespace=False)
    resolved = serializers.BooleanField(required=False)


class CommentSerializer(serializers.Serializer[Any]):
    """One comment."""

    id = serializers.IntegerField()
    uuid = serializers.UUIDField()
    thread = serializers.IntegerField(source="parent_id", allow_null=True)
    text = serializers.CharField()
    author = serializers.CharField(source="author.username", default=None, allow_null=True)
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


class ThreadSerializer(CommentSerializer):
    """A pin with its answers, oldest first."""

    x = serializers.FloatField(allow_null=True)
    y = serializers.FloatField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by = serializers.CharField(
        source="resolved_by.username", default=None, allow_null=True
    )
    replies = serializers.SerializerMethodField()

    @extend_schema_field(CommentSerializer(many=True))
    def get_replies(self, comment: Comment) -> list[dict[str, Any]]:
        """Give the answers."""
        replies = self.context["replies"].get(comment.pk, [])
        return [dict(one) for one in CommentSerializer(replies, many=True).data]


class CommentList(GenericAPIView[Comment]):
    """The threads of an image."""

    queryset = Comment.objects.none()
    serializer_class = ThreadSerializer
    orderings = {"id": "pk"}
    query_parameters = frozenset({"resolved"})

    @extend_schema(
        operation_id="comments_list",
        parameters=[OpenApiParameter("resolved", enum=["0", "1"])],
        responses=ThreadSerializer(many=True),
    )
    def get(self, request: Request, image_id: int) -> Response:
        """List the image's threads with their answers, oldest first."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        asked = request.query_params.get("resolved", "")
        if asked not in _RESOLVED:
            raise InvalidInput(f"resolved is {asked[:40]!a}; known: 0, 1.", code="bad_resolved")
        rows = threads_on(user=user, image=image, resolved=_RESOLVED[asked])
        return self.get_paginated_response(threads_json(self.paginate_queryset(rows) or []))

    @extend_schema(
        operation_id="comments_create",
        request=CommentInput,
        responses={201: ThreadSerializer, 200: ThreadSerializer},
    )
    def post(self, request: Request, image_id: int) -> Response:
        """Pin a thread or answer in one; the answer is the whole thread."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        body = CommentInput(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        has_place = data.get("x") is not None
        comment, is_new = add_comment(
            user=user,
            image=image,
            uuid=data["uuid"],
            text=data["text"],
            pin_xy=(data["x"], data["y"]) if has_place else None,
            thread_id=data.get("thread"),
        )
        thread = comment.parent or comment
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(threads_json([thread])[0], code)


class CommentDetail(APIView):
    """One comment."""

    @extend_schema(operation_id="comments_retrieve", responses=ThreadSerializer)
    def get(self, request: Request, comment_id: int) -> Response:
        """Give one comment; a thread with its answers."""
        comment = get_comment(user=caller(request), comment_id=comment_id)
        return Response(threads_json([comment])[0])

    @extend_schema(
        operation_id="comments_update", request=CommentChanges, responses=ThreadSerializer
    )
    def patch(self, request: Request, comment_id: int) -> Response:
        """Change one's own words; resolve a thread or open it again."""
        user = caller(request)
        comment = get_comment(user=user, comment_id=comment_id)
        body = CommentChanges(data=request.data)
        body.is_valid(raise_exception=True)
        revise_comment(user=user, comment=comment, **body.validated_data)
        return Response(threads_json([comment])[0])

    @extend_schema(operation_id="comments_delete", responses={204: None})
    def delete(self, request: Request, comment_id: int) -> Response:
        """Take a comment back; a thread goes with its answers."""
        user = caller(request)
        delete_comment(user=user, comment=get_comment(user=user, comment_id=comment_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def threads_json(threads: Sequence[Comment]) -> list[dict[str, Any]]:
    """Give threads with their answers, in one statement more."""
    context = {"replies": replies_to(threads=threads)}
    return [dict(one) for one in ThreadSerializer(threads, many=True, context=context).data]
