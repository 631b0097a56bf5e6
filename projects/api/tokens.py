"""The caller's API tokens over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.caller import caller
from projects.api.projects_serializers import MadeTokenSerializer, TokenInput, TokenSerializer
from projects.errors import Forbidden
from projects.models import Token
from projects.selectors.people import tokens_of
from projects.services.tokens import create_token, revoke_token


class TokenList(GenericAPIView[Token]):
    """The caller's tokens."""

    queryset = Token.objects.none()
    serializer_class = TokenSerializer

    @extend_schema(operation_id="tokens_list", responses=TokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the caller's tokens, without their secrets."""
        page = self.paginate_queryset(tokens_of(user=caller(request))) or []
        return self.get_paginated_response(TokenSerializer(page, many=True).data)

    @extend_schema(request=TokenInput, responses={201: MadeTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make a token; its secret is shown only here."""
        if isinstance(request.auth, Token) and request.auth.expires_at is not None:
            # Else a token that leaked could make itself a successor without an end.
            raise Forbidden(
                "A token that expires makes no tokens; log in to make one.", "token_expires"
            )
        body = TokenInput(data=request.data)
        body.is_valid(raise_exception=True)
        token, secret = create_token(user=caller(request), **body.validated_data)
        return Response({**TokenSerializer(token).data, "token": secret}, status.HTTP_201_CREATED)


class TokenDetail(APIView):
    """One of the caller's tokens."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Revoke the token at once."""
        revoke_token(user=caller(request), token_id=token_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
