"""What a write is based on: If-Match and If-None-Match, and the ETag that answers them."""

from __future__ import annotations

import re
from uuid import UUID

from rest_framework.request import Request

from projects.errors import InvalidInput, PreconditionMissing

# Proxies weaken tags when they compress; the revision inside is the same.
_TAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,9})"')
_LARGEST = 2**31 - 1


def etag(revision: int) -> str:
    """Give the tag of a revision."""
    return f'"{revision}"'


def base_revision(request: Request) -> int | None:
    """Give the revision that the write is based on; None for ``If-None-Match: *``, a creation.

    Raises:
        PreconditionMissing: Neither header is there.
        InvalidInput: Both are, or one is malformed.
    """
    match, none_match = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if match is None and none_match is None:
        raise PreconditionMissing(
            'Say If-None-Match: * to create, or If-Match: "<revision>" to change.'
        )
    if match is not None and none_match is not None:
        raise InvalidInput("Send If-Match or If-None-Match, not both.", code="bad_precondition")
    if match is None:
        if (none_match or "").strip() != "*":
            raise InvalidInput("If-None-Match can only be *.", code="bad_precondition")
        return None
    return _revision(match)


def optional_base(request: Request) -> int | None:
    """Give the revision of If-Match; None if it is not there.

    Raises:
        InvalidInput: It is malformed.
    """
    match = request.headers.get("If-Match")
    return None if match is None else _revision(match)


def change_id(request: Request, sent: UUID | None) -> UUID | None:
    """Give the change's id, from the body or the header Idempotency-Key.

    Raises:
        InvalidInput: The header is no UUID.
    """
    header = request.headers.get("Idempotency-Key")
    if sent is not None or header is None:
        return sent
    try:
        return UUID(header.strip().strip('"'))
    except ValueError:
        raise InvalidInput("Idempotency-Key must be a UUID.", code="bad_idempotency_key") from None


def _revision(match: str) -> int:
    found = _TAG.fullmatch(match.strip())
    if not found or int(found[1]) > _LARGEST:
        raise InvalidInput(
            f'If-Match is {match[:40]!a}; expected one revision, such as "3".',
            code="bad_precondition",
        )
    return int(found[1])
