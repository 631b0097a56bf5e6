"""Shapes of segmenters, prompts and pre-labelling on the wire."""

from __future__ import annotations

from typing import Any

import numpy as np
from rest_framework import serializers

from inference.segmenters.prompts import MAX_EXEMPLARS, MAX_POINTS, MAX_TEXT
from inference.segmenters.protocol import Candidate, Prompt
from inference.segmenters.region import Region, region_of
from inference.segmenters.registry import SegmenterInfo
from inference.segmenters.tidying import MOST_PX, Cover
from inference.services import decoders, logits
from inference.services.prelabel_boxes import MAX_BOXES, MAX_BOXES_AN_IMAGE, GivenBox
from projects.errors import InvalidInput
from projects.masks.rle import area, bbox_xywh, from_bitmap, parse, to_bitmap, to_wire
from projects.models import Job
from projects.sentences import translated

BOX_NUMBERS = 4
EXEMPLAR_NUMBERS = 5
POINT_NUMBERS = 3  # x, y, and 1 inside or 0 outside
MAX_IDS = 10_000
PLACED_IN_OBJECTS = ("points", "box", "mask", "logits", "text", "exemplars")
MAX_OBJECTS = 32  # in one call; bounds the time that others wait behind it


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
    looks_closer = serializers.BooleanField(
        help_text="whether a small box is answered by what lies around it, encoded for itself"
    )
    size_bytes = serializers.IntegerField(help_text="of its weights on the disk; 0 without any")
    classes = serializers.SerializerMethodField(help_text="names of what it tells apart")
    embedding_version = serializers.SerializerMethodField(
        help_text="of the embeddings that it keeps now; empty if it keeps none"
    )

    def to_representation(self, info: SegmenterInfo) -> dict[str, Any]:
        """Give it with what people read in the language of the request."""
        shape: dict[str, Any] = super().to_representation(info)
        return shape | {name: translated(shape[name]) for name in ("title", "why_not")}

    def get_classes(self, info: SegmenterInfo) -> list[str]:
        """The names of its classes, without those that it ignores."""
        return [one.name for one in info.classes if not one.is_ignored]

    def get_embedding_version(self, info: SegmenterInfo) -> str:
        """The version to ask for embeddings with, so that answers may be kept for ever."""
        if not (info.installed and info.stores_embedding):
            return ""
        return decoders.version_of(name=info.name)


class SegmenterList(serializers.Serializer[Any]):
    """All segmenters; they fit on one page."""

    results = SegmenterSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PromptFields(serializers.Serializer[Any]):
    """What a person shows the model of one object."""

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
        help_text="[x0, y0, x1, y1] in image pixels; may go with points",
    )
    mask = serializers.DictField(
        required=False, allow_null=True, help_text="COCO RLE of a mask to refine"
    )
    logits = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=logits.MAX_TEXT,
        help_text="of the last answer to the same image, or to the same region",
    )
    text = serializers.CharField(
        default="", allow_blank=True, max_length=MAX_TEXT, help_text="what is wanted, in words"
    )
    exemplars = serializers.ListField(
        child=serializers.ListField(
            child=serializers.FloatField(),
            min_length=EXEMPLAR_NUMBERS,
            max_length=EXEMPLAR_NUMBERS,
        ),
        default=list,
        max_length=MAX_EXEMPLARS,
        help_text="[x0, y0, x1, y1, 1 like this or 0 not like this] in image pixels",
    )
    multimask = serializers.BooleanField(default=False, help_text="three candidates, not one")


class PromptInput(PromptFields):
    """What a person shows the model: one object, or several at once."""

    segmenter = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=64,
        help_text="the project's, if left out; for text one that reads",
    )
    region = serializers.ListField(
        child=serializers.FloatField(),
        min_length=BOX_NUMBERS,
        max_length=BOX_NUMBERS,
        required=False,
        allow_null=True,
        help_text="[x0, y0, x1, y1]: look at this part of the image at the model's full size",
    )
    objects: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=PromptFields(),
        required=False,
        max_length=MAX_OBJECTS,
        help_text="several objects; points, box and the like then stand in each of them",
    )

    def prompts(self, size_hw: tuple[int, int]) -> list[Prompt]:
        """The prompts that the input means on an image of this size, at least one.

        Raises:
            InvalidInput: If mask, logits or labels of points are not what they should be, or if
                there is something both outside and inside of ``objects``.
        """
        came = self.validated_data
        if "objects" not in came:
            return [_prompt_of(came, size_hw)]
        beside = [name for name in PLACED_IN_OBJECTS if came.get(name)]
        if beside or not came["objects"]:
            raise InvalidInput(
                "objects holds at least one object, and nothing stands beside it; "
                f"got {len(came['objects'])} and {', '.join(beside) or 'nothing'}",
                "objects_or_one",
            )
        return [_prompt_of(one, size_hw) for one in came["objects"]]

    def wanted_region(self, size_hw: tuple[int, int]) -> Region | None:
        """The part of the image to look at, or None.

        Raises:
            InvalidInput: As ``region_of``.
        """
        came = self.validated_data.get("region")
        if came is None:
            return None
        return region_of((came[0], came[1], came[2], came[3]), size_hw)


