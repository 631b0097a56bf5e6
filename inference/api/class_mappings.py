"""Which of a project's labels a model's classes are, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.api.caller import caller
from inference.services.class_mappings import ClassChoices, Unmapped, mapping_of, save_mapping
from projects.policy import Action, require
from projects.selectors.projects import get_project


class ClassSerializer(serializers.Serializer[Any]):
    """A class of a model and the label that it is."""

    name = serializers.CharField()
    is_thing = serializers.BooleanField(allow_null=True, help_text="null: the model does not say")
    supercategory = serializers.CharField()
    label = serializers.IntegerField(  # type: ignore[assignment]  # the wire's word
        allow_null=True, help_text="id, as saved, else as proposed"
    )
    proposed = serializers.IntegerField(allow_null=True, help_text="id, by the names alone")
    reason = serializers.CharField(help_text="of the proposal: same name, synonym, kind of")


class ClassMappingSerializer(serializers.Serializer[Any]):
    """How a model's classes become a project's labels."""

    segmenter = serializers.CharField()
    is_saved = serializers.BooleanField(help_text="false: only proposed so far")
    unmapped = serializers.ChoiceField(choices=Unmapped.choices)
    classes = ClassSerializer(many=True)


class ClassMappingInput(serializers.Serializer[Any]):
    """What is to be kept."""

    labels = serializers.DictField(
        child=serializers.IntegerField(allow_null=True, min_value=1),
        help_text="id of a label, or null, by name of a class; classes left out have none",
    )
    unmapped = serializers.ChoiceField(
        choices=Unmapped.choices,
        default=Unmapped.SUGGEST,
        help_text="objects of other classes: suggested without a label, or skipped",
    )


def _facts(mapping: ClassChoices) -> dict[str, Any]:
    return {
        "segmenter": mapping.info.name,
        "is_saved": mapping.is_saved,
        "unmapped": mapping.unmapped,
        "classes": [
            {
                "name": one.known.name,
                "is_thing": one.known.is_thing,
                "supercategory": one.known.supercategory,
                "label": one.label,
                "proposed": one.proposal.label if one.proposal else None,
                "reason": one.proposal.reason if one.proposal else "",
            }
            for one in mapping.choices
        ],
    }


class ProjectClassMapping(APIView):
    """The labels of a model's classes in a project."""

    @extend_schema(operation_id="class_mapping_retrieve", responses=ClassMappingSerializer)
    def get(self, request: Request, project_id: int, name: str) -> Response:
        """Give the saved mapping, or the proposed one."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        mapping = mapping_of(user=user, project=project, segmenter=name)
        return Response(ClassMappingSerializer(_facts(mapping)).data)

    @extend_schema(
        operation_id="class_mapping_update",
        request=ClassMappingInput,
        responses=ClassMappingSerializer,
    )
    def put(self, request: Request, project_id: int, name: str) -> Response:
        """Keep a mapping; pre-labelling in mode ``model`` uses it from now on."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        require(user=user, project=project, action=Action.RUN_JOBS)
        body = ClassMappingInput(data=request.data)
        body.is_valid(raise_exception=True)
        mapping = save_mapping(
            user=user,
            project=project,
            segmenter=name,
            labels=body.validated_data["labels"],
            unmapped=body.validated_data["unmapped"],
        )
        return Response(ClassMappingSerializer(_facts(mapping)).data)
