"""The order of work over HTTP: queue, lease, submit, reopen, skip."""

from __future__ import annotations

from random import SystemRandom
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.images_serializers import (
    ImageSerializer,
    QueueInput,
    SubmittedSerializer,
    TaskSerializer,
    image_json,
)
from projects.errors import NotFound
from projects.models import Image, User
from projects.selectors.images import get_image
from projects.selectors.projects import get_project
from projects.sentences import translated
from projects.services.work import (
    hold_lease,
    next_task,
    release_lease,
    reopen_image,
    skip_image,
    submit_image,
)

_chance = SystemRandom()


class QueueNext(APIView):
    """The next image to work on."""

    @extend_schema(operation_id="queue_next", request=QueueInput, responses=TaskSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """Lease the next image for 30 minutes; 404 ``queue_empty`` if none is left."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        body = QueueInput(data=request.data)
        body.is_valid(raise_exception=True)
        task = next_task(user=user, project=project, pivot=_chance.random(), **body.validated_data)
        if task is None:
            raise NotFound("No image is waiting.", code="queue_empty")
        return Response(_shown(user, task.image) | {"reason": translated(task.reason)})


class ImageLease(APIView):
    """The image in hand."""

    @extend_schema(
        operation_id="images_lease", request=OpenApiTypes.NONE, responses=ImageSerializer
    )
    def post(self, request: Request, image_id: int) -> Response:
        """Take the image in hand, or keep it; 409 ``leased`` if somebody else has it."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        hold_lease(user=user, image=image)
        return Response(_shown(user, image))


class ImageReleaseLease(APIView):
    """The image put back."""

    @extend_schema(
        operation_id="images_release_lease", request=OpenApiTypes.NONE, responses=ImageSerializer
    )
    def post(self, request: Request, image_id: int) -> Response:
        """Put the image back, if the caller has it in hand."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        release_lease(user=user, image=image)
        return Response(_shown(user, image))


class ImageSkipped(APIView):
    """The image passed over."""

    @extend_schema(operation_id="images_skip", request=OpenApiTypes.NONE, responses=ImageSerializer)
    def post(self, request: Request, image_id: int) -> Response:
        """Put the image back and last in the caller's queue."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        skip_image(user=user, image=image)
        return Response(_shown(user, image))


class ImageSubmit(APIView):
    """The work on an image, done."""

    @extend_schema(
        operation_id="images_submit", request=OpenApiTypes.NONE, responses=SubmittedSerializer
    )
    def post(self, request: Request, image_id: int) -> Response:
        """Submit the image; the answer says how many suggestions nobody has decided on."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        submit_image(user=user, image=image)
        shown = _shown(user, image)
        return Response(shown | {"remaining_suggestions": shown["counts"]["suggested"]})


class ImageReopen(APIView):
    """The image taken back into work."""

    @extend_schema(
        operation_id="images_reopen", request=OpenApiTypes.NONE, responses=ImageSerializer
    )
    def post(self, request: Request, image_id: int) -> Response:
        """Take a submitted or accepted image back into work."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        reopen_image(user=user, image=image)
        return Response(_shown(user, image))


def _shown(user: User, image: Image) -> dict[str, Any]:
    return image_json(get_image(user=user, image_id=image.pk))