def _prompt_of(came: dict[str, Any], size_hw: tuple[int, int]) -> Prompt:
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
        text=came["text"].strip(),
        exemplars=tuple(
            ((one[0], one[1], one[2], one[3]), bool(one[4])) for one in came["exemplars"]
        ),
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


class ObjectAnswer(serializers.Serializer[Any]):
    """The candidates for one of several objects, best first."""

    candidates = CandidateSerializer(many=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """The model's candidates, best first."""

    segmenter = serializers.CharField()
    milliseconds = serializers.IntegerField()
    candidates = CandidateSerializer(many=True, help_text="of the one object, or of the first")
    objects = ObjectAnswer(
        many=True, required=False, help_text="one a requested object, in their order"
    )


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


class TidyingInput(serializers.Serializer[Any]):
    """How what a model found is tidied for people; what is left out changes nothing."""

    least_region = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_PX, help_text="smaller parts go, in pixels"
    )
    fill_holes = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_PX, help_text="smaller holes are filled"
    )
    most_alike = serializers.FloatField(
        required=False,
        min_value=0.01,
        max_value=1,
        help_text="of two masks of one class with a greater IoU the less sure one goes",
    )
    cover = serializers.ChoiceField(
        required=False,
        choices=[choice.value for choice in Cover if choice],
        allow_blank=True,
        help_text="no overlaps, and gaps stay (leave), go to the nearest mask (fill), or become "
        "one region (name)",
    )
    rest_label = serializers.IntegerField(
        required=False, allow_null=True, help_text="id of that region's label"
    )


class BoxInput(serializers.Serializer[Any]):
    """A box of an image whose mask is wanted."""

    image = serializers.IntegerField(min_value=1, help_text="id of the image")
    box_xyxy = serializers.ListField(
        child=serializers.FloatField(),
        help_text="[x0, y0, x1, y1] in its pixels",
    )
    label = serializers.IntegerField(  # type: ignore[assignment]
        required=False, allow_null=True, default=None, help_text="id of the object's label"
    )


class PrelabelInput(serializers.Serializer[Any]):
    """Which images are pre-labelled, and how."""

    segmenter = serializers.CharField(
        default="", allow_blank=True, max_length=64, help_text="the project's, if left out"
    )
    mode = serializers.CharField(
        default="everything",
        max_length=20,
        help_text="everything; model: what a model knows by name (see its classes' mapping); "
        "text: what words say; boxes: the mask of each box",
    )
    boxes: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=BoxInput(),
        required=False,
        allow_null=True,
        help_text=f"for mode boxes: at most {MAX_BOXES}, {MAX_BOXES_AN_IMAGE} an image; the "
        "imported boxes that have no mask if left out",
    )
    texts = serializers.DictField(
        child=serializers.CharField(max_length=MAX_TEXT, allow_blank=True),
        required=False,
        allow_null=True,
        help_text="for mode text: what to look for by id of a label; the labels' names if left out",
    )
    tidying = TidyingInput(
        required=False, allow_null=True, default=None, help_text="what becomes of the model's masks"
    )
    status = WordsField(default=list)
    split = WordsField(default=list)
    images = serializers.ListField(
        child=serializers.IntegerField(min_value=1), default=list, max_length=MAX_IDS
    )
    dry_run = serializers.BooleanField(default=False, help_text="only count")

    def given_boxes(self) -> list[GivenBox] | None:
        """The boxes to find the masks of; None if the input has none."""
        came = self.validated_data.get("boxes")
        if came is None:
            return None
        return [GivenBox(one["image"], one["box_xyxy"], one["label"]) for one in came]

    def wanted_texts(self) -> dict[int, str] | None:
        """What to look for by id of a label; None if the input does not say.

        Raises:
            InvalidInput: If a key is no id.
        """
        came = self.validated_data.get("texts")
        if came is None:
            return None
        if not all(key.isdecimal() for key in came):
            raise InvalidInput("texts are keyed by ids of labels.", "unknown_label")
        return {int(key): text for key, text in came.items()}


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
