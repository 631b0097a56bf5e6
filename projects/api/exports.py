"""Exports over HTTP: count, start, list, download."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.exports_json import DryRunSerializer, ExportInput, ExportSerializer
from projects.api.jobs import started
from projects.api.jobs_json import StartedJob
from projects.errors import NotFound
from projects.models import Export
from projects.policy import Action, require
from projects.selectors.jobs import exports_of, get_export
from projects.selectors.projects import get_project
from projects.services.exports import check_export, count_for, estimated_bytes, start_export

BLOB_POLICY = "default-src 'none'; sandbox"


class ExportList(GenericAPIView[Export]):
    """Exports of a project."""

    queryset = Export.objects.none()
    serializer_class = ExportSerializer
    orderings = {"-id": "-pk", "id": "pk"}

    @extend_schema(operation_id="projects_exports_list", responses=ExportSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List the finished exports, the newest first."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        page = self.paginate_queryset(exports_of(user=user, project=project)) or []
        shown = ExportSerializer(page, many=True, context={"request": request})
        return self.get_paginated_response(shown.data)

    @extend_schema(
        request=ExportInput,
        responses={200: DryRunSerializer, 202: StartedJob},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Start an export (202), or only count what it would hold (``dry_run``, 200)."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        require(user=user, project=project, action=Action.EXPORT)
        body = ExportInput(data=request.data)
        body.is_valid(raise_exception=True)
        name, options = body.validated_data["format"], body.validated_data["options"]
        if not body.validated_data["dry_run"]:
            job = start_export(
                user=user, project=project, format_name=name, options=options, wanted=body.wanted()
            )
            return started(request, job)
        check_export(user=user, project=project, format_name=name, options=options)
        counts = count_for(project=project, format_name=name, options=options, wanted=body.wanted())
        facts = {"counts": counts, "estimated_bytes": estimated_bytes(counts, options)}
        return Response(DryRunSerializer(facts).data)


class ExportDetail(APIView):
    """One finished export."""

    @extend_schema(operation_id="exports_retrieve", responses=ExportSerializer)
    def get(self, request: Request, export_id: int) -> Response:
        """Give what the export holds, and its proof."""
        export = get_export(user=caller(request), export_id=export_id)
        return Response(ExportSerializer(export, context={"request": request}).data)


class ExportFile(APIView):
    """The archive of an export."""

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: int) -> FileResponse:
        """Download the archive."""
        user = caller(request)
        export = get_export(user=user, export_id=export_id)
        require(user=user, project=export.project, action=Action.EXPORT)
        try:
            file = default_storage.open(export.file_key)
        except FileNotFoundError as error:
            raise NotFound("The file of this export is gone; export again.", "gone") from error
        response = FileResponse(
            file,
            as_attachment=True,
            filename=export.file_name,
            content_type="application/zip",
            headers={"Content-Security-Policy": BLOB_POLICY, "ETag": f'"{export.sha256}"'},
        )
        response["Content-Length"] = str(export.size_bytes)
        return response
