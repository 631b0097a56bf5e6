"""What every page's template may say."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

_INSTANCE_CHARACTERS = 8


def page_facts(request: HttpRequest) -> dict[str, object]:
    """Names and addresses that the base template hands to the front end."""
    user = getattr(request, "user", None)
    preferences = getattr(user, "preferences", None) or {}
    return {
        "csrf_cookie_name": settings.CSRF_COOKIE_NAME,
        "acting_user": str(getattr(user, "pk", None) or ""),
        "instance": _instance(),
        "api_base": "/api/v1/",
        "theme": preferences.get("theme", "auto"),
    }


def _instance() -> str:
    """A name for this installation, the same as long as its secret key is.

    Browsers keep unsent edits under it: two servers that take turns at one address must not
    send each other's.
    """
    return salted_hmac("annotator.context.instance", "").hexdigest()[:_INSTANCE_CHARACTERS]
