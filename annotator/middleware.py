"""What holds for every request and response: sized bodies in, strict headers out."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from annotator.doorway import Doorway
from inference.services.prompts import most_prompts
from projects.services.tallies import count

PROMPT = re.compile(r"/api/v1/images/\d+/prompt/")
COME_BACK_SECONDS = 1

Handler = Callable[[HttpRequest], HttpResponseBase]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
BLOB_POLICY = "default-src 'none'; sandbox"


def refuse_unsized_bodies(get_response: Handler) -> Handler:
    """Refuse bodies of unknown size (411), which would be read as empty, and too large ones."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            return _problem(
                411, "length_required", "Send a Content-Length; chunked bodies are not read."
            )
        declared = request.META.get("CONTENT_LENGTH") or "0"
        if not declared.isdigit():
            return _problem(
                400, "bad_length", f"Content-Length is {declared[:40]!r}; expected digits."
            )
        if int(declared) > settings.MAX_BODY_BYTES:
            return _problem(
                413,
                "too_large",
                f"The body has {declared} bytes; at most {settings.MAX_BODY_BYTES} are read.",
            )
        return get_response(request)

    return respond


def security_headers(get_response: Handler) -> Handler:
    """Give every response a content policy unless its view set a stricter one."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # With the opener policy of SecurityMiddleware it isolates pages and the scripts of their
        # workers, without which browsers give WebAssembly one thread only.
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond


def bound_prompts(get_response: Handler) -> Handler:
    """Refuse prompts past the bound at once (503), before they cost a look at the database.

    Whoever is refused holds a thread for less than a millisecond, so that saves and pages, which
    share the threads with the prompts, are served all the same.
    """
    doorway = Doorway()

    def respond(request: HttpRequest) -> HttpResponseBase:
        if not PROMPT.fullmatch(request.path):
            return get_response(request)
        with doorway.place(most=most_prompts()) as is_in:
            if is_in:
                return get_response(request)
        count("prompt_refused", may_write=False)
        response = _problem(
            503, "busy", "Many people ask the model at this moment; try again in a second."
        )
        response["Retry-After"] = str(COME_BACK_SECONDS)
        return response

    return respond


def _problem(status: int, code: str, detail: str) -> HttpResponse:
    return JsonResponse(
        {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": code},
        status=status,
        content_type="application/problem+json",
    )
