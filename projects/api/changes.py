"""Many changes to an image in one request, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.annotations import with_both_states
from projects.api.annotations_serializers import ChangeInput, OutcomeSerializer, annotation_json
from projects.api.caller import caller
from projects.api.preconditions import etag
from projects.errors import ApplicationError, InvalidInput, StaleRevision
from projects.models import Image, User
from projects.selectors.images import get_image
from projects.services.annotations import Saved
from projects.services.change_requests import Change
from projects.services.changes import apply_changes


class ImageChangesView(APIView):
    """Changes to the objects of an image."""

    @extend_schema(
        operation_id="images_changes",
        request=ChangeInput(many=True),
        responses=OutcomeSerializer(many=True),
    )
    def post(self, request: Request, image_id: int) -> Response:
        """Apply each change by itself; the answer holds one outcome each, in the same order."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        sent = _listed(request.data)
        changes = [_read(one) for one in sent]
        outcomes = apply_changes(image=image, user=user, changes=changes)
        return Response(
            [
                self._outcome(user, image, raw, change, outcome)
                for raw, change, outcome in zip(sent, changes, outcomes, strict=True)
            ]
        )

    def _outcome(
        self,
        user: User,
        image: Image,
        raw: object,
        change: Change | ApplicationError,
        outcome: Saved | ApplicationError,
    ) -> dict[str, Any]:
        names = {name: raw.get(name) if isinstance(raw, Mapping) else None for name in _NAMES}
        if isinstance(outcome, Saved):
            number = outcome.revision.number
            return names | {
                "status": status.HTTP_201_CREATED if outcome.is_new else status.HTTP_200_OK,
                "revision": number,
                "etag": etag(number),
                "annotation": annotation_json(outcome.annotation, outcome.revision, image),
            }
        if isinstance(outcome, StaleRevision) and isinstance(change, Change):
            with_both_states(outcome, user, image, change.uuid, raw)
        # The one place that knows which status an error has is the exception handler.
        answer = self.get_exception_handler()(outcome, self.get_exception_handler_context())
        if answer is None:
            raise outcome
        return names | {"status": answer.status_code, "problem": answer.data}


_NAMES = ("id", "change_id")


def _listed(data: object) -> list[Any]:
    sent = data.get("changes") if isinstance(data, Mapping) else data
    if not isinstance(sent, list):
        raise InvalidInput("The body is no list of changes.", code="changes_list")
    return sent


def _read(raw: object) -> Change | ApplicationError:
    body = ChangeInput(data=raw)
    if body.is_valid():
        return body.change()
    said = "; ".join(f"{field}: {words}" for field, words in body.errors.items())
    return InvalidInput(f"The change is not valid: {said[:500]}", errors=dict(body.errors))
