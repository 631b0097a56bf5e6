"""Jobs over HTTP: lists, progress by ETag, cancel and retry."""

from __future__ import annotations

import hashlib
from functools import partial

from django.db import transaction
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.jobs_json import JobSerializer, StartedJob
from projects.models import Job, Project
from projects.selectors.jobs import get_job, jobs_of
from projects.selectors.projects import get_project
from projects.services.job_kinds import listed_names
from projects.services.jobs import cancel_job, retry_job
from projects.services.waiting import waiting_reasons
from projects.tasks import ring

_FILTERS = [
    OpenApiParameter("state", description="One or several states, with commas."),
    OpenApiParameter("kind", description="One or several kinds, with commas."),
]


def started(request: Request, job: Job) -> Response:
    """Ring for a new job after the commit, and say where its progress is."""
    transaction.on_commit(partial(ring, job.pk))
    response = Response(StartedJob(job).data, status.HTTP_202_ACCEPTED)
    response["Location"] = reverse("job", args=[job.pk], request=request)
    return response


def _words(request: Request, name: str) -> list[str]:
    return [word for word in request.query_params.get(name, "").split(",") if word]


class JobList(GenericAPIView[Job]):
    """Jobs of all projects of the caller."""

    queryset = Job.objects.none()
    serializer_class = JobSerializer
    orderings = {"-id": "-pk", "id": "pk"}
    query_parameters = frozenset({"state", "kind"})

    @extend_schema(
        operation_id="jobs_list", parameters=_FILTERS, responses=JobSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """List jobs, the newest first."""
        return self._page(request, None)

    def _page(self, request: Request, project: Project | None) -> Response:
        jobs = jobs_of(
            user=caller(request),
            kinds=_words(request, "kind") or listed_names(),
            project=project,
            states=_words(request, "state"),
        )
        page = self.paginate_queryset(jobs) or []
        context = {"waiting": waiting_reasons(jobs=page)}
        return self.get_paginated_response(JobSerializer(page, many=True, context=context).data)


class ProjectJobList(JobList):
    """Jobs of one project."""

    @extend_schema(
        operation_id="projects_jobs_list", parameters=_FILTERS, responses=JobSerializer(many=True)
    )
    def get(self, request: Request, project_id: int) -> Response:  # type: ignore[override]
        """List the project's jobs, the newest first."""
        return self._page(request, get_project(user=caller(request), project_id=project_id))


class JobDetail(APIView):
    """One job."""

    @extend_schema(
        operation_id="jobs_retrieve",
        parameters=[OpenApiParameter("If-None-Match", location=OpenApiParameter.HEADER)],
        responses={200: JobSerializer, 304: None},
    )
    def get(self, request: Request, job_id: int) -> Response:
        """Give the job and how far it is; 304 while nothing has changed."""
        body = JobSerializer(get_job(user=caller(request), job_id=job_id)).data
        etag = f'"{hashlib.sha256(JSONRenderer().render(body)).hexdigest()[:32]}"'
        if etag in _known(request):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        return Response(body, headers={"ETag": etag, "Cache-Control": "private, no-cache"})


def _known(request: Request) -> list[str]:
    came = parse_etags(request.headers.get("If-None-Match", ""))
    return [etag.removeprefix("W/") for etag in came]


class JobCancel(APIView):
    """The end of a job before its time."""

    @extend_schema(request=OpenApiTypes.NONE, responses=JobSerializer)
    def post(self, request: Request, job_id: int) -> Response:
        """Cancel an open job; what is done already stays."""
        user = caller(request)
        cancel_job(user=user, job=get_job(user=user, job_id=job_id))
        return Response(JobSerializer(get_job(user=user, job_id=job_id)).data)


class JobRetry(APIView):
    """Another try."""

    @extend_schema(request=OpenApiTypes.NONE, responses=JobSerializer)
    def post(self, request: Request, job_id: int) -> Response:
        """Queue again what failed or was cancelled; what is done stays done."""
        user = caller(request)
        retry_job(user=user, job=get_job(user=user, job_id=job_id))
        transaction.on_commit(partial(ring, job_id))
        return Response(JobSerializer(get_job(user=user, job_id=job_id)).data)
