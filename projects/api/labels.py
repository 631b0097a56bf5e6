"""Label schemas over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.projects_serializers import LabelChanges, LabelInput, LabelSerializer
from projects.models import Label
from projects.selectors.projects import get_label, get_project, labels_of
from projects.services.labels import LabelDraft, add_label, delete_label, edit_label


class LabelList(GenericAPIView[Label]):
    """The labels of a project."""

    queryset = Label.objects.none()
    serializer_class = LabelSerializer
    orderings = {"order": "order", "number": "number"}

    @extend_schema(operation_id="projects_labels_list", responses=LabelSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List the labels in their order, archived ones too."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        page = self.paginate_queryset(labels_of(user=user, project=project)) or []
        return self.get_paginated_response(LabelSerializer(page, many=True).data)

    @extend_schema(request=LabelInput, responses={201: LabelSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Add a label; colour and key are chosen where they are left out."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        body = LabelInput(data=request.data)
        body.is_valid(raise_exception=True)
        label = add_label(user=user, project=project, draft=LabelDraft(**body.validated_data))
        return Response(LabelSerializer(label).data, status.HTTP_201_CREATED)


class LabelDetail(APIView):
    """One label."""

    @extend_schema(responses=LabelSerializer)
    def get(self, request: Request, label_id: int) -> Response:
        """Give one label."""
        return Response(LabelSerializer(get_label(user=caller(request), label_id=label_id)).data)

    @extend_schema(request=LabelChanges, responses=LabelSerializer)
    def patch(self, request: Request, label_id: int) -> Response:
        """Change what is sent; the rest stays."""
        user = caller(request)
        label = get_label(user=user, label_id=label_id)
        body = LabelChanges(data=request.data)
        body.is_valid(raise_exception=True)
        edited = edit_label(user=user, label=label, changes=body.validated_data)
        return Response(LabelSerializer(edited).data)

    @extend_schema(responses={200: LabelSerializer, 204: None})
    def delete(self, request: Request, label_id: int) -> Response:
        """Delete a label that was never used (204); archive one that was (200)."""
        user = caller(request)
        archived = delete_label(user=user, label=get_label(user=user, label_id=label_id))
        if archived is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(LabelSerializer(archived).data)
