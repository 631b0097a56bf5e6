"""Prompts and embeddings of one image over HTTP."""

from __future__ import annotations

import time

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.api.caller import caller
from inference.api.shapes import AnswerSerializer, JobToAwait, PromptInput, candidate_facts
from inference.models import Embedding as StoredEmbedding
from inference.segmenters.region import Region
from inference.services.embeddings import request_embedding
from inference.services.feature_store import note_use, read
from inference.services.prompts import EmbeddingMissing, answer_prompts, features_for_client
from inference.services.segmenters import of_project, reading
from inference.services.waiting_line import ASKED_AT
from inference.services.worker_prompts import Asked
from inference.tasks import ring_after_commit
from projects.errors import NotFound
from projects.models import Image, User
from projects.selectors.images import get_image
from projects.services.tallies import count, observe

COME_BACK_SECONDS = 1
FOR_EVER = "private, max-age=31536000, immutable"


def _being_made(user: User, image: Image, segmenter: str, region: Region | None = None) -> Response:
    count("embedding_missing")
    job = request_embedding(image=image, segmenter=segmenter, user=user, region=region)
    ring_after_commit(job.pk)
    return Response(
        JobToAwait(job).data,
        status.HTTP_202_ACCEPTED,
        headers={"Retry-After": str(COME_BACK_SECONDS)},
    )


def _being_answered(asked: Asked) -> Response:
    if asked.is_new:
        ring_after_commit(asked.job.pk)
    return Response(
        JobToAwait(asked.job).data,
        status.HTTP_202_ACCEPTED,
        headers={"Retry-After": str(COME_BACK_SECONDS)},
    )


class ImagePrompt(APIView):
    """What the model makes of clicks, a box or a mask."""

    @extend_schema(request=PromptInput, responses={200: AnswerSerializer, 202: JobToAwait})
    def post(self, request: Request, image_id: int) -> Response:
        """Answer one prompt or several; 202 while a worker embeds the image, or answers itself.

        Ask the same again after Retry-After.
        """
        began: float = request.META.get(ASKED_AT, time.perf_counter())
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        body = PromptInput(data=request.data)
        body.is_valid(raise_exception=True)
        prompts = body.prompts(image.size_hw)
        name = body.validated_data["segmenter"]
        if not name:
            choose = reading if any(one.text or one.exemplars for one in prompts) else of_project
            name = choose(project=image.project)
        answers = answer_prompts(
            user=user,
            image=image,
            segmenter=name,
            prompts=prompts,
            text=body.validated_data["text"],
            region=body.wanted_region(image.size_hw),
        )
        if isinstance(answers, EmbeddingMissing):
            return _being_made(user, image, name, answers.region)
        if isinstance(answers, Asked):
            return _being_answered(answers)
        observe("prompt_seconds", time.perf_counter() - began)
        objects = [{"candidates": [candidate_facts(one) for one in found]} for found in answers]
        facts: dict[str, object] = {
            "segmenter": name,
            **objects[0],
            "milliseconds": round((time.perf_counter() - began) * 1000),
        }
        if "objects" in body.validated_data:
            facts["objects"] = objects
        return Response(AnswerSerializer(facts).data)


class ImageEmbedding(APIView):
    """An image's features, for decoders in the browser."""

    @extend_schema(
        parameters=[
            OpenApiParameter("segmenter", description="The project's, if left out."),
            OpenApiParameter(
                "version",
                description=(
                    "Of the segmenter (`embedding_version` in its list, `X-Embedding-Version` "
                    "of an answer). An answer under its version may be kept for ever."
                ),
            ),
        ],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            202: JobToAwait,
            304: None,
        },
    )
    def get(self, request: Request, image_id: int) -> HttpResponse:
        """Give the features as float16, little-endian; 202 while a worker makes them."""
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        name = request.query_params.get("segmenter", "") or of_project(project=image.project)
        row = features_for_client(user=user, image=image, segmenter=name)
        if isinstance(row, EmbeddingMissing):
            return _being_made(user, image, name)
        headers = _cache_headers(row, request.query_params.get("version", ""))
        if request.headers.get("If-None-Match", "").removeprefix("W/") == headers["ETag"]:
            note_use(row)
            return HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        features = read(row)
        if features is None:
            return _being_made(user, image, name)
        count("embedding_served")
        return HttpResponse(
            features.tobytes(),
            content_type="application/octet-stream",
            headers={
                **headers,
                "X-Embedding-Shape": ",".join(str(side) for side in features.shape),
                "X-Embedding-Version": row.version,
            },
        )


def _cache_headers(row: StoredEmbedding, version: str) -> dict[str, str]:
    """How long the answer holds: for ever under its version, else until the next question.

    Raises:
        NotFound: If another version than the present one is asked for.
    """
    if version and version != row.version:
        raise NotFound(
            f"The embedding is of version {row.version}, {version[:64]!r} was asked for.",
            "other_version",
            version=row.version,
        )
    keep = FOR_EVER if version else "private, no-cache"
    return {"ETag": f'"{row.checksum[:32]}"', "Cache-Control": keep}
