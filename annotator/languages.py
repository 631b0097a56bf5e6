"""The languages: which one a request is answered in, and the texts of the scripts.

The API answers in the language that is asked for, as pages do, so that an editor can show what it
says; programs that ask for none read English, and go by the codes of errors.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

ALWAYS_ENGLISH = ("/api/schema/",)
DIGITS = 12  # hex digits of a catalog's version
YEAR_SECONDS = 31_536_000

_catalog = JavaScriptCatalog.as_view()


class Languages(LocaleMiddleware):
    """Answer in the language of the person's choice, else of the browser."""

    def process_request(self, request: HttpRequest) -> None:
        """Take the language for all that is said while the request is answered."""
        if request.path.startswith(ALWAYS_ENGLISH):
            translation.activate("en")
            request.LANGUAGE_CODE = "en"
            return
        super().process_request(request)


def catalog_version(language: str) -> str:
    """Name a language's texts for scripts by their content; empty where it has none."""
    return _digest(language) if settings.DEBUG else _remembered(language)


@cache
def _remembered(language: str) -> str:
    return _digest(language)


def _digest(language: str) -> str:
    compiled = Path(settings.LOCALE_PATHS[0], language, "LC_MESSAGES", "djangojs.mo")
    if not compiled.is_file():
        return ""
    return hashlib.sha256(compiled.read_bytes()).hexdigest()[:DIGITS]


@require_safe
@cache_control(public=True, max_age=YEAR_SECONDS, immutable=True)
def script_texts(request: HttpRequest, version: str, language: str) -> HttpResponseBase:
    """Serve the texts of the scripts in one language, by the address that names their version.

    Raises:
        Http404: If these are no texts, or not of this version.
    """
    if language not in dict(settings.LANGUAGES) or version != catalog_version(language):
        raise Http404("There are no such texts.")
    with translation.override(language):
        return _catalog(request)
