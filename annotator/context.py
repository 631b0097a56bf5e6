"""What every page's template may say."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def page_facts(request: HttpRequest) -> dict[str, object]:
    """Names and addresses that the base template hands to the front end."""
    user = getattr(request, "user", None)
    preferences = getattr(user, "preferences", None) or {}
    return {
        "csrf_cookie_name": settings.CSRF_COOKIE_NAME,
        "api_base": "/api/v1/",
        "theme": preferences.get("theme", "auto"),
        "static_version": settings.STATIC_VERSION,
    }
