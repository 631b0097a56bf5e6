"""What can go wrong in the domain, by kind and code; only annotator/rest/errors.py speaks HTTP."""

from __future__ import annotations


def sentence(words: str) -> str:
    """Mark words for people that are no error's message, so that their translation is collected."""
    return words


class ApplicationError(Exception):
    """An error that a user can understand and act on.

    Args:
        message: What was expected and what came, in one sentence.
        code: A short stable word for programs and searches, e.g. ``mask_size``.
        **facts: JSON-ready facts that a client may want (limits, current states).
    """

    default_code = "error"

    def __init__(self, message: str, code: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.facts = facts


class InvalidInput(ApplicationError):
    """The input is malformed or contradicts what it refers to."""

    default_code = "invalid"


class NotFound(ApplicationError):
    """There is no such thing, or none that the user may know of."""

    default_code = "not_found"


class Forbidden(ApplicationError):
    """The user may see the thing but not do this to it."""

    default_code = "forbidden"


class Conflict(ApplicationError):
    """The thing's present state does not allow it."""

    default_code = "conflict"


class StaleRevision(ApplicationError):
    """The write was based on a revision that is no longer the current one."""

    default_code = "stale_revision"


class PreconditionMissing(ApplicationError):
    """A write came without saying which revision it is based on."""

    default_code = "precondition_required"


class TooLarge(ApplicationError):
    """The input passes a limit of size or count."""

    default_code = "too_large"


class Unprocessable(ApplicationError):
    """Well-formed, but this thing cannot do it (a prompt kind a segmenter lacks)."""

    default_code = "unprocessable"


class TooManyRequests(ApplicationError):
    """A limit on how often something may be done is reached."""

    default_code = "too_many_requests"


class Unavailable(ApplicationError):
    """Something that is needed is absent or busy at present."""

    default_code = "unavailable"


class InsufficientStorage(ApplicationError):
    """The disk has less room left than the reserve."""

    default_code = "insufficient_storage"
