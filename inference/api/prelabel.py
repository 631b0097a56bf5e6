"""Pre-labelling and scoring of a project over HTTP."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.api.caller import caller
from inference.api.shapes import JobToAwait, PrelabelCounts, PrelabelInput
from inference.services.prelabel import (
    ImageFilter,
    check_request,
    images_of_mode,
    start_prelabelling,
)
from inference.services.prelabel_modes import TEXT
from inference.services.scoring import start_scoring
from inference.services.segmenters import of_project, reading
from inference.tasks import ring_after_commit
from projects.models import Job
from projects.policy import Action, require
from projects.selectors.projects import get_project


def _started(request: Request, job: Job) -> Response:
    ring_after_commit(job.pk)
    response = Response(JobToAwait(job).data, status.HTTP_202_ACCEPTED)
    response["Location"] = request.build_absolute_uri(f"/api/v1/jobs/{job.pk}/")
    return response


class ProjectPrelabel(APIView):
    """Suggestions for a project's images."""

    @extend_schema(request=PrelabelInput, responses={200: PrelabelCounts, 202: JobToAwait})
    def post(self, request: Request, project_id: int) -> Response:
        """Start pre-labelling (202), or only count the images (``dry_run``, 200)."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        require(user=user, project=project, action=Action.RUN_JOBS)
        body = PrelabelInput(data=request.data)
        body.is_valid(raise_exception=True)
        came = body.validated_data
        mode = came["mode"]
        choose = reading if mode == TEXT else of_project
        name = came["segmenter"] or choose(project=project)
        wanted = ImageFilter(
            statuses=tuple(came["status"]),
            splits=tuple(came["split"]),
            images=tuple(came["images"]),
        )
        if not came["dry_run"]:
            job = start_prelabelling(
                user=user,
                project=project,
                segmenter=name,
                mode=mode,
                texts=body.wanted_texts(),
                tidying=came["tidying"],
                wanted=wanted,
                boxes=body.given_boxes(),
            )
            return _started(request, job)
        check_request(user=user, project=project, segmenter=name, mode=mode)
        images, _ = images_of_mode(
            project=project, mode=mode, wanted=wanted, boxes=body.given_boxes()
        )
        counts = {"images": images.count(), "segmenter": name, "mode": mode}
        return Response(PrelabelCounts(counts).data)


class ProjectScore(APIView):
    """The order of work by what a look would teach."""

    @extend_schema(request=OpenApiTypes.NONE, responses={202: JobToAwait})
    def post(self, request: Request, project_id: int) -> Response:
        """Compute the priority of every image anew."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        return _started(request, start_scoring(user=user, project=project))
