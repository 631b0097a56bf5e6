"""The OpenAPI schema: what the views say, plus the problems that any of them may answer."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from annotator.rest.errors import PROBLEM_TYPE

_BODY_PROBLEMS = (409, 413, 415)


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem as RFC 9457 says it, with a stable ``code``; more members state facts."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # a member, not DRF's property
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class ProblemAutoSchema(AutoSchema):
    """Adds the problems that follow from the form of an operation."""

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._problems():
            if str(status) not in bodies:
                bodies[str(status)] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    ProblemSerializer, str(status), [PROBLEM_TYPE], direction
                )
        return bodies

    def _problems(self) -> list[int | str]:
        found: list[int | str] = [400, 401, 403]
        if "{" in self.path:
            found.append(404)
        if self.method in {"POST", "PUT", "PATCH"}:
            found.extend(_BODY_PROBLEMS)
        return [*found, "default"]
