"""Members and invitations over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.projects_serializers import (
    InvitationSerializer,
    MadeInvitationSerializer,
    MemberInput,
    MemberSerializer,
    RoleInput,
)
from projects.models import Invitation, Membership
from projects.selectors.people import get_membership, members_of, open_invitations_of
from projects.selectors.projects import get_project
from projects.services.invitations import create_invitation
from projects.services.members import add_member, change_role, remove_member


class MemberList(GenericAPIView[Membership]):
    """The members of a project."""

    queryset = Membership.objects.none()
    serializer_class = MemberSerializer

    @extend_schema(operation_id="projects_members_list", responses=MemberSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List the members."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        page = self.paginate_queryset(members_of(user=user, project=project)) or []
        return self.get_paginated_response(MemberSerializer(page, many=True).data)

    @extend_schema(request=MemberInput, responses={201: MemberSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Make somebody who has an account a member."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        body = MemberInput(data=request.data)
        body.is_valid(raise_exception=True)
        membership = add_member(user=user, project=project, **body.validated_data)
        return Response(MemberSerializer(membership).data, status.HTTP_201_CREATED)


class MemberDetail(APIView):
    """One member."""

    @extend_schema(responses=MemberSerializer)
    def get(self, request: Request, membership_id: int) -> Response:
        """Give one member."""
        membership = get_membership(user=caller(request), membership_id=membership_id)
        return Response(MemberSerializer(membership).data)

    @extend_schema(request=RoleInput, responses=MemberSerializer)
    def patch(self, request: Request, membership_id: int) -> Response:
        """Give the member another role."""
        user = caller(request)
        membership = get_membership(user=user, membership_id=membership_id)
        body = RoleInput(data=request.data)
        body.is_valid(raise_exception=True)
        changed = change_role(user=user, membership=membership, **body.validated_data)
        return Response(MemberSerializer(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, membership_id: int) -> Response:
        """End a membership; everybody may end their own."""
        user = caller(request)
        remove_member(user=user, membership=get_membership(user=user, membership_id=membership_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationList(GenericAPIView[Invitation]):
    """Open invitations to a project."""

    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer

    @extend_schema(
        operation_id="projects_invitations_list", responses=InvitationSerializer(many=True)
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List the invitations that can still be followed."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        page = self.paginate_queryset(open_invitations_of(user=user, project=project)) or []
        return self.get_paginated_response(InvitationSerializer(page, many=True).data)

    @extend_schema(request=RoleInput, responses={201: MadeInvitationSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Make an invitation; its link is good once, for 7 days, and shown only here."""
        user = caller(request)
        project = get_project(user=user, project_id=project_id)
        body = RoleInput(data=request.data)
        body.is_valid(raise_exception=True)
        invitation, secret = create_invitation(user=user, project=project, **body.validated_data)
        shown = InvitationSerializer(invitation).data
        shown["url"] = request.build_absolute_uri(f"/invite/{secret}/")
        return Response(shown, status.HTTP_201_CREATED)
