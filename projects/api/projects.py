"""Projects over HTTP."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.projects_serializers import ProjectChanges, ProjectInput, ProjectSerializer
from projects.errors import InvalidInput
from projects.models import Project, User
from projects.selectors.projects import (
    deleted_projects_of,
    describe_projects,
    get_project,
    get_project_even_deleted,
    projects_of,
)
from projects.services.labels import LabelDraft
from projects.services.projects import (
    create_project,
    delete_project,
    edit_project,
    restore_project,
)


def _shown(user: User, project: Project) -> Response:
    return Response(ProjectSerializer(describe_projects(user=user, projects=[project])[0]).data)


class ProjectList(GenericAPIView[Project]):
    """The caller's projects."""

    queryset = Project.objects.none()
    serializer_class = ProjectSerializer
    orderings = {"-id": "-pk", "id": "pk"}
    query_parameters = frozenset({"deleted"})

    @extend_schema(
        operation_id="projects_list",
        parameters=[
            OpenApiParameter("deleted", enum=["0", "1"], description="1: those to restore")
        ],
        responses=ProjectSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the projects that the caller is a member of, or those that it may restore."""
        user = caller(request)
        deleted = request.query_params.get("deleted", "0")
        if deleted not in {"0", "1"}:
            raise InvalidInput(f"deleted is {deleted[:40]!a}; expected 0 or 1.", "bad_deleted")
        rows = deleted_projects_of(user=user) if deleted == "1" else projects_of(user=user)
        page = self.paginate_queryset(rows) or []
        facts = describe_projects(user=user, projects=page)
        return self.get_paginated_response(ProjectSerializer(facts, many=True).data)

    @extend_schema(request=ProjectInput, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        """Make a project with its labels; the caller leads it."""
        body = ProjectInput(data=request.data)
        body.is_valid(raise_exception=True)
        drafts = [LabelDraft(**label) for label in body.validated_data.pop("labels")]
        user = caller(request)
        project = create_project(user=user, labels=drafts, **body.validated_data)
        response = _shown(user, project)
        response.status_code = status.HTTP_201_CREATED
        response["Location"] = request.build_absolute_uri(f"/api/v1/projects/{project.pk}/")
        return response


class ProjectDetail(APIView):
    """One project."""

    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """Give one project."""
        user = caller(request)
        return _shown(user, get_project(user=user, project_id=project_id))

    @extend_schema(request=ProjectChanges, responses=ProjectSerializer)
    def patch(self, request: Request, project_id: int) -> Response:
        """Change what is sent; the rest stays."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        body = ProjectChanges(data=request.data)
        body.is_valid(raise_exception=True)
        edited = edit_project(user=user, project=project, changes=body.validated_data)
        return _shown(user, edited)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int) -> Response:
        """Delete the project; it can be restored for 30 days."""
        user = caller(request)
        delete_project(user=user, project=get_project(user=user, project_id=project_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProjectRestore(APIView):
    """The way back of a deleted project."""

    @extend_schema(request=OpenApiTypes.NONE, responses=ProjectSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """Restore a project that was deleted less than 30 days ago."""
        user = caller(request)
        project = get_project_even_deleted(user=user, project_id=project_id)
        return _shown(user, restore_project(user=user, project=project))
