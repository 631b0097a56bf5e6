"""The web process's entry."""

from __future__ import annotations

import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
_django = get_wsgi_application()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request; to HEAD without the body, which neither Django nor gunicorn drops.

    Sent all the same, the body would be read as the next answer on that connection.
    """
    body = _django(environ, start_response)
    if environ["REQUEST_METHOD"] != "HEAD":
        return body
    body.close()
    return []
