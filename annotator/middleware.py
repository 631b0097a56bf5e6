"""What holds for every request and response: sized bodies in, strict headers out."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

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
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond


def _problem(status: int, code: str, detail: str) -> HttpResponse:
    return JsonResponse(
        {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": code},
        status=status,
        content_type="application/problem+json",
    )
