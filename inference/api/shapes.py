"""Shapes of segmenters, prompts and pre-labelling on the wire."""

from __future__ import annotations

from typing import Any

import numpy as np
from rest_framework import serializers

from inference.segmenters.prompts import MAX_POINTS
from inference.segmenters.protocol import Candidate, Prompt
from inference.services import logits
from projects.errors import InvalidInput
from projects.masks.rle import area, bbox_xywh, from_bitmap, parse, to_bitmap, to_wire
from projects.models import Job

BOX_NUMBERS = 4
POINT_NUMBERS = 3  # x, y, and 1 inside or 0 outside
MAX_IDS = 10_000


class SegmenterSerializer(serializers.Serializer[Any]):
    """A segmenter as ``registry.describe`` tells of it."""

    name = serializers.CharField()
    title = serializers.CharField()
    licence = serializers.CharField()
    installed = serializers.BooleanField()
    why_not = serializers.CharField(help_text="what is missing and what to do, or empty")
    kinds = serializers.ListField(child=serializers.CharField())
    browser_decoder = serializers.BooleanField()
    stores_embedding = serializers.BooleanField()
    needs_worker = serializers.BooleanField()


class SegmenterList(serializers.Serializer[Any]):
    """All segmenters; they fit on one page."""

    results = SegmenterSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PromptInput(serializers.Serializer[Any]):
    """What a person shows the model."""

    points = serializers.ListField(
        child=serializers.ListField(
            child=serializers.FloatField(), min_length=POINT_NUMBERS, max_length=POINT_NUMBERS
        ),
        default=list,
        max_length=MAX_POINTS,
        help_text="[x, y, 1 inside or 0 outside] in image pixels",
    )
    box = serializers.ListField(
        child=serializers.FloatField(),
        min_length=BOX_NUMBERS,
        max_length=BOX_NUMBERS,
        required=False,
        allow_null=True,
        help_text="[x0, y0, x1, y1] in image pixels",
    )
    mask = serializers.DictField(
        required=False, allow_null=True, help_text="COCO RLE of a mask to refine"
    )
    logits = serializers.CharField(
        required=False, allow_null=True, max_length=logits.MAX_TEXT, help_text="of the last answer"
    )
    text = serializers.CharField(default="", allow_blank=True, max_length=500)
    multimask = serializers.BooleanField(default=False)
    segmenter = serializers.CharField(
        default="", allow_blank=True, max_length=64, help_text="the project's, if left out"
    )

    def prompt(self, size_hw: tuple[int, int]) -> Prompt:
        """The prompt that the input means on an image of this size.

        Raises:
            InvalidInput: If mask, logits or labels of points are not what they should be.
        """
        came = self.validated_data
        points = np.asarray(came["points"], np.float64).reshape(-1, POINT_NUMBERS)
        if not np.isin(points[:, 2], (0, 1)).all():
            raise InvalidInput("points are [x, y, 1 inside or 0 outside]", "point_labels")
        box = came.get("box")
        mask = came.get("mask")
        return Prompt(
            points_xy=points[:, :2].astype(np.float32),
            point_labels=points[:, 2].astype(np.int64),
            box_xyxy=None if box is None else (box[0], box[1], box[2], box[3]),
            mask=None if mask is None else to_bitmap(parse(mask, size_hw)).astype(bool),
            logits=logits.from_text(came.get("logits")),
            multimask=came["multimask"],
        )


class SegmentationSerializer(serializers.Serializer[Any]):
    """A mask as COCO compressed RLE."""

    size = serializers.ListField(child=serializers.IntegerField(), help_text="[height, width]")
    counts = serializers.CharField()


class CandidateSerializer(serializers.Serializer[Any]):
    """One answer of the model."""

    segmentation = SegmentationSerializer()
    bbox = serializers.ListField(child=serializers.IntegerField(), help_text="[x, y, w, h]")
    area = serializers.IntegerField()
    score = serializers.FloatField(help_text="the IoU that the model expects, 0..1")
    stability = serializers.FloatField(help_text="0..1")
    logits = serializers.CharField(allow_null=True, help_text="opaque; send it with the next click")


class AnswerSerializer(serializers.Serializer[Any]):
    """The model's candidates, best first."""

    segmenter = serializers.CharField()
    milliseconds = serializers.IntegerField()
    candidates = CandidateSerializer(many=True)


class JobToAwait(serializers.ModelSerializer[Job]):
    """The job that a request has started or waits for."""

    job = serializers.IntegerField(source="pk", read_only=True)
    project = serializers.IntegerField(source="project_id", read_only=True)

    class Meta:
        model = Job
        fields = ("job", "id", "kind", "project", "state", "created_at")
        read_only_fields = fields


class WordsField(serializers.ListField):
    """Words as a list, or as one text with commas."""

    child = serializers.CharField(allow_blank=True, max_length=40)

    def to_internal_value(self, data: Any) -> list[str]:
        """Read either form."""
        words: list[str] = super().to_internal_value(
            data.split(",") if isinstance(data, str) else data
        )
        return words


class PrelabelInput(serializers.Serializer[Any]):
    """Which images are pre-labelled, and how."""

    segmenter = serializers.CharField(
        default="", allow_blank=True, max_length=64, help_text="the project's, if left out"
    )
    mode = serializers.CharField(default="everything", max_length=20)
    status = WordsField(default=list)
    split = WordsField(default=list)
    images = serializers.ListField(
        child=serializers.IntegerField(min_value=1), default=list, max_length=MAX_IDS
    )
    dry_run = serializers.BooleanField(default=False, help_text="only count")


class PrelabelCounts(serializers.Serializer[Any]):
    """The answer to a dry run."""

    images = serializers.IntegerField()
    segmenter = serializers.CharField()
    mode = serializers.CharField()


def candidate_facts(candidate: Candidate) -> dict[str, Any]:
    """A candidate as ``CandidateSerializer`` shows it."""
    rle = from_bitmap(candidate.mask)
    return {
        "segmentation": to_wire(rle),
        "bbox": list(bbox_xywh(rle)),
        "area": area(rle),
        "score": round(float(candidate.score), 6),
        "stability": round(float(candidate.stability), 6),
        "logits": logits.to_text(candidate.logits),
    }
