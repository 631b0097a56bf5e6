"""The caller's own account over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.projects_serializers import MeSerializer, PreferencesInput
from projects.services.preferences import edit_preferences


class Me(APIView):
    """The caller's account and preferences."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Give the caller's account."""
        return Response(MeSerializer(caller(request)).data)

    @extend_schema(request=PreferencesInput, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Set the preferences that are sent; the rest stay."""
        body = PreferencesInput(data=request.data)
        body.is_valid(raise_exception=True)
        user = caller(request)
        edit_preferences(user=user, changes=body.validated_data["preferences"])
        return Response(MeSerializer(user).data)
