"""The help pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.visitors import page


@require_safe
@page
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the first five minutes, the keys, the formats and the API."""
    host = request.build_absolute_uri("/").rstrip("/")
    return render(request, "help.html", {"nav": "help", "host": host})
