"""What holds for every request and response: sized bodies in, strict headers out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from inference.services.waiting_line import ASKED_AT, WaitingLine
from projects.errors import Unavailable
from projects.services.tallies import count

PROMPT = re.compile(r"/api/v1/images/\d+/prompt/")
WAITERS = 4  # with the places inside at most 8 threads of a web process's 12

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
    """Let a few prompts in, a few wait, and refuse the rest (503), before a look at the database.

    Threads share one interpreter: a prompt that waits its turn here takes nothing from the saves
    and pages beside it, and who is refused holds a thread for less than a millisecond.
    """
    line = WaitingLine()

    def respond(request: HttpRequest) -> HttpResponseBase:
        if not PROMPT.fullmatch(request.path):
            return get_response(request)
        request.META[ASKED_AT] = time.perf_counter()
        if int(request.META.get("CONTENT_LENGTH") or 0) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            request.body  # noqa: B018 - whoever sends it slowly holds up nobody but himself
        try:
            with line.place(at_once=settings.PROMPTS_AT_ONCE, waiting=WAITERS):
                return get_response(request)
        except Unavailable as refusal:
            count("prompt_refused", may_write=False)
            response = _problem(503, refusal.code, str(refusal))
            response["Retry-After"] = str(refusal.facts["retry_after"])
            return response

    return respond


def _problem(status: int, code: str, detail: str) -> HttpResponse:
    return JsonResponse(
        {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": code},
        status=status,
        content_type="application/problem+json",
    )
