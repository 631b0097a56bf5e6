"""Prompts and embeddings of one image over HTTP."""

from __future__ import annotations

import hashlib
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
from inference.services.embeddings import request_embedding
from inference.services.prompts import EmbeddingMissing, answer_prompt, embedding_for_client
from inference.storage import HALF
from inference.tasks import ring_after_commit
from projects.models import Image, User
from projects.selectors.images import get_image

COME_BACK_SECONDS = 1


def _being_made(user: User, image: Image, segmenter: str) -> Response:
    job = request_embedding(image=image, segmenter=segmenter, user=user)
    ring_after_commit(job.pk)
    return Response(
        JobToAwait(job).data,
        status.HTTP_202_ACCEPTED,
        headers={"Retry-After": str(COME_BACK_SECONDS)},
    )


class ImagePrompt(APIView):
    """What the model makes of clicks, a box or a mask."""

    @extend_schema(request=PromptInput, responses={200: AnswerSerializer, 202: JobToAwait})
    def post(self, request: Request, image_id: int) -> Response:
        """Answer a prompt; 202 while a worker embeds the image."""
        began = time.perf_counter()
        user = caller(request)
        image = get_image(user=user, image_id=image_id)
        body = PromptInput(data=request.data)
        body.is_valid(raise_exception=True)
        name = body.validated_data["segmenter"] or image.project.segmenter
        answer = answer_prompt(
            user=user,
            image=image,
            segmenter=name,
            prompt=body.prompt(image.size_hw),
            text=body.validated_data["text"],
        )
        if isinstance(answer, EmbeddingMissing):
            return _being_made(user, image, name)
        facts = {
            "segmenter": name,
            "candidates": [candidate_facts(candidate) for candidate in answer],
            "milliseconds": round((time.perf_counter() - began) * 1000),
        }
        return Response(AnswerSerializer(facts).data)


class ImageEmbedding(APIView):
    """An image's features, for decoders in the browser."""

    @extend_schema(
        parameters=[OpenApiParameter("segmenter", description="The project's, if left out.")],
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
        name = request.query_params.get("segmenter", "") or image.project.segmenter
        found = embedding_for_client(user=user, image=image, segmenter=name)
        if isinstance(found, EmbeddingMissing):
            return _being_made(user, image, name)
        data = found.array.astype(HALF).tobytes()
        etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
            return HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        shape = ",".join(str(side) for side in found.array.shape)
        return HttpResponse(
            data,
            content_type="application/octet-stream",
            headers={
                **headers,
                "X-Embedding-Shape": shape,
                "X-Embedding-Version": found.version,
            },
        )
