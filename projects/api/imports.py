"""Imports over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.imports_json import ImportInput
from projects.api.jobs import started
from projects.api.jobs_json import StartedJob
from projects.policy import Action, require
from projects.selectors.projects import get_project
from projects.services.imports import start_import


class ProjectImports(APIView):
    """Annotations from elsewhere."""

    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": ImportInput}, responses={202: StartedJob})
    def post(self, request: Request, project_id: int) -> Response:
        """Start an import; the job's result is its report, also for a dry run."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        require(user=user, project=project, action=Action.IMPORT)
        body = ImportInput(data=request.data)
        body.is_valid(raise_exception=True)
        came = body.validated_data
        job = start_import(
            user=user,
            project=project,
            file=came["file"],
            format_name=came["format"],
            as_word=came["as"],
            dry_run=came["dry_run"],
        )
        return started(request, job)
