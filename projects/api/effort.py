"""What the annotations of a project cost, as JSON and as a table."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.errors import InvalidInput
from projects.selectors.effort import FIGURES, EffortFacts, EffortReport, effort_of
from projects.selectors.projects import get_project

FORMATS = ("json", "csv")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


class FigureSerializer(serializers.Serializer[Any]):
    """One kind of effort, over objects."""

    median = serializers.FloatField()
    total = serializers.FloatField()


class EffortSerializer(serializers.Serializer[Any]):
    """What some objects cost; without objects there are no figures."""

    objects = serializers.IntegerField()
    seconds = FigureSerializer(required=False, help_text="active time; pauses count 30 s at most")
    clicks = FigureSerializer(required=False)
    strokes = FigureSerializer(required=False)
    undos = FigureSerializer(required=False)
    redos = FigureSerializer(required=False)
    prompts = FigureSerializer(required=False, help_text="questions to a model")


class UserEffortSerializer(EffortSerializer):
    """What a person's part of objects cost."""

    user = serializers.CharField(help_text="empty for accounts that are gone")


class LabelEffortSerializer(EffortSerializer):
    """What the objects of a label cost."""

    label = serializers.IntegerField()  # type: ignore[assignment]
    name = serializers.CharField()


class EffortReportSerializer(serializers.Serializer[Any]):
    """What the confirmed objects of a project cost, as far as an editor has said so."""

    total = EffortSerializer()
    users = UserEffortSerializer(many=True)
    labels = LabelEffortSerializer(many=True)


class ProjectEffort(APIView):
    """What the annotations of a project cost."""

    @extend_schema(
        operation_id="projects_effort",
        parameters=[OpenApiParameter("format", enum=FORMATS, description="json unless said")],
        responses={
            (200, "application/json"): EffortReportSerializer,
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, project_id: int) -> HttpResponseBase:
        """Give medians and totals of all confirmed objects, by person and by label."""
        wanted = request.query_params.get("format", "json")
        if wanted not in FORMATS:
            raise InvalidInput(f"format is {wanted[:40]!a}; expected json or csv.", "bad_format")
        user = caller(request)
        report = effort_of(user=user, project=get_project(user=user, project_id=project_id))
        if wanted == "csv":
            file = f'attachment; filename="effort-{project_id}.csv"'
            return HttpResponse(_table(report), "text/csv", headers={"Content-Disposition": file})
        return Response(
            {
                "total": _figures(report.whole),
                "users": [{"user": one.name, **_figures(one)} for one in report.users],
                "labels": [
                    {"label": one.label_id, "name": one.name, **_figures(one)}
                    for one in report.labels
                ],
            }
        )


def _figures(facts: EffortFacts) -> dict[str, Any]:
    shown = {
        name: {"median": figure.median, "total": figure.total}
        for name, figure in facts.figures.items()
    }
    return {"objects": facts.objects, **shown}


def _table(report: EffortReport) -> str:
    """Write a row for all objects, for each person and for each label."""
    text = io.StringIO()
    table = csv.writer(text)
    kinds = [f"{kind}_{name}" for name in FIGURES for kind in ("median", "total")]
    table.writerow(["by", "name", "objects", *kinds])
    rows = [("all", report.whole)]
    rows += [("user", one) for one in report.users]
    rows += [("label", one) for one in report.labels]
    for by, facts in rows:
        figures = facts.figures.values()
        cells = [value for figure in figures for value in (figure.median, figure.total)]
        table.writerow([by, _plain(facts.name), facts.objects, *cells])
    return text.getvalue()


def _plain(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULA) else name
